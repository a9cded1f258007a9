"""Before anybody is asked: how many answers a change of a given size needs, and what a given number can
show."""

from __future__ import annotations

import math
from statistics import NormalDist

from qinglian.faults import Fault
from qinglian.faults import noop as _


def standard_error(sd: float, n: int, deff: float = 1.0, population: float = math.inf) -> float:
    """Of a mean: √(deff · (1 − n/N)) · sd/√n."""
    _check(sd, n, deff)
    return math.sqrt(deff * max(0.0, 1 - n / population)) * sd / math.sqrt(n)


def margin_of_change(
    sd: float, n: int, deff: float = 1.0, share: float = 0.9, overlap: float = 0.0, correlation: float = 0.0
) -> float:
    """Half the interval, covering `share`, of the change between two surveys of n answers each.

    overlap: share of people asked both times, whose answers have that correlation. Source: Kish (1965), 12.4.
    """
    _check(sd, n, deff)
    reach = NormalDist().inv_cdf((1 + share) / 2)
    return reach * standard_error(sd, n, deff) * math.sqrt(2 * (1 - overlap * correlation))


def answers_for_change(
    change: float,
    sd: float,
    deff: float = 1.0,
    share: float = 0.9,
    power: float | None = None,
    overlap: float = 0.0,
    correlation: float = 0.0,
) -> int:
    """Answers needed each time so that a true change of that size lies outside the interval of no change.

    power: with at least that probability; None asks only that the margin is no larger than the change (a
    power of a half). Source: Cochran (1977), 4.4.
    """
    _check(sd, 2, deff)
    if change <= 0 or (power is not None and not 0.5 <= power < 1):
        raise Fault(_("a change is above 0, and a power from 0.5 to less than 1"))
    reach = NormalDist().inv_cdf((1 + share) / 2) + (NormalDist().inv_cdf(power) if power else 0.0)
    return math.ceil(2 * (1 - overlap * correlation) * deff * (reach * sd / change) ** 2)


def _check(sd: float, n: int, deff: float) -> None:
    if sd <= 0 or n < 2 or deff <= 0:
        raise Fault(_("planning needs a spread above 0, two answers or more and a design effect above 0"))
