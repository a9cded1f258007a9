"""Keys and hooks of an account, and what hooks are told."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from qinglian.capabilities.interfaces.models import Delivery, Hook, Key, KeyUse
from qinglian.capabilities.interfaces.scopes import EVENTS, KEPT, LONGEST, PING, SCOPES
from qinglian.capabilities.interfaces.signing import told
from qinglian.capabilities.interfaces.targets import read_target
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.current import current

MOST_KEYS, MOST_HOOKS = 10, 10  # of one account


def make_key(user_id: int, label: str, scopes: Iterable[str], days: int, now: datetime) -> str:
    """A key, told this once: `qk_IDENT_SECRET`."""
    wanted = sorted(set(scopes))
    if not wanted or set(wanted) - set(SCOPES):
        raise Fault(_("a key is for something; pick at least one purpose of those shown"))
    if not 1 <= days <= LONGEST:
        raise Fault(_("a key lasts between 1 and %(most)d days"), most=LONGEST)
    if Key.objects.filter(user=user_id, revoked_at=None, until__gt=now).count() >= MOST_KEYS:
        raise Fault(
            _("an account has at most %(most)d keys; revoke one that is no longer used"), most=MOST_KEYS
        )
    ident, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    Key.objects.create(
        ident=ident,
        sha=sha256(secret.encode()).hexdigest(),
        user_id=user_id,
        label=label,
        scopes=wanted,
        made_at=now,
        until=now + timedelta(days=days),
    )
    return f"qk_{ident}_{secret}"


def revoke_key(ident: str, user_id: int, now: datetime) -> bool:
    """At once; whether there was one to revoke."""
    return bool(Key.objects.filter(ident=ident, user=user_id, revoked_at=None).update(revoked_at=now))


def count_use(key: Key, now: datetime) -> int:
    """How often this key was used in this minute, with this time."""
    minute, today = now.replace(second=0, microsecond=0), timezone.localdate(now)
    with transaction.atomic():
        row, _made = KeyUse.objects.get_or_create(key=key, minute=minute)
        KeyUse.objects.filter(pk=row.pk).update(n=F("n") + 1)
        row.refresh_from_db(fields=["n"])
        if key.used_on != today:
            Key.objects.filter(pk=key.pk).update(used_on=today)
    return row.n


def make_hook(user_id: int, url: str, events: Iterable[str], now: datetime) -> Hook:
    read_target(url, local=current().demonstration)
    wanted = sorted(set(events))
    if not wanted or set(wanted) - set(EVENTS):
        raise Fault(_("a hook is told of something; pick at least one event of those shown"))
    if Hook.objects.filter(user=user_id, ended_at=None).count() >= MOST_HOOKS:
        raise Fault(
            _("an account has at most %(most)d hooks; end one that is no longer used"), most=MOST_HOOKS
        )
    seed = secrets.token_hex(32)
    return Hook.objects.create(user_id=user_id, url=url, events=wanted, seed=seed, made_at=now)


def end_hook(hook_id: int, user_id: int, now: datetime) -> bool:
    """What waits to be sent is not sent any more."""
    with transaction.atomic():
        ended = Hook.objects.filter(pk=hook_id, user=user_id, ended_at=None).update(ended_at=now)
        Delivery.objects.filter(hook=hook_id, hook__user=user_id, sent_at=None).delete()
    return bool(ended)


def set_going(hook_id: int, user_id: int, now: datetime) -> bool:
    """A hook that rests is called again, with everything that waits."""
    rows = Hook.objects.filter(pk=hook_id, user=user_id, ended_at=None)
    return bool(rows.update(resting=False, failures=0, next_try=now, last_error=""))


def try_hook(hook_id: int, user_id: int, now: datetime) -> bool:
    """Tell it something that says only that it is tried."""
    hook = Hook.objects.filter(pk=hook_id, user=user_id, ended_at=None).first()
    if hook is not None:
        queue([hook], PING, "", now)
    return hook is not None


def secret_of(hook: Hook) -> bytes:
    """Derived, so that the database alone signs nothing."""
    return hmac.new(settings.SECRET_KEY.encode(), f"qinglian hook {hook.seed}".encode(), sha256).digest()


def secret_told(hook_id: int, user_id: int) -> str | None:
    hook = Hook.objects.filter(pk=hook_id, user=user_id, ended_at=None).first()
    return told(secret_of(hook)) if hook else None


def announce(event: str, subject: str, now: datetime, users: Collection[int] | None = None) -> int:
    """Queue it for every hook that is told of such events, or for those of these accounts; how many.

    Call it inside the transaction of what it tells of.
    """
    if users is not None and not users:
        return 0
    rows = Hook.objects.filter(ended_at=None)
    if users is not None:
        rows = rows.filter(user__in=users)
    return queue([hook for hook in rows if event in hook.events], event, subject, now)


def queue(hooks: list[Hook], event: str, subject: str, now: datetime) -> int:
    """One thing for each of these hooks; how many."""
    rows = [
        Delivery(hook=hook, ident=f"msg_{secrets.token_hex(16)}", event=event, subject=subject, queued_at=now)
        for hook in hooks
    ]
    Delivery.objects.bulk_create(rows)
    return len(rows)


def forget(now: datetime, limit: int = 0) -> int:
    """A job: what was sent or given up long ago, and counts of days gone by."""
    sent, _each = Delivery.objects.filter(queued_at__lt=now - KEPT).delete()
    counted, _each = KeyUse.objects.filter(minute__lt=now - timedelta(days=1)).delete()
    return sent + counted
