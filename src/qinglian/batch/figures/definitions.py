"""What a figure and a published table are; a capability declares its own in its apps.py, and there only.

A figure is a SELECT over published tables that gives one row for each thing that is counted, with a `value`
and the columns by which it is cut. How rows become a number, in every cut, is the same for all (`recipes`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from qinglian.faults import noop as _

LEVELS = ("open", "attested")
KINDS = ("count", "sum", "share", "rate", "quantiles")
GRAINS = ("month", "standing")
PERIOD = "period"
ID = re.compile(r"[a-z][a-z-]*\.[a-z][a-z0-9-]*", re.ASCII)
# What the engines do not do alike, and what reaches outside; see docs/decisions.
_ELSEWHERE = re.compile(
    r"/|%|\b(avg|round|float|double|real|now|current_\w+|random|upper|lower|like|read_\w+|copy|attach|pragma"
    r"|install|load|insert|update|delete|create|drop|set|call)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Column:
    """kind: text or whole; meaning and unit are texts to be translated; codes: what its values mean.

    refers: the table whose `id` stands in it.
    """

    name: str
    kind: str
    meaning: object
    unit: object = ""
    codes: Mapping[str, object] = field(default_factory=dict)
    refers: str = ""


@dataclass(frozen=True)
class Table:
    """A table that everybody may have, or, attested, one that figures are computed from and nobody is shown.

    grain month: what happened in a month, published after its end and never changed; its first column is
    `period`. standing: as it is when it is published. groups: the columns by which somebody might be known,
    the one to keep longest first; None where its rows are about nobody. tied: such a column → those that
    would tell it, and are withheld with it.
    rows: the dotted name of a function; `published.rows_of` says what it is given and gives.
    """

    id: str
    title: object
    about: object
    source: object
    columns: tuple[Column, ...]
    rows: str
    grain: str = "month"
    level: str = "open"
    groups: tuple[str, ...] | None = None
    tied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sql_name(self) -> str:
        return self.id.replace(".", "_").replace("-", "_")

    @property
    def all_columns(self) -> tuple[Column, ...]:
        if self.grain != "month":
            return self.columns
        meaning = _("the month in which it is counted; of a month with too few rows: the one that follows")
        return (Column(PERIOD, "text", meaning, _("YYYY-MM")), *self.columns)

    def faults(self) -> list[str]:
        """What is wrong with the declaration, for whoever writes it."""
        names = [column.name for column in self.all_columns]
        found = [] if ID.fullmatch(self.id) else [f"{self.id}: an id is <capability>.<noun>"]
        if self.grain not in GRAINS or self.level not in LEVELS:
            found.append(f"{self.id}: grain is one of {GRAINS}, level one of {LEVELS}")
        if len(set(names)) != len(names) or any(c.kind not in ("text", "whole") for c in self.columns):
            found.append(f"{self.id}: each column once, its kind text or whole")
        if set(self.groups or ()) - set(names):
            found.append(f"{self.id}: groups are columns of its own")
        return found


@dataclass(frozen=True)
class Figure:
    """id `<capability>.<noun>`; how: the sentence "how this was computed".

    kind: count (of rows), sum (of value), share (rows whose value is 1), rate (value of weight), quantiles
    (of value: half, nine in ten). rows: the SELECT, with `value` unless it counts. cuts: columns of it.
    months: over how many months the number itself runs; 0 for as it stands. among: how a page says of how
    many it is, with %(value)s, %(n)s and, for quantiles, %(upper)s; nothing is computed from it.
    """

    id: str
    version: int
    level: str
    kind: str
    unit: object
    title: object
    how: object
    tables: tuple[str, ...]
    rows: str
    cuts: tuple[str, ...] = ()
    months: int = 12
    among: object = ""

    def faults(self) -> list[str]:
        found = [] if ID.fullmatch(self.id) else [f"{self.id}: an id is <capability>.<noun>"]
        if self.level not in LEVELS or self.kind not in KINDS or self.version < 1:
            found.append(f"{self.id}: level is one of {LEVELS}, kind one of {KINDS}, versions begin with 1")
        if reaching := _ELSEWHERE.search(self.rows):
            found.append(f"{self.id}: {reaching[0]!r} is not computed alike everywhere, or reaches outside")
        if self.months and PERIOD not in self.cuts:
            found.append(f"{self.id}: what runs over months is cut by {PERIOD}")
        return found
