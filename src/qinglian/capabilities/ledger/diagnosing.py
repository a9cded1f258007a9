"""What `site doctor` asks of the log: is everything numbered, is somebody watching, does time run forward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from qinglian.capabilities.ledger.models import Checkpoint, Cosigner, Entry
from qinglian.capabilities.ledger.witnessing import witnesses

SLOW = timedelta(minutes=1)
SILENT = timedelta(hours=1)


def diagnose(now: datetime) -> Iterator[tuple[str, str, str]]:
    waiting = Entry.objects.filter(index=None, at__lt=now - SLOW).count()
    if waiting:
        said = _("%(n)d entries of the log wait for their number") % {"n": waiting}
        yield "bad", said, _("Start the worker: qinglian site work")
    else:
        yield "good", _("every entry of the log has its number"), ""
    newest = Checkpoint.objects.aggregate(newest=Max("signed_at"))["newest"]
    if newest is not None and newest > now + SLOW:
        yield "bad", _("the log was signed at a time still to come"), _("Set the clock by NTP.")
    yield from _watched(now)


def gauges(now: datetime) -> dict[str, tuple[str, int]]:
    return {
        "log_pending": ("Entries of the log without a number", Entry.objects.filter(index=None).count()),
        "log_size": ("Signed entries of all logs", sum(_heads().values())),
    }


def _heads() -> dict[str, int]:
    return dict(Checkpoint.objects.values_list("tree").annotate(most=Max("size")))


def _watched(now: datetime) -> Iterator[tuple[str, str, str]]:
    known = {each.name for each in witnesses()}
    if not known:
        said = _("no witness watches the log: it proves nothing against whoever runs it")
        yield "warning", said, _("Name a witness of somebody else in QINGLIAN_WITNESSES.")
        return
    heads = _heads()
    for row in Cosigner.objects.filter(name__in=known).order_by("name", "tree"):
        what = {"witness": row.name, "log": row.tree_id}
        if row.trouble in ("ahead", "refused", "false"):
            yield (
                "bad",
                _("the witness %(witness)s refuses the log %(log)s") % what,
                _("Do not go on: compare the heads, and read how a backup is restored."),
            )
        elif row.size < heads.get(row.tree_id, 0) and (not row.cosigned_at or row.cosigned_at < now - SILENT):
            yield (
                "warning",
                _("the witness %(witness)s has been silent about %(log)s for an hour") % what,
                _("Ask whoever runs it; entries wait for its word until then."),
            )
        else:
            yield "good", _("the witness %(witness)s follows %(log)s") % what, ""
