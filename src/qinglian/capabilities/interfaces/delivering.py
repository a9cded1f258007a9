"""Hooks are called: the oldest thing first, each at least once with the same `webhook-id`.

Each hook is taken in one short transaction, called outside of any, and marked in another. A hook that fails
waits, longer each time, and holds up nobody else; after the last wait it rests until its owner says so.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from qinglian.capabilities.interfaces.actions import secret_of
from qinglian.capabilities.interfaces.models import Delivery, Hook
from qinglian.capabilities.interfaces.scopes import FIGURES_PUBLISHED
from qinglian.capabilities.interfaces.signing import signature
from qinglian.capabilities.interfaces.targets import SECONDS, Refused, post
from qinglian.faults import Fault
from qinglian.zone.current import current

TAKEN = timedelta(seconds=4 * SECONDS)  # longer than a call may last
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 1440, 1440))
IN_A_PASS = 3  # hooks called before other jobs have their turn: a hanging target costs them seconds


def send_due(now: datetime, limit: int = IN_A_PASS) -> int:
    """A job; how many hooks were called."""
    called = 0
    while called < min(limit, IN_A_PASS) and (taken := _take(now)) is not None:
        _call(*taken, now)
        called += 1
    return called


def due_hooks(now: datetime) -> QuerySet[Hook]:
    """What the job would find."""
    waits = Delivery.objects.filter(hook=OuterRef("pk"), sent_at=None)
    return Hook.objects.filter(
        Q(next_try=None) | Q(next_try__lte=now), Exists(waits), ended_at=None, resting=False
    )


def _take(now: datetime) -> tuple[Hook, Delivery] | None:
    due = due_hooks(now)
    if not due.exists():
        return None
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        hook = due.select_for_update(skip_locked=skip, of=("self",)).order_by("next_try", "id").first()
        if hook is None:
            return None
        hook.next_try = now + TAKEN
        hook.save(update_fields=["next_try"])
        delivery = Delivery.objects.filter(hook=hook, sent_at=None).order_by("id").first()
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.save(update_fields=["attempts"])
    return hook, delivery


def message(delivery: Delivery) -> bytes:
    """What is sent: which kind of thing happened to what, and nothing of what it says."""
    said = {"type": delivery.event, "timestamp": delivery.queued_at.isoformat(timespec="seconds")}
    return json.dumps(said | {"data": _about(delivery)}, ensure_ascii=False).encode()


def _about(delivery: Delivery) -> dict[str, str]:
    if not delivery.subject:
        return {}
    if delivery.event == FIGURES_PUBLISHED:
        as_of, _blank, edition = delivery.subject.partition(" ")
        return {"as_of": as_of, "edition": edition, "url": f"{settings.PUBLIC_URL}/api/v1/figures"}
    where = "cases" if delivery.event.startswith("case.") else "answers"
    return {
        "number": delivery.subject,
        "url": f"{settings.PUBLIC_URL}/api/v1/{where}/{delivery.subject}",
    }


def _call(hook: Hook, delivery: Delivery, now: datetime) -> None:
    body, stamp = message(delivery), int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "qinglian-hooks/1",
        "webhook-id": delivery.ident,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(secret_of(hook), delivery.ident, stamp, body),
    }
    mine = Hook.objects.filter(pk=hook.pk, next_try=hook.next_try)
    try:
        post(hook.url, body, headers, local=current().demonstration)
    except (Refused, Fault) as refused:
        failures = hook.failures + 1
        why = str(refused)[:40] if isinstance(refused, Refused) else "address"
        resting = failures > len(WAITS)
        again = None if resting else now + WAITS[failures - 1]
        mine.update(failures=failures, next_try=again, resting=resting, last_error=why)
        return
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk, sent_at=None).update(sent_at=now)
        mine.update(failures=0, next_try=None, last_error="", called_at=now)
