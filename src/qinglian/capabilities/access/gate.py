"""The one gate: every view is marked with a policy, and passes here before and after it answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext as _

from qinglian.capabilities.access.endpoints import is_unfenced, needs_fresh, policies, policy_name
from qinglian.capabilities.access.fence import Fence
from qinglian.capabilities.access.policies import (
    NOTHING,
    PUBLIC,
    SIGN_IN,
    Policy,
    Reader,
    Thing,
    is_strong_enough,
)

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
Seen = TypeVar("Seen")


class Unasked(ImproperlyConfigured):
    """A view answered about a thing and never asked the gate for it: nothing is sent."""


@dataclass
class Passage:
    """What the gate knows of one request: under which policy, and whether it was asked about the thing."""

    name: str
    policy: Policy
    asked: bool


def reads(name: str) -> Callable[[View], View]:
    """Mark a view with the policy under which it is read."""

    def mark(view: View) -> View:
        view.policy = name  # type: ignore[attr-defined]
        return view

    return mark


def reader_of(request: HttpRequest) -> Reader:
    """Who asks; set anew for each request, so that a post that ended is gone at once."""
    found: Reader = request.reader  # type: ignore[attr-defined]
    return found


def person_of(request: HttpRequest) -> int:
    """Whoever of the staff asks; for views whose policy lets in only who holds a post."""
    person = reader_of(request).person_id
    assert person is not None
    return person


def asked_number(request: HttpRequest, name: str) -> int | None:
    """The number of a row that an address asks for; what is none is as if it was not asked for."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def there(found: Seen | None) -> Seen:
    """Http404 alike for what is not there and for what this reader may not see: such queries find None."""
    if found is None:
        raise Http404
    return found


def require(request: HttpRequest, thing: Thing | None, name: str | None = None) -> None:
    """Raise Http404 unless the reader may read this thing; None is what was not found.

    "No such" and "not yours" take this same way, so that the answers and their time are alike.
    """
    passage = _passage(request)
    policy = policies()[name] if name else passage.policy
    passage.asked = True
    if policy.thing is None or not policy.thing.test(reader_of(request), thing or NOTHING) or thing is None:
        raise Http404


def scope(request: HttpRequest) -> dict[str, frozenset[str]]:
    """For lists: unit path → the roles by which the reader may look there and below."""
    passage = _passage(request)
    passage.asked = True
    reader, named = reader_of(request), passage.policy.roles
    held = {path: reader.roles_in(path) for path in reader.roles}
    return {path: roles & named if named else roles for path, roles in held.items()}


def is_fresh(request: HttpRequest) -> bool:
    """Whether this browser gave a second factor within the last few minutes."""
    records = request.session.get("account_authentication_methods", [])
    last = max((each["at"] for each in records if each.get("method") == "mfa"), default=0)
    return bool(time.time() - last < settings.FRESH_FOR.total_seconds())


def fresh(view: View) -> View:
    """Mark a sensitive act: what is sent without a recent second factor is not taken."""
    view.fresh = True  # type: ignore[attr-defined]
    return view


def _passage(request: HttpRequest) -> Passage:
    found: Passage = request.passage  # type: ignore[attr-defined]
    return found


class Gate:
    """Lets a request in by the door of its view's policy; holds back what was answered without asking.

    While a request that only reads is answered, the second fence stands around it (`fence`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.fence = Fence()  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request.fence.fall()  # type: ignore[attr-defined]
        passage: Passage | None = getattr(request, "passage", None)
        if passage is not None:
            if not passage.asked and response.status_code < 400:
                raise Unasked(f"{request.resolver_match} did not ask about what it shows ({passage.name})")
            if passage.policy.kind != PUBLIC:
                add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        assert match is not None
        name = policy_name(view, match.view_name)
        policy = policies().get(name or "")
        if name is None or policy is None:
            raise ImproperlyConfigured(f"{match.view_name} has no policy")
        if policy.kind != PUBLIC and not policy.door.test(reader_of(request)):
            return _turned_away(request, policy)
        if request.method not in SAFE and needs_fresh(view, match.view_name) and not is_fresh(request):
            return _confirm_first(request)
        request.passage = Passage(name, policy, asked=policy.thing is None)  # type: ignore[attr-defined]
        if request.method in SAFE and not is_unfenced(name):
            request.fence.rise(_who_reads(request), timezone.localdate())  # type: ignore[attr-defined]
        return None


def _who_reads(request: HttpRequest) -> Reader:
    """What programs fetch has an address without a language, and no session is looked at for it: whoever
    has a code or a key there proves it within the request."""
    return reader_of(request) if get_language_from_path(request.path_info) else Reader()


def _turned_away(request: HttpRequest, policy: Policy) -> HttpResponseBase:
    """What was sent is not kept, and whoever wrote long enough for the session to end hears so."""
    if request.method == "POST" and policy.kind != PUBLIC and not reader_of(request).account:
        messages.warning(
            request,
            _(
                "Nothing was changed: your visit had ended. What you wrote still stands in the form that you "
                "go back to: sign in, or give number and code, then send it once more."
            ),
        )
    if policy.otherwise != SIGN_IN:
        response: HttpResponseBase = redirect(policy.otherwise)
    elif not reader_of(request).account:
        response = redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    elif not is_strong_enough.test(reader_of(request)):
        response = redirect(settings.SECOND_FACTOR_URL)
    else:
        raise PermissionDenied
    add_never_cache_headers(response)
    return response


def _confirm_first(request: HttpRequest) -> HttpResponseBase:
    messages.warning(request, _("Nothing was changed. Confirm that it is you, then send it once more."))
    return redirect(f"{resolve_url(settings.CONFIRM_URL)}?{urlencode({'next': request.path})}")
