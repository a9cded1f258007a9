"""Edit distance for short words."""

from __future__ import annotations

from qinglian.engines.names.syllables import cuts


def distance(one: str, other: str, most: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours from one to other; most + 1 where more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, a in enumerate(one, 1):
        now = [row]
        for column, b in enumerate(other, 1):
            best = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (a != b))
            if row > 1 and column > 1 and a == other[column - 2] and one[row - 2] == b:
                best = min(best, before[column - 2] + 1)
            now.append(best)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return last[-1]


def near(one: str, other: str) -> bool:
    """One slip in five letters or more, two in eleven or more.

    Two words that are both good pinyin are two words: Hailun is no slip for Hailan.
    """
    longer = max(len(one), len(other))
    most = 2 if longer >= 11 else 1 if longer >= 5 else 0
    if not most or distance(one, other, most) > most:
        return False
    return not (cuts(one) and cuts(other))
