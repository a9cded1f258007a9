"""Letters leave: at least once each, with the same Message-ID however often, and late rather than never.

A letter is taken in one short transaction, sent outside of any, and marked in another. Whoever dies between
leaves it taken until `TAKEN` has passed; then it is sent again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from qinglian.capabilities.notices.letters import letter
from qinglian.capabilities.notices.models import Notice
from qinglian.capabilities.notices.rehearsal import may_die

TAKEN = timedelta(minutes=2)  # longer than a server may take to answer: settings.EMAIL_TIMEOUT
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 1440))
MOST = len(WAITS) + 1


def send_due(now: datetime, limit: int = 20) -> int:
    """Send what waits, oldest first, at most limit letters; how many were tried."""
    if not settings.MAIL_READY:
        return 0
    tried = 0
    while tried < limit and (notice := _take(now)) is not None:
        _send(notice, now)
        tried += 1
    return tried


def _to_send(now: datetime) -> QuerySet[Notice]:
    rows = Notice.objects.filter(Q(next_try=None) | Q(next_try__lte=now), sent_at=None, stuck=False)
    return rows.exclude(email="").order_by("queued_at", "id")


def due_letters(now: datetime) -> QuerySet[Notice]:
    """What the job would find: nothing where no letter can leave."""
    return _to_send(now) if settings.MAIL_READY else Notice.objects.none()


def _take(now: datetime) -> Notice | None:
    if not _to_send(now).exists():
        return None
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        notice = _to_send(now).select_for_update(skip_locked=skip).first()
        if notice is None:
            return None
        notice.attempts += 1
        notice.next_try = now + TAKEN
        if notice.attempts > MOST:  # it never came back with an answer
            notice.stuck, notice.last_error = True, notice.last_error or "Interrupted"
        notice.save(update_fields=["attempts", "next_try", "stuck", "last_error"])
    return notice


def _send(notice: Notice, now: datetime) -> None:
    if notice.stuck:
        return
    mine = Notice.objects.filter(pk=notice.pk, attempts=notice.attempts, sent_at=None)
    try:
        letter(notice).send()
    except Exception as error:  # whatever a mail server may do: the letter waits, the others go on
        stuck = notice.attempts >= MOST
        again = None if stuck else now + WAITS[notice.attempts - 1]
        mine.update(last_error=_what_happened(error), next_try=again, stuck=stuck)
        return
    may_die("mail-sent")
    mine.update(sent_at=now, next_try=None, last_error="")


def _what_happened(error: Exception) -> str:
    """The kind of error and the server's number for it: its words may hold an address."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = {str(code) for code, _words in error.recipients.values()}
        return f"SMTPRecipientsRefused {' '.join(sorted(codes))}"[:120]
    if isinstance(error, SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"[:120]
    return type(error).__name__[:120]
