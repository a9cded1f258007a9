"""What an index is: a tree of indicators, and the methods of each stage. Read by `reading`, never made by
hand.

Stages, in this order: select, availability, denominate, impute, treat, normalise, weight, aggregate, deduct,
publish. OECD/JRC Handbook on Constructing Composite Indicators (2008) names the same steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Names = Mapping[str, str]
LANGUAGES = ("zh-Hans", "zh-Hant", "en")
STAGES = ("select", "denominate", "impute", "treat", "normalise", "aggregate", "deduct", "publish")
SOURCES = ("register", "survey", "expert", "external")
Mean = Literal["arithmetic", "geometric", "harmonic", "power"]
MEANS = ("arithmetic", "geometric", "harmonic", "power")


@dataclass(frozen=True)
class Indicator:
    """A row of indicators.csv. role: scored, ambiguous (shown, never scored), denominator or deduction.

    direction: +1 more is better, -1 less is better, 0 where role is not scored. low and high: goalposts. mean
    and sd: fixed parameters of z scores. breaks: periods from which values are not comparable with those
    before.
    """

    code: str
    names: Names
    role: str
    direction: int = 0
    parent: str = ""
    weight: Decimal | None = None
    source: str = ""
    unit: str = ""
    denominator: str = ""
    low: float | None = None
    high: float | None = None
    target: float | None = None
    mean: float | None = None
    sd: float | None = None
    treat: str = ""
    breaks: tuple[str, ...] = ()
    reason: str = ""
    line: int = 0


@dataclass(frozen=True)
class Aggregate:
    """How a node is made of its children: a weighted mean; exponent for `power` only.

    floor: children below it count as the floor, so that a zero does not annul a geometric or harmonic node.
    """

    method: Mean = "arithmetic"
    exponent: float = 1.0
    floor: float | None = None


@dataclass(frozen=True)
class Node:
    """An inner node of the tree; the root has no parent."""

    code: str
    names: Names
    parent: str = ""
    weight: Decimal | None = None
    aggregate: Aggregate = Aggregate()


@dataclass(frozen=True)
class Availability:
    """How much of its indicators a unit must have in a period; who has less is refused or left out."""

    min_share: float = 0.0
    min_count: int = 0
    below: Literal["refuse", "leave-out"] = "refuse"


@dataclass(frozen=True)
class Impute:
    """method: none, mean, median, group-mean, group-median. group: a column of units.csv."""

    method: str = "none"
    group: str = ""


@dataclass(frozen=True)
class Treat:
    """method: none, log, winsorise, winsorise-log. most: points to winsorise before giving up.

    An indicator is treated while |skew| > skew and excess kurtosis > kurtosis (both by sample formulas).
    """

    method: str = "none"
    most: int = 5
    skew: float = 2.0
    kurtosis: float = 3.5


@dataclass(frozen=True)
class Normalise:
    """method: none, goalposts, min-max, z, rank, distance-to-target.

    to: (lowest, highest) of the scale; for z (mean, standard deviation). reference: each-period, pooled,
    given or a period: whose values the scale is taken from. clip: values beyond the scale end at its ends.
    """

    method: str = "goalposts"
    to: tuple[float, float] = (0.0, 100.0)
    reference: str = "each-period"
    clip: tuple[float, float] | None = None


@dataclass(frozen=True)
class Weights:
    """method: stated, equal, budget, ahp. total: what stated weights add up to; None where they are parts."""

    method: str = "stated"
    total: Decimal | None = None
    most_inconsistent: float | None = None


@dataclass(frozen=True)
class Deduction:
    """After aggregation: count × per_case, at most cap, is taken off the root."""

    code: str
    names: Names
    indicator: str
    per_case: float
    cap: float | None = None


@dataclass(frozen=True)
class Publish:
    """decimals and rounding (half-up, half-even) of scores; interval: the share that intervals cover.

    grades: lowest score of each, best first. rank_on: published (rounded) or exact scores.
    """

    decimals: int = 1
    rounding: str = "half-up"
    interval: float = 0.9
    grades: tuple[tuple[str, float], ...] = ()
    rank_on: str = "published"


@dataclass(frozen=True)
class Source:
    """One source of uncertainty. kind: sampling, counts, sources, missing, weights or methods.

    model: normal, logit (sampling); gamma, beta (counts); noise, dirichlet, bootstrap (weights). indicators:
    which it moves, empty for all that have what it needs. size: of noise, or concentration of dirichlet.
    scale: what a rate is per, of counts. stage and alternatives: of methods; z_to: mean and standard
    deviation of z scores as an alternative. node: of sources, or of a method of one node. z and population:
    of the sources' standard error.
    """

    kind: str
    model: str = ""
    indicators: tuple[str, ...] = ()
    size: float = 0.0
    scale: float = 1.0
    stage: str = ""
    alternatives: tuple[str, ...] = ()
    node: str = ""
    z: float | None = None
    population: int | None = None
    z_to: tuple[float, float] | None = None


@dataclass(frozen=True)
class Uncertainty:
    """correlation: of an indicator's errors in two editions; alternative: another, shown beside it."""

    runs: int = 0
    seed: int = 0
    correlation: float = 0.0
    alternative: float = 0.5
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Spec:
    """A whole index, checked. Order of indicators and nodes is that of the files. evaluator: who answers for
    it, where the spec names somebody."""

    index: str
    version: str
    names: Names
    demonstration: bool
    indicators: tuple[Indicator, ...]
    nodes: tuple[Node, ...]
    units: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    unit_names: Mapping[str, Names] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    availability: Availability = Availability()
    impute: Impute = Impute()
    treat: Treat = Treat()
    normalise: Normalise = Normalise()
    weights: Weights = Weights()
    missing: Literal["refuse", "skip"] = "refuse"
    deductions: tuple[Deduction, ...] = ()
    publish: Publish = Publish()
    uncertainty: Uncertainty | None = None
    experts: tuple[tuple[str, Mapping[str, float]], ...] = ()
    inconsistency: Mapping[str, float] = field(default_factory=dict)
    evaluator: Names = field(default_factory=dict)

    @property
    def scored(self) -> tuple[Indicator, ...]:
        return tuple(one for one in self.indicators if one.role == "scored")

    @property
    def root(self) -> Node:
        return next(node for node in self.nodes if not node.parent)

    def children(self, code: str) -> tuple[str, ...]:
        """Codes of the nodes, then of the scored indicators, right below a node."""
        inner = [node.code for node in self.nodes if node.parent == code]
        return (*inner, *(one.code for one in self.scored if one.parent == code))
