"""A receipt: what was received, from when it counts, and the fingerprint by which the log can be asked."""

from __future__ import annotations

from dataclasses import dataclass

from qinglian.capabilities.cases.headings import unit_title
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.queries import CasePage, EventReading
from qinglian.capabilities.ledger import queries as ledger


@dataclass(frozen=True)
class Receipt:
    number: str  # the case's, and which of its events
    page: CasePage
    unit: object  # that received it
    event: EventReading
    whole: bool  # of the case itself: with everything that was answered
    fingerprint: str  # leaf hash of the entry, base64: in the log, or on its way there


@dataclass(frozen=True)
class UnitsOfCase:
    first: object  # the unit that received it first, and answers for it
    holding: object
    moved: bool


def units_of(case_id: int) -> UnitsOfCase:
    first, holding = Case.objects.values_list("unit_first_id", "unit_holding_id").get(pk=case_id)
    return UnitsOfCase(unit_title(first), unit_title(holding), first != holding)


def receipt(page: CasePage, seq: int) -> Receipt | None:
    """For what the applicant did; what the unit did is in its own letters."""
    event = next((each for each in page.events if each.seq == seq and each.actor == "applicant"), None)
    leaf = ledger.leaf_text(event.entry) if event is not None and event.entry is not None else None
    if event is None or leaf is None:
        return None
    units, whole = units_of(page.id), event.action == "lodge"
    unit = units.first if whole else units.holding
    return Receipt(f"{page.number}/{seq}", page, unit, event, whole, leaf)
