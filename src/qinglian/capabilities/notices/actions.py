from __future__ import annotations

from datetime import datetime

from qinglian.capabilities.notices.models import Notice
from qinglian.capabilities.notices.readings import Reader, own_notices


def queue_notice(
    kind: str,
    subject: str,
    now: datetime,
    *,
    language: str = "zh-hans",
    email: str = "",
    person_id: int | None = None,
    unit_id: str | None = None,
) -> None:
    """Call it inside the transaction of the event that it tells of."""
    Notice.objects.create(
        kind=kind,
        subject=subject,
        queued_at=now,
        language=language,
        email=email,
        person_id=person_id,
        unit_id=unit_id,
    )


def take_note(reader: Reader, now: datetime, notice_id: int | None = None) -> int:
    """Mark one, or all that the reader sees, as read; what is for a unit is then read for all of it."""
    rows = own_notices(reader).filter(read_at=None)
    if notice_id is not None:
        rows = rows.filter(pk=notice_id)
    return rows.update(read_at=now, read_by=reader.person_id)


def send_again(now: datetime) -> int:
    """Give every letter that is stuck its tries anew; how many there were."""
    return Notice.objects.filter(stuck=True).update(stuck=False, attempts=0, next_try=now)


def forget_notices(subject: str, unit_id: str) -> int:
    """Take back what a unit was told of something that it shall know nothing of."""
    return Notice.objects.filter(subject=subject, unit=unit_id).delete()[0]


def forget_letters(subject: str) -> int:
    """Drop letters about a subject, sent or stuck: their purpose is fulfilled or cannot be; how many."""
    letters = Notice.objects.exclude(email="").filter(subject=subject)
    return letters.exclude(sent_at=None, stuck=False).delete()[0]
