"""Response rates as AAPOR defines them. Source: AAPOR, Standard Definitions (10th edition, 2023)."""

from __future__ import annotations

from dataclasses import dataclass

from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Dispositions:
    """Final counts: I, P interviews complete and partial; R refusals; NC no contact; O other; UH unknown if a
    household (or firm); UO unknown, other. eligible: the share e of the unknown that is thought eligible."""

    complete: int
    partial: int = 0
    refusal: int = 0
    no_contact: int = 0
    other: int = 0
    unknown_unit: int = 0
    unknown_other: int = 0
    eligible: float | None = None


def response_rates(counts: Dispositions) -> dict[str, float | None]:
    """RR1 to RR6, COOP1, REF1 and CON1. RR3 and RR4 are None where no estimate of e is given: none is
    assumed."""
    whole, part = counts.complete, counts.complete + counts.partial
    known = part + counts.refusal + counts.no_contact + counts.other
    unknown = counts.unknown_unit + counts.unknown_other
    numbers = [value for name, value in vars(counts).items() if name != "eligible"]
    e = counts.eligible
    if min(numbers) < 0 or known + unknown == 0 or known == 0:
        raise Fault(_("dispositions are counts, and somebody was asked; mend them"), key="response")
    if e is not None and not 0 <= e <= 1:
        raise Fault(_("the eligible share of the unknown lies from 0 to 1"), key="response.eligible")
    likely = None if e is None else known + e * unknown
    contacted = part + counts.refusal + counts.other
    return {
        "RR1": whole / (known + unknown),
        "RR2": part / (known + unknown),
        "RR3": None if likely is None else whole / likely,
        "RR4": None if likely is None else part / likely,
        "RR5": whole / known,
        "RR6": part / known,
        "COOP1": whole / contacted if contacted else None,
        "REF1": counts.refusal / (known + unknown),
        "CON1": contacted / (known + unknown),
    }
