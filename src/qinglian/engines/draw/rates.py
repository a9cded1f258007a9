"""How many of a stratum are drawn: rational rates, so that no rounding of floats decides about anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qinglian.engines.draw import fields
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Quota:
    """rate (p, q), at least `least`, at most `most` (None: no limit), never more than there are."""

    rate: tuple[int, int]
    least: int = 0
    most: int | None = None

    def of(self, size: int) -> int:
        """How many of `size` subjects: max(least, ⌈size · p / q⌉), then at most `most`, then at most size."""
        p, q = self.rate
        wanted = max(self.least, -(-size * p // q))
        return min(wanted, size, size if self.most is None else self.most)

    @property
    def document(self) -> dict[str, Any]:
        return {"rate": list(self.rate), "min": self.least, "max": self.most}


def read_quota(value: object, place: str) -> Quota:
    """{rate = [p, q], min = …, max = …} with 0 ≤ p ≤ q, q ≥ 1; Fault otherwise, so for a rate above 1."""
    data = fields.table(value, place, {"rate", "min", "max"})
    rate: Any = data.get("rate")
    pair = isinstance(rate, list | tuple) and len(rate) == 2 and all(type(part) is int for part in rate)
    if not pair or not 0 <= rate[0] <= rate[1] or not 1 <= rate[1] < 2**31:
        raise Fault(
            _("a rate is two whole numbers [p, q] with 0 ≤ p ≤ q; for one in a hundred write [1, 100]"),
            key=f"{place}.rate",
        )
    least = fields.whole(data, "min", place, default=0)
    most = None if data.get("max") is None else fields.whole(data, "max", place)
    if most is not None and most < least:
        raise Fault(_("max is below min; correct one of them"), key=place)
    return Quota((rate[0], rate[1]), least, most)


@dataclass(frozen=True)
class Department:
    """A department that takes part. quotas: its own strata's rates, else the plan's. inspectors: how many
    visit each of its subjects; qualified: how many of them must be qualified to lead; most: visits a full
    post may be given (None: no limit)."""

    quotas: Mapping[str, Quota]
    inspectors: int = 2
    qualified: int = 1
    most: int | None = None

    @property
    def document(self) -> dict[str, Any]:
        return {
            "strata": {name: quota.document for name, quota in sorted(self.quotas.items())},
            "inspectors": self.inspectors,
            "qualified": self.qualified,
            "most": self.most,
        }


def read_department(value: object, place: str, strata: Mapping[str, Quota]) -> Department:
    data = fields.table(value, place, {"strata", "inspectors", "qualified", "most"})
    own = data.get("strata") or {}
    fields.table(own, f"{place}.strata", set(strata))
    quotas = {name: read_quota(quota, f"{place}.strata.{name}") for name, quota in own.items()}
    inspectors = fields.whole(data, "inspectors", place, 2, 100, 2)
    qualified = fields.whole(data, "qualified", place, 1, inspectors, 1)
    most = None if data.get("most") is None else fields.whole(data, "most", place, 1, 2**31)
    return Department(quotas, inspectors, qualified, most)
