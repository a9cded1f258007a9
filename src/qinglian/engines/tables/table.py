"""A decision table as it was read, and its answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from qinglian.engines.tables.domains import Domain
from qinglian.engines.tables.values import shown
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _


class Policy(StrEnum):
    """first: the first row that fits speaks; collect: every row that fits speaks."""

    FIRST = "first"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: `cells[i]` is the set of values (a bit mask) that it accepts of the table's i-th fact.

    otherwise: it answers only what no other row answers (and its cells accept everything).
    """

    id: str
    line: int
    cells: tuple[int, ...]
    outcome: Mapping[str, str]
    otherwise: bool = False

    @property
    def decision(self) -> str:
        return self.outcome["decision"]


class Answer(NamedTuple):
    """What a table says of one case. outcome: the row's columns; under `collect` a list, one for each row."""

    rows: tuple[str, ...]
    decision: str
    outcome: dict[str, str] | list[dict[str, str]]
    sha: str


class _Fits(dict[object, int]):
    """Value of one fact → the rows (bit mask) that accept it. Bands are looked up, words are here already."""

    def __init__(self, domain: Domain, by_index: list[int]) -> None:
        super().__init__({word: by_index[index] for word, index in domain.words.items()})
        self.domain, self.by_index = domain, by_index

    def __missing__(self, value: object) -> int:
        index = self.domain.index_of(value)
        if index is None:
            raise KeyError(value)
        return self.by_index[index]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read without fault; whether it is sound, `prove` says.

    name: its file; facts and columns (without `=>`) in file order; sha: see `table_sha`.
    """

    name: str
    policy: Policy
    facts: tuple[str, ...]
    columns: tuple[str, ...]
    domains: Mapping[str, Domain]
    rows: tuple[Row, ...]
    sha: str
    _fits: tuple[tuple[str, _Fits], ...] = field(init=False, repr=False, compare=False)
    _plain: int = field(init=False, repr=False, compare=False)
    _alike: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fits = (
            (fact, _Fits(self.domains[fact], self._rows_by_value(at))) for at, fact in enumerate(self.facts)
        )
        alike: dict[str, int] = {}
        for bit, row in enumerate(self.rows):
            alike[row.decision] = alike.get(row.decision, 0) | 1 << bit
        object.__setattr__(self, "_fits", tuple(fits))
        object.__setattr__(
            self, "_plain", sum(1 << bit for bit, row in enumerate(self.rows) if not row.otherwise)
        )
        object.__setattr__(self, "_alike", alike)

    def _rows_by_value(self, at: int) -> list[int]:
        masks = [0] * len(self.domains[self.facts[at]].values)
        for bit, row in enumerate(self.rows):
            for index in bits(row.cells[at]):
                masks[index] |= 1 << bit
        return masks

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Every decision the table can give, in order of appearance."""
        return tuple(self._alike)

    def decide(self, facts: Mapping[str, object]) -> Answer:
        """The answer for one case.

        facts: a value for every fact of the table (others are not looked at): a declared word, an exact
        number (int, Decimal or text), a day (date or ISO text), None for a declared `missing`, True or
        False for the declared words `true` and `false`.
        Raises Fault or Faults, so that a person decides: a fact not given, a value outside its domain, no
        row that fits, or (collect) rows that fit together and disagree.
        """
        live = self._plain
        try:
            for fact, fits in self._fits:
                live &= fits[facts[fact]]
        except (KeyError, TypeError):
            raise self._unusable(facts) from None
        if not live:
            return self._left_over(facts)
        if self.policy is Policy.FIRST:
            row = self.rows[(live & -live).bit_length() - 1]
            return Answer((row.id,), row.outcome["decision"], dict(row.outcome), self.sha)
        return self._collected(live)

    def _left_over(self, facts: Mapping[str, object]) -> Answer:
        if self.rows[-1].otherwise:
            return self._collected(1 << len(self.rows) - 1)
        case = ", ".join(f"{fact}={shown(facts[fact])}" for fact in self.facts)
        raise Fault(
            _("no row answers %(case)s; let a person decide, and add a row"), file=self.name, case=case
        )

    def _collected(self, live: int) -> Answer:
        ids: list[str] = []
        outcomes: list[dict[str, str]] = []
        decision = self.rows[(live & -live).bit_length() - 1].outcome["decision"]
        alike = not live & ~self._alike[decision]
        while live:
            low = live & -live
            row = self.rows[low.bit_length() - 1]
            ids.append(row.id)
            outcomes.append(dict(row.outcome))
            live ^= low
        if alike:
            return Answer(tuple(ids), decision, outcomes, self.sha)
        raise Fault(
            _("rows %(rows)s fit together and decide differently; let a person decide, and mend the table"),
            file=self.name,
            rows=", ".join(ids),
        )

    def _unusable(self, facts: Mapping[str, object]) -> Faults:
        return Faults([fault for fact in self.facts if (fault := _fault_of(self.domains[fact], facts))])


def bits(mask: int) -> Iterator[int]:
    """The places of the ones in a mask, from the lowest."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _fault_of(domain: Domain, facts: Mapping[str, object]) -> Fault | None:
    fact = domain.fact
    if fact not in facts:
        return Fault(_("the fact is not given; look it up, or let a person decide"), key=fact)
    value = facts[fact]
    if isinstance(value, float):
        return Fault(
            _("%(value)s is a binary fraction; give the number as text or as an exact decimal"),
            key=fact,
            value=shown(value),
        )
    if domain.index_of(value) is not None:
        return None
    return Fault(
        _("“%(value)s” is outside the domain %(values)s; mend the value, or let a person decide"),
        key=fact,
        value=shown(value),
        values=domain,
    )
