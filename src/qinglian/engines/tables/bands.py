"""Bands of numbers or days: `<0`, `0..10`, `10<..20`, `0..<1`, `>=20`, or one point `5`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qinglian.engines.tables.values import day_of, number_of

_RANGE = re.compile(r"(?P<low>[^<>=]+?)(?P<after><?)\.\.(?P<before><?)(?P<high>[^<>=]+)")
_SIDE = re.compile(r"(?P<sign><=|>=|<|>)(?P<point>[^<>=]+)")


@dataclass(frozen=True, slots=True)
class Scale:
    """What a band is measured on: exact numbers, or whole days counted from the year 1."""

    name: str
    place_of: Callable[[object], Decimal | None]
    written: Callable[[Decimal], str]
    whole: bool


def _day_number(value: object) -> Decimal | None:
    day = day_of(value)
    return None if day is None else Decimal(day.toordinal())


def _day_written(place: Decimal) -> str:
    return date.fromordinal(int(place)).isoformat()


NUMBERS = Scale("number", number_of, str, whole=False)
DAYS = Scale("day", _day_number, _day_written, whole=True)


@dataclass(frozen=True, slots=True)
class Band:
    """The places from low to high (None: without end); with_low and with_high: whether the ends belong."""

    low: Decimal | None
    high: Decimal | None
    with_low: bool
    with_high: bool

    def is_below(self, place: Decimal) -> bool:
        """Whether the whole band lies below the place."""
        return self.high is not None and (place > self.high or (place == self.high and not self.with_high))

    def is_above(self, place: Decimal) -> bool:
        """Whether the whole band lies above the place."""
        return self.low is not None and (place < self.low or (place == self.low and not self.with_low))

    def ends_before(self, other: Band) -> bool:
        """Whether this band is over before the other begins."""
        if self.high is None or other.low is None:
            return False
        return self.high < other.low or (self.high == other.low and not (self.with_high and other.with_low))

    def meets(self, other: Band) -> bool:
        return not self.ends_before(other) and not other.ends_before(self)

    def contains(self, other: Band) -> bool:
        return self._reaches_down_to(other) and self._reaches_up_to(other)

    def _reaches_down_to(self, inner: Band) -> bool:
        if self.low is None or inner.low is None:
            return self.low is None
        return self.low < inner.low or (self.low == inner.low and (self.with_low or not inner.with_low))

    def _reaches_up_to(self, inner: Band) -> bool:
        if self.high is None or inner.high is None:
            return self.high is None
        return self.high > inner.high or (self.high == inner.high and (self.with_high or not inner.with_high))


def looks_like_band(text: str) -> bool:
    """Whether the text is meant as a band or comparison, well written or not, rather than as a word."""
    return any(sign in text for sign in ("<", ">", "=", "..", "…"))


def read_band(text: str, scale: Scale) -> Band | None:
    """The band a text writes on this scale, or None where it writes none, an empty or a reversed one.

    `a..b` holds both its ends; a `<` beside the dots leaves that end out; `a` alone is one point.
    """
    if match := _SIDE.fullmatch(text):
        place = scale.place_of(match["point"])
        if place is None:
            return None
        whole = match["sign"].endswith("=")
        if match["sign"].startswith("<"):
            return _kept(Band(None, place, False, whole), scale)
        return _kept(Band(place, None, whole, False), scale)
    if match := _RANGE.fullmatch(text):
        low, high = scale.place_of(match["low"]), scale.place_of(match["high"])
        if low is None or high is None:
            return None
        return _kept(Band(low, high, not match["after"], not match["before"]), scale)
    place = scale.place_of(text)
    return None if place is None else Band(place, place, True, True)


def _kept(band: Band, scale: Scale) -> Band | None:
    """The band with whole days' ends drawn inside it; None if nothing is left."""
    low, high = band.low, band.high
    with_low, with_high = band.with_low, band.with_high
    if scale.whole and low is not None and not with_low:
        low, with_low = low + 1, True
    if scale.whole and high is not None and not with_high:
        high, with_high = high - 1, True
    if (
        low is not None
        and high is not None
        and (low > high or (low == high and not (with_low and with_high)))
    ):
        return None
    return Band(low, high, with_low, with_high)


def scale_of(values: list[str]) -> Scale | None:
    """A domain's scale: where a band says so, or where every value is a number or a day; None for words."""
    for scale in (NUMBERS, DAYS):
        places = [value for value in values if read_band(value, scale)]
        if places and (len(places) == len(values) or any(looks_like_band(value) for value in places)):
            return scale
    return None


def place_between(left: Band, right: Band) -> Decimal | None:
    """One place after the left band and before the right one that belongs to neither; None where they join.

    Between two whole ends only a whole number counts, so that `0..10|11..20` joins.
    """
    low, high = left.high, right.low
    if low is None or high is None:
        return None
    if low == high:
        return None if left.with_high or right.with_low else low
    if low != low.to_integral_value() or high != high.to_integral_value():
        return (low + high) / 2 if left.with_high else low
    first = low + 1 if left.with_high else low
    return first if first < high or (first == high and not right.with_low) else None
