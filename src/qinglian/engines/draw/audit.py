"""Past draws of any system, put to the test: was the sample spread as chance spreads it?

Every test has a p-value that is exact or a stated approximation; they are adjusted together (Holm 1979).
A small p-value is a question to the operator, never a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from math import exp, lgamma, log, sqrt

from qinglian.faults import Fault
from qinglian.faults import noop as _

LEVEL = 0.01  # adjusted p-values below it raise an alarm; so at most one fair list in a hundred does
SKIP, EVEN, CLUSTERED, NEIGHBOURS, NEVER, PAIRS = (
    "skip", "even", "clustered", "neighbours", "never", "pairs",
)  # fmt: skip


@dataclass(frozen=True)
class Test:
    """name; sample: its number from 1, or 0 for all together; seen and expected of the statistic; p; then
    adjusted by Holm over all tests of one audit."""

    name: str
    sample: int
    seen: float
    expected: float
    p: float
    adjusted: float = 1.0

    @property
    def alarm(self) -> bool:
        return self.adjusted < LEVEL


def log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) if 0 <= k <= n else float("-inf")


def binomial_tail(n: int, p: float, at_least: int) -> float:
    """P(X ≥ at_least) of a binomial, summed from its terms."""
    if at_least <= 0:
        return 1.0
    if p <= 0 or at_least > n:
        return 0.0
    if p >= 1:
        return 1.0
    terms = (log_choose(n, k) + k * log(p) + (n - k) * log(1 - p) for k in range(at_least, n + 1))
    total = 0.0
    for term in terms:
        part = exp(term)
        total += part
        if part < total * 1e-17 and total:
            break
    return min(1.0, total)


def gap_chance(size: int, n: int, gap: int) -> float:
    """P(two drawn that follow each other lie `gap` places apart) = C(N − gap, n − 1) / C(N, n).

    The N − n not drawn fall into n + 1 gaps, all divisions equally likely (Feller 1968, section II.5).
    """
    return exp(log_choose(size - gap, n - 1) - log_choose(size, n))


def skip_sampling(places: Sequence[int], size: int) -> tuple[float, float, float]:
    """(most frequent gap's count, expected, p): too many gaps of one length. p: binomial tail of the gap that
    is least likely to be so frequent, times the number of lengths seen; gaps are negatively dependent, so the
    tail is an upper bound (Joag-Dev and Proschan 1983)."""
    gaps = Counter(after - before for before, after in pairwise(places))
    total, best = len(places) - 1, (0.0, 0.0, 1.0)
    for gap, times in gaps.items():
        chance = gap_chance(size, len(places), gap)
        p = min(1.0, binomial_tail(total, chance, times) * _lengths(size, len(places)))
        if p < best[2] or not best[0]:
            best = (float(times), total * chance, p)
    return best


def _lengths(size: int, n: int) -> int:
    """How many lengths of gaps are looked at: all up to six times the mean."""
    return min(size - n + 1, 6 * size // n + 1)


def neighbours(places: Sequence[int], size: int) -> tuple[float, float, float]:
    """(neighbours drawn together, expected, p), two-sided and exact: of n drawn of N, n − r stand right after
    another, P(r runs) = C(n − 1, r − 1) C(N − n + 1, r) / C(N, n) (Wald and Wolfowitz 1940)."""
    n, seen = len(places), sum(after - before == 1 for before, after in pairwise(places))
    whole = log_choose(size, n)
    chances = [exp(log_choose(n - 1, n - a - 1) + log_choose(size - n + 1, n - a) - whole) for a in range(n)]
    below, above = sum(chances[: seen + 1]), sum(chances[seen:])
    return float(seen), n * (n - 1) / size, min(1.0, 2 * min(below, above))


def chi_tail(x: float, freedom: int) -> float:
    """P(χ² > x), by the regularised incomplete gamma function (series or continued fraction)."""
    a, z = freedom / 2, x / 2
    if z <= 0:
        return 1.0
    front = exp(-z + a * log(z) - lgamma(a))
    if z < a + 1:
        part = total = 1 / a
        k = a
        while part > total * 1e-15:
            k += 1
            part *= z / k
            total += part
        return max(0.0, 1 - total * front)
    b, c = z + 1 - a, 1e300
    d = 1 / b
    result = d
    for i in range(1, 10_000):
        step = -i * (i - a)
        b += 2
        d = 1 / (step * d + b)
        c = b + step / c
        result *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return min(1.0, front * result)


def evenness(places: Sequence[int], size: int) -> tuple[float, float, float, float]:
    """(statistic, expected, p that it is too even, p that it is clustered): the drawn counted in equal blocks
    of the list, about ten each; Σ (x − e)² / e over 1 − n/N is χ² with blocks − 1 degrees (Cochran 1977)."""
    n = len(places)
    number = max(2, min(n // 10, 200))
    edges = [size * k // number for k in range(number + 1)]
    seen, block = [0] * number, 0
    for place in places:
        while place >= edges[block + 1]:
            block += 1
        seen[block] += 1
    wanted = [n * (after - before) / size for before, after in pairwise(edges)]
    statistic = sum((x - e) ** 2 / e for x, e in zip(seen, wanted, strict=True))
    statistic /= (1 - n / size) * size / (size - 1)
    upper = chi_tail(statistic, number - 1)
    return statistic, float(number - 1), 1 - upper, upper


def never_drawn(samples: Sequence[Sequence[int]], size: int) -> tuple[float, float, float]:
    """(never drawn, expected, p) over several draws, two-sided: mean and variance of the number left out when
    draws are independent, then normal (David and Barton 1962); with a small mean, Poisson tails."""
    seen = size - len(set().union(*samples))
    one = both = 1.0
    for sample in samples:
        n = len(sample)
        one *= (size - n) / size
        both *= (size - n) * (size - n - 1) / (size * (size - 1))
    mean = size * one
    spread = max(0.0, size * (size - 1) * both + mean - mean * mean)
    if spread < 25:
        return float(seen), mean, 1.0
    z = (abs(seen - mean) - 0.5) / sqrt(spread)
    return float(seen), mean, chi_tail(z * z, 1) if z > 0 else 1.0


def pair_neighbours(pairs: Sequence[tuple[int, int]], roster: int) -> tuple[float, float, float]:
    """(pairs that stand side by side in the roster, expected, p): binomial with chance 2 / (m − 1), the list
    taken as a ring."""
    near = sum((a - b) % roster in (1, roster - 1) for a, b in pairs)
    chance = 2 / (roster - 1)
    return float(near), len(pairs) * chance, binomial_tail(len(pairs), chance, near)


def audit(
    size: int, samples: Sequence[Sequence[int]], pairs: Sequence[tuple[int, int]] = (), roster: int = 0
) -> list[Test]:
    """All tests that the inputs allow, with p-values adjusted together.

    samples: places (from 0) of the drawn in the list's own order, each sorted, no twins. pairs: places in
    a roster of `roster` inspectors. Raises Fault for fewer than 10 drawn, or nearly all.
    """
    found = []
    for number, places in enumerate(samples, 1):
        n = len(places)
        if n < 10 or size - n < 10:
            raise Fault(
                _("sample %(number)s has %(n)s of %(size)s; fewer than ten drawn or left show nothing"),
                number=number,
                n=n,
                size=size,
            )
        found.append(Test(SKIP, number, *skip_sampling(places, size)))
        found.append(Test(NEIGHBOURS, number, *neighbours(places, size)))
        if n >= 50:
            seen, wanted, even, clustered = evenness(places, size)
            found.append(Test(EVEN, number, seen, wanted, even))
            found.append(Test(CLUSTERED, number, seen, wanted, clustered))
    if len(samples) > 1:
        found.append(Test(NEVER, 0, *never_drawn(samples, size)))
    if pairs and roster > 3:
        found.append(Test(PAIRS, 0, *pair_neighbours(pairs, roster)))
    return holm(found)


def holm(tests: Sequence[Test]) -> list[Test]:
    """The tests with adjusted p-values: family-wise error at most LEVEL whatever their dependence."""
    order, adjusted, highest = sorted(tests, key=lambda test: test.p), {}, 0.0
    for rank, test in enumerate(order):
        highest = max(highest, min(1.0, test.p * (len(tests) - rank)))
        adjusted[test.name, test.sample] = highest
    return [Test(**{**vars(test), "adjusted": adjusted[test.name, test.sample]}) for test in tests]


def skip_sample(size: int, n: int, start: int) -> list[int]:
    """What a skip sampler draws: every ⌊size / n⌋-th from a start."""
    step = size // n
    return list(range(start % step, size, step))[:n]


class _Rehearsal:
    """The same numbers each time, from a hash: engines draw no lots of their own."""

    def __init__(self) -> None:
        self.turn = 0

    def below(self, limit: int) -> int:
        self.turn += 1
        digest = sha256(b"Qinglian rehearsal\0" + self.turn.to_bytes(8, "big")).digest()
        return int.from_bytes(digest[:8], "big") * limit >> 64

    def sample(self, size: int, n: int) -> list[int]:
        """n of size places, sorted (Floyd's method, Bentley 1987)."""
        found: set[int] = set()
        for last in range(size - n, size):
            place = self.below(last + 1)
            found.add(last if place in found else place)
        return sorted(found)


def power(
    size: int, n: int, trials: int = 40, tell: Callable[[int, int], None] | None = None
) -> dict[str, float]:
    """The share of unfair draws of this size that one audit would notice: a skip sampler, one whose steps
    wobble by a tenth, and one that never looks at the last third of the list. Rehearsed with a fixed
    seed. tell(trials done, of how many) is called after each."""
    chance = _Rehearsal()
    step = size / n
    makers: dict[str, Callable[[], list[int]]] = {
        "skip": lambda: skip_sample(size, n, chance.below(size)),
        "wobble": lambda: sorted(
            {min(size - 1, int(step * (k + 0.5 + chance.below(2001) / 10_000 - 0.1))) for k in range(n)}
        ),
        "third": lambda: chance.sample(2 * size // 3, n) if n <= 2 * size // 3 else [],
    }
    found = {}
    for turn, (name, maker) in enumerate(makers.items()):
        drawn = noticed = 0
        for trial in range(trials):
            sample = maker()
            if len(sample) >= 10:
                drawn += 1
                noticed += any(test.alarm for test in audit(size, [sample]))
            if tell:
                tell(turn * trials + trial + 1, len(makers) * trials)
        found[name] = noticed / drawn if drawn else 0.0
    return found
