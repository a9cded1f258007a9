"""The declared values of each fact: words, and bands of numbers or days."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from qinglian.engines.tables.bands import Band, Scale, looks_like_band, place_between, read_band, scale_of
from qinglian.engines.tables.sheets import Sheet, full_width_fault
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

VALUES_LIMIT = 1_000
MISSING = "missing"
NO_VALUES = ("", "-", "otherwise")


@dataclass(frozen=True, slots=True)
class Domain:
    """What a fact can be, in declared order; a set of values is an int whose bit i stands for values[i].

    words: index of each value that is a word; bands: (band, index), ascending, on the scale.
    """

    fact: str
    values: tuple[str, ...]
    words: Mapping[str, int]
    scale: Scale | None
    bands: tuple[tuple[Band, int], ...]
    line: int

    @property
    def every(self) -> int:
        return (1 << len(self.values)) - 1

    def index_of(self, value: object) -> int | None:
        """Which declared value a fact's value is; None where it is outside the domain.

        None (JSON null) is `missing` where that is declared; True and False are the words `true` and `false`.
        """
        if value is None:
            value = MISSING
        elif isinstance(value, bool):
            value = "true" if value else "false"
        if isinstance(value, str) and value in self.words:
            return self.words[value]
        place = self.scale.place_of(value) if self.scale else None
        return None if place is None else self._band_at(place)

    def _band_at(self, place: Decimal) -> int | None:
        found = bisect_left(self.bands, True, key=lambda entry: not entry[0].is_below(place))
        if found == len(self.bands) or self.bands[found][0].is_above(place):
            return None
        return self.bands[found][1]

    def mask_of(self, text: str) -> int | None:
        """The values that one alternative of a cell means; None where it is no word and no union of bands."""
        if text in self.words:
            return 1 << self.words[text]
        asked = read_band(text, self.scale) if self.scale else None
        if asked is None:
            return None
        mask = 0
        for band, index in self.bands:
            if asked.contains(band):
                mask |= 1 << index
            elif asked.meets(band):
                return None
        return mask or None

    def values_of(self, mask: int) -> tuple[str, ...]:
        return tuple(value for index, value in enumerate(self.values) if mask >> index & 1)

    def __str__(self) -> str:
        return "|".join(self.values)


def read_domains(sheet: Sheet) -> dict[str, Domain]:
    """The domains of `FILE.domains.csv` (columns `fact,values`), by fact.

    Raises Faults: header; facts empty or repeated; values empty, repeated, overlapping or with a hole.
    """
    line, header = sheet.header
    if header != ["fact", "values"]:
        raise Faults([Fault(_("the first line of domains is `fact,values`; write it so"), line=line)])
    faults: list[Fault] = []
    found: dict[str, Domain] = {}
    for line, cells in sheet.rows:
        try:
            domain = _domain(cells, line)
            if domain.fact in found:
                raise Fault(_("the fact is declared twice; keep one line"))
            found[domain.fact] = domain
        except Fault as fault:
            faults.append(fault.at(line=line, key=cells[0] or None))
    if faults:
        raise Faults(faults)
    return found


def _domain(cells: list[str], line: int) -> Domain:
    if len(cells) != 2:
        raise Fault(
            _("the line has %(count)d cells; write the fact, a comma, and its values joined by |"),
            count=len(cells),
        )
    fact, text = cells
    if fault := full_width_fault(fact) or full_width_fault(text):
        raise fault
    if not fact or fact.startswith(("=", "#")):
        raise Fault(_("%(fact)r is no name of a fact; write a word"), fact=fact)
    values = tuple(value.strip() for value in text.split("|"))
    _check_values(values)
    scale = scale_of([value for value in values if value != MISSING])
    bands = _bands(values, scale)
    in_bands = {index for _band, index in bands}
    words = {value: index for index, value in enumerate(values) if index not in in_bands}
    return Domain(fact, values, words, scale, bands, line)


def _check_values(values: tuple[str, ...]) -> None:
    if len(values) > VALUES_LIMIT:
        raise Fault(
            _("%(count)d values are more than %(limit)d; join them into bands or kinds"),
            count=len(values),
            limit=VALUES_LIMIT,
        )
    seen: set[str] = set()
    for value in values:
        if value in NO_VALUES:
            raise Fault(_("%(value)r is no value; write a word, a number, a day or a band"), value=value)
        if value in seen:
            raise Fault(_("the value %(value)s is declared twice; keep one"), value=value)
        seen.add(value)


def _bands(values: tuple[str, ...], scale: Scale | None) -> tuple[tuple[Band, int], ...]:
    bands = []
    for index, value in enumerate(values):
        band = read_band(value, scale) if scale else None
        if band:
            bands.append((band, index))
        elif looks_like_band(value):
            raise Fault(
                _("%(value)s is no band; write <0, 0..10, 0<..10, 0..<10 or >=10, all numbers or all days"),
                value=value,
            )
    bands.sort(key=lambda entry: (entry[0].low is not None, entry[0].low or 0, not entry[0].with_low))
    joined = any(looks_like_band(value) for value in values)
    for (left, first), (right, second) in pairwise(bands):
        if not left.ends_before(right):
            raise Fault(
                _("%(first)s and %(second)s overlap; leave the common end out of one, as in 0<..10"),
                first=values[first],
                second=values[second],
            )
        between = place_between(left, right) if joined else None
        if between is not None and scale:
            raise Fault(
                _("%(value)s lies between %(first)s and %(second)s and is in neither; widen one of them"),
                first=values[first],
                second=values[second],
                value=scale.written(between),
            )
    return tuple(bands)
