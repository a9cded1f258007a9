"""What a proof says of a table, as values and as faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True, slots=True)
class Gap:
    """Combinations that no row answers: fact → its values; a fact that may be anything is left out."""

    values: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        return ", ".join(f"{fact}={'|'.join(values)}" for fact, values in self.values.items()) or "-"


@dataclass(frozen=True, slots=True)
class Dead:
    """A row that never changes an answer, and the rows that answer all it would."""

    row: str
    line: int
    covered_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows that fit one case and say different things of it, with one such case."""

    rows: tuple[str, str]
    line: int
    decisions: tuple[str, str]
    example: Mapping[str, str]

    def __str__(self) -> str:
        return ", ".join(f"{fact}={value}" for fact, value in self.example.items())


@dataclass(frozen=True, slots=True)
class Proof:
    """The gaps, dead rows and conflicts of a table: `sound` where there is none.

    combinations: size of the space; unanswered: how many of them no row answers;
    cut: a list was too long and ends early (never where the table is sound).
    """

    name: str
    gaps: tuple[Gap, ...]
    dead: tuple[Dead, ...]
    conflicts: tuple[Overlap, ...]
    combinations: int
    unanswered: int
    cut: bool

    @property
    def sound(self) -> bool:
        return not (self.gaps or self.dead or self.conflicts)

    def faults(self) -> list[Fault]:
        """One Fault for each finding: gaps, dead rows, conflicts; none where the table is sound."""
        found = [self._gap(gap) for gap in self.gaps]
        found += [self._dead(dead) for dead in self.dead]
        found += [self._conflict(overlap) for overlap in self.conflicts]
        if self.cut:
            found.append(Fault(_("there is more of the same; mend this and check again"), file=self.name))
        return found

    def _gap(self, gap: Gap) -> Fault:
        return Fault(_("no row answers %(case)s; add a row for it"), file=self.name, case=str(gap))

    def _dead(self, dead: Dead) -> Fault:
        return Fault(
            _("row %(row)s is dead: all its cases are answered by %(rows)s; remove, move or narrow it"),
            file=self.name,
            line=dead.line,
            row=dead.row,
            rows=", ".join(dead.covered_by),
        )

    def _conflict(self, overlap: Overlap) -> Fault:
        return Fault(
            _("rows %(first)s and %(second)s conflict: %(case)s is %(one)s and %(other)s; narrow one"),
            file=self.name,
            line=overlap.line,
            first=overlap.rows[0],
            second=overlap.rows[1],
            case=str(overlap),
            one=overlap.decisions[0],
            other=overlap.decisions[1],
        )
