from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Count, Q

from qinglian.capabilities.interfaces.failing import why_failed
from qinglian.capabilities.interfaces.models import Delivery, Hook, Key
from qinglian.capabilities.interfaces.scopes import EVENTS, KEPT, PING, SCOPES, TRIED

SHOWN = 20
SOON = timedelta(days=14)  # a key that ends by then says so


@dataclass(frozen=True)
class KeyReading:
    ident: str
    label: str
    scopes: list[object]
    until: datetime
    used_on: object
    soon: bool = False
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class DeliveryReading:
    event: object
    subject: str
    attempts: int
    sent_at: datetime | None


@dataclass(frozen=True)
class HookReading:
    id: int
    url: str
    events: list[object]
    resting: bool
    failures: int
    why: str
    next_try: datetime | None
    called_at: datetime | None
    waiting: int
    deliveries: list[DeliveryReading]


def key_of(text: str, now: datetime) -> Key | None:
    """The key that was sent, where it is one, holds today and was not revoked."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "qk" or "\x00" in text:
        return None
    row = Key.objects.filter(ident=parts[1][:16]).first()
    given = sha256(parts[2].encode("utf-8", "surrogatepass")).hexdigest()
    right = hmac.compare_digest(given, row.sha if row else "0" * 64)
    holds = row is not None and row.revoked_at is None and row.made_at <= now < row.until
    return row if right and holds else None


def keys_of(user_id: int, now: datetime) -> list[KeyReading]:
    rows = Key.objects.filter(user=user_id, revoked_at=None, until__gt=now).order_by("id")
    return [_key(row, now) for row in rows]


def ended_keys_of(user_id: int, now: datetime) -> list[KeyReading]:
    """Those that ran out or were revoked lately: whoever wonders why a program is refused finds them here."""
    ran_out = Q(revoked_at=None, until__gt=now - KEPT, until__lte=now)
    rows = Key.objects.filter(ran_out | Q(revoked_at__gt=now - KEPT), user=user_id).order_by("-id")
    return [_key(row, now) for row in rows[:SHOWN]]


def _key(row: Key, now: datetime) -> KeyReading:
    return KeyReading(
        row.ident,
        row.label,
        [SCOPES.get(each, each) for each in row.scopes],
        row.until,
        row.used_on,
        row.until <= now + SOON,
        row.revoked_at,
    )


def hooks_of(user_id: int) -> list[HookReading]:
    waiting = Count("deliveries", filter=Q(deliveries__sent_at=None))
    rows = Hook.objects.filter(user=user_id, ended_at=None).annotate(waiting=waiting).order_by("id")
    return [
        HookReading(
            id=row.pk,
            url=row.url,
            events=[EVENTS.get(each, each) for each in row.events],
            resting=row.resting,
            failures=row.failures,
            why=why_failed(row.last_error) if row.last_error else "",
            next_try=row.next_try if row.failures else None,
            called_at=row.called_at,
            waiting=row.waiting,
            deliveries=[_delivery(each) for each in row.deliveries.order_by("-id")[:SHOWN]],
        )
        for row in rows
    ]


def _delivery(row: Delivery) -> DeliveryReading:
    event = TRIED if row.event == PING else EVENTS.get(row.event, row.event)
    return DeliveryReading(event, row.subject, row.attempts, row.sent_at)


def resting_hooks() -> int:
    return Hook.objects.filter(ended_at=None, resting=True).count()
