"""Posts held against what was logged of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from qinglian.batch.telling import Tell, silent
from qinglian.capabilities.ledger import queries as ledger
from qinglian.capabilities.parties.models import Post, Representative
from qinglian.faults import Fault
from qinglian.faults import noop as _


def differences(_tell: Tell = silent) -> Iterator[Fault]:
    logged = Counter(
        (each.told["person"], each.told["unit"], each.told["role"], each.told["since"])
        for each in ledger.logged("parties.appointed")
        if each.told.keys() >= {"person", "unit", "role", "since"}
    )
    for person, unit, role, since in Post.objects.order_by("id").values_list(
        "person", "unit", "role", "since"
    ):
        key = (person, unit, role, since.isoformat())
        if not logged[key]:
            yield Fault(_("post %(role)s in %(unit)s since %(since)s: it was never logged"),
                        role=role, unit=unit, since=since.isoformat())  # fmt: skip
        logged[key] -= 1
    yield from _ends()
    yield from _speaking()
    for (_person, unit, role, since), n in logged.items():
        if n > 0:
            yield Fault(_("post %(role)s in %(unit)s since %(since)s: logged, and its row is not here"),
                        role=role, unit=unit, since=since)  # fmt: skip


def _ends() -> Iterator[Fault]:
    """The last word on the last day of each post."""
    said: dict[tuple[int, str, str, str], str] = {}
    for each in ledger.logged("parties.post_ended"):
        if each.told.keys() >= {"person", "unit", "role", "since", "until"}:
            said[each.told["person"], each.told["unit"], each.told["role"], each.told["since"]] = each.told[
                "until"
            ]
    rows = Post.objects.order_by("id").values_list("person", "unit", "role", "since", "until")
    for person, unit, role, since, until in rows:
        logged = said.get((person, unit, role, since.isoformat()))
        if logged != (until.isoformat() if until else None):
            yield Fault(_("post %(role)s in %(unit)s since %(since)s: its last day is not what was logged"),
                        role=role, unit=unit, since=since.isoformat())  # fmt: skip


def _speaking() -> Iterator[Fault]:
    """Who may speak for an enterprise, from when and until when: as it was logged last."""
    said: dict[int, tuple[int, str, str, str | None, bool]] = {}
    for each in ledger.logged("parties.representative_named"):
        if each.told.keys() >= {"representative", "enterprise", "document", "since", "until"}:
            t = each.told
            said[t["representative"]] = (t["enterprise"], t["document"], t["since"], t["until"], False)
    for each in ledger.logged("parties.representation_ended"):
        if each.told.keys() >= {"representative", "until", "at_once"} and each.told["representative"] in said:
            firm, document, since, _until, _cut = said[each.told["representative"]]
            said[each.told["representative"]] = (
                firm, document, since, each.told["until"], each.told["at_once"],
            )  # fmt: skip
    for row in Representative.objects.exclude(document="").order_by("id"):
        days = (row.since.isoformat(), row.until.isoformat() if row.until else None)
        if said.pop(row.pk, None) != (row.enterprise_id, row.document, *days, row.cut_at is not None):
            yield Fault(_("representative %(id)d: the row is not what was logged of it"), id=row.pk)
    for gone in sorted(said):
        yield Fault(_("representative %(id)d: logged, and its row is not here"), id=gone)
