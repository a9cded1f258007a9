"""Whether two names are likely to be of one company: a score, a band, and the reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from qinglian.engines.names import identifiers
from qinglian.engines.names.aligning import Alignment, align_cross, align_han, align_latin
from qinglian.engines.names.evidence import Evidence
from qinglian.engines.names.glosses import without_glosses
from qinglian.engines.names.grammar import parse
from qinglian.engines.names.knowledge import Knowledge
from qinglian.engines.names.name import Name
from qinglian.engines.names.readings import Readings
from qinglian.engines.names.several import TRANSLATION
from qinglian.engines.names.weighing import parts, weigh

REVIEW, STRONG = 0.60, 0.80
BANDS = ("none", "review", "strong")
KEPT = 20_000


@dataclass(frozen=True)
class Match:
    """score: 0 to 1, four decimals. band: none below .60, review below .80, strong from there.

    limits: what held the score down, the strictest first.
    """

    score: float
    band: str
    limits: tuple[Evidence, ...] = ()
    found: Alignment | None = field(default=None, repr=False, compare=False)
    whole: tuple[Evidence, ...] = ()

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """First what limited the score, then part by part in the order of the first name."""
        return (*self.limits, *self.whole, *(parts(self.found) if self.found else ()))


def band(score: float) -> str:
    return BANDS[(score >= REVIEW) + (score >= STRONG)]


class Matcher:
    """Compares names by one `Knowledge`. Names once parsed are kept, so a list is parsed once."""

    def __init__(self, known: Knowledge) -> None:
        self.known = known
        self.readings = Readings(known)
        self.parse: Callable[[str], Name] = lru_cache(maxsize=KEPT)(self.parse_once)

    def parse_once(self, text: str) -> Name:
        """`parse` without keeping: for lists that are read through once."""
        name = parse(text, self.known)
        if name.script == "han" and "mixed-scripts" in name.notes:
            return without_glosses(name, lambda rest: parse(rest, self.known), self.readings)
        return name

    def match(self, a: str, b: str, ids_a: tuple[str, ...] = (), ids_b: tuple[str, ...] = ()) -> Match:
        """How far a and b name one company. ids: codes that each side is known by, checked or not.

        A match is a lead for a person, never a finding. A valid code on both sides settles it (1.0);
        two valid codes that differ keep it in the band of review. Fault for an empty or overlong name.
        """
        one, other = self.parse(a), self.parse(b)
        if ids_a and ids_b and (code := identifiers.agreement(ids_a, ids_b)):
            return Match(1.0, "strong", whole=(Evidence("identifier", code, code, 1.0),))
        limits = []
        if ids_a and ids_b and (codes := identifiers.conflict(ids_a, ids_b)):
            limits.append(Evidence("identifiers-differ", *codes, limit=0.69))
        if one.folded == other.folded:
            kind = "same" if one.text == other.text else "respelled"
            return _settled(1.0, limits, whole=(Evidence(kind, one.text, other.text, 1.0),))
        best, *more = [self._compared(x, y, limits) for x, y in _answering(one, other)]
        for match in more:
            if match.score > best.score and match.found:
                names = match.found.a.text, match.found.b.text
                best = replace(match, whole=(Evidence("other-name", *names),))
        return best

    def _compared(self, one: Name, other: Name, limits: list[Evidence]) -> Match:
        found = self.align(one, other)
        score, reasons = weigh(found, self.known)
        if one.script == other.script == "han" and any(r.kind == "region-conflict" for r in reasons):
            ours, theirs = self._otherwise(one, other), self._otherwise(other, one)
            if ours is not one or theirs is not other:
                return self._compared(ours, theirs, limits)
        return _settled(score, limits + reasons, found)

    def _otherwise(self, name: Name, other: Name) -> Name:
        """The name without a region that begins the other's distinctive part: 南山智尚, 山东南山智尚."""
        but = frozenset(place for place in name.region if other.brand.startswith(place))
        return parse(name.text, self.known, but) if but and not name.also else name

    def align(self, one: Name, other: Name) -> Alignment:
        if one.script == other.script == "han":
            return align_han(one, other, self.readings)
        if one.script == "han":
            return align_cross(one, other, self.known, self.readings)
        if other.script == "han":
            return _turned(align_cross(other, one, self.known, self.readings))
        return align_latin(one, other)


def _answering(one: Name, other: Name) -> list[tuple[Name, Name]]:
    """Which names of two entries are compared: each with each, but translations only where the names
    themselves are not both Chinese."""
    if not one.also and not other.also:
        return [(one, other)]
    both = one.script == other.script == "han"
    ours, theirs = (
        [name, *(more for role, more in name.also if not (both and role == TRANSLATION))]
        for name in (one, other)
    )
    return [(x, y) for x in ours for y in theirs]


def _turned(found: Alignment) -> Alignment:
    turned = Alignment(found.b, found.a)
    for link in found.links:
        turned.add(link.theirs, link.ours, link.kind, link.credit)
    return turned


def _settled(
    score: float, limits: list[Evidence], found: Alignment | None = None, whole: tuple[Evidence, ...] = ()
) -> Match:
    limits.sort(key=lambda reason: reason.limit)
    score = round(min(score, limits[0].limit) if limits else score, 4)
    return Match(score, band(score), tuple(limits), found, whole)
