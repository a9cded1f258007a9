"""Keys as the interfaces ask for them: `Authorization: Bearer qk_…`, counted by the minute."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import HttpBearer

from qinglian.capabilities.access.fence import beyond
from qinglian.capabilities.interfaces.actions import count_use
from qinglian.capabilities.interfaces.models import Key as Key
from qinglian.capabilities.interfaces.queries import key_of


class TooOften(HttpError):
    """More in one minute than a key may; `wait` says for how many seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(429, "too often")
        self.wait = wait


class WrongScope(HttpError):
    def __init__(self, scope: str) -> None:
        super().__init__(403, "scope")
        self.scope = scope


class ByKey(HttpBearer):
    """Only with a key that is for this; another is told apart from none."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Key | None:
        with beyond("the key is held against what is known of it, and its use is counted"):
            return self._key(token, timezone.now())

    def _key(self, token: str, now: datetime) -> Key | None:
        key = key_of(token, now)
        if key is None:
            return None
        if self.scope not in key.scopes:
            raise WrongScope(self.scope)
        if count_use(key, now) > settings.KEY_RATE:
            raise TooOften(60 - now.second)
        return key
