"""Learn words and weights for `qinglian names` from pairs of Chinese and English company names.

    python tools/learn_names.py PAIRS.csv [PAIRS.csv …] [--to FOLDER]

The pairs have columns name_zh,name_en, or group,a,b,y.

Writes learned.csv (a Chinese word, its English, in how many pairs, its share) and weights.csv (how much a
word tells one company from another) into src/qinglian/nametables, or into FOLDER. What is learned depends
on the pairs and the tables written by hand alone, not on what was learned before: the same pairs give the
same bytes. Only words that stand in the names of several companies are kept, so no company can be read
from the tables. Only the part `train` is read (see `part`); rules are tried on `tune`, and `kept` is for
measuring.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from qinglian.batch.names.tables import FOLDER, load
from qinglian.engines.names import Knowledge, Matcher, Name, parse
from qinglian.engines.names.grammar import FORM_WORDS, GROUP_WORDS, SMALL_WORDS
from qinglian.engines.names.knowledge import stem

FEWEST, LEAST_SHARE, MOST_LENGTH = 2, 0.25, 5
Pair = tuple[Name, Name]


def part(name_zh: str) -> str:
    """The part of a company, by the first byte of its Chinese name's SHA-256.

    kept: two in eight, only for measuring. tune: one in eight, to try rules on. train: five in eight.
    """
    return ("tune", "train", "train", "kept", "train", "train", "train", "kept")[
        hashlib.sha256(name_zh.encode()).digest()[0] % 8
    ]


def split_digest(names_zh: Iterable[str]) -> str:
    """SHA-256 of the kept names, sorted, each with a line end: which part was never looked at."""
    names = sorted(name for name in set(names_zh) if part(name) == "kept")
    return hashlib.sha256("".join(f"{name}\n" for name in names).encode()).hexdigest()


def read_pairs(paths: Iterable[Path]) -> dict[str, str]:
    """Chinese to English legal names of the part that words are learned from."""
    found = {}
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as text:
            for row in csv.DictReader(text):
                if "name_zh" in row:
                    found[row["name_zh"]] = row["name_en"]
                elif row["group"].startswith("P1"):
                    found[row["a"]] = row["b"]
    return {zh: en for zh, en in found.items() if zh and en and part(zh) == "train"}


def left_over(zh: Name, en: Name, matcher: Matcher) -> tuple[set[str], list[str]]:
    """Runs of signs, and words, that neither a reading nor a word known so far explains."""
    links = matcher.align(zh, en).links
    ours = {i for link in links for i in link.ours}
    theirs = {j for link in links for j in link.theirs}
    open_signs = "".join(
        unit.text if i not in ours and unit.kind in ("brand", "industry") and len(unit.text) == 1 else " "
        for i, unit in enumerate(zh.units)
    )
    drop = FORM_WORDS | GROUP_WORDS | SMALL_WORDS
    words = [
        stem(unit.text)
        for j, unit in enumerate(en.units)
        if j not in theirs and unit.kind in ("brand", "industry", "region") and unit.text not in drop
    ]
    return chunks(open_signs), words


def chunks(signs: str) -> set[str]:
    """Runs of two to five signs with no blank inside."""
    found = set()
    for start in range(len(signs)):
        for length in range(2, MOST_LENGTH + 1):
            chunk = signs[start : start + length]
            if len(chunk) == length and " " not in chunk:
                found.add(chunk)
    return found


def phrases(words: list[str]) -> set[tuple[str, ...]]:
    return {(w,) for w in words} | set(pairwise(words))


def learn(pairs: list[Pair], matcher: Matcher) -> Iterator[tuple[str, str, int, float]]:
    """Words that go together, by Dice's coefficient, without runs that stand mostly inside longer ones."""
    zh_in: Counter[str] = Counter()
    en_in: Counter[tuple[str, ...]] = Counter()
    both: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for zh, en in pairs:
        left, words = left_over(zh, en, matcher)
        right = phrases(words)
        zh_in.update(left)
        en_in.update(right)
        both.update((a, b) for a in left for b in right)
    whole = {a for a in zh_in if zh_in[a] >= FEWEST and not _inside(a, zh_in)}
    best: dict[str, list[tuple[float, float, tuple[str, ...]]]] = defaultdict(list)
    for (a, b), seen in both.items():
        if a not in whole or seen < FEWEST:
            continue
        dice, share = 2 * seen / (zh_in[a] + en_in[b]), seen / zh_in[a]
        if dice >= (0.3 if seen > 2 else 0.6) and share >= LEAST_SHARE:
            best[a].append((dice, share, b))
    for a in sorted(best):
        for dice, share, b in sorted(best[a], reverse=True)[:3]:
            if dice >= 0.6 * max(best[a])[0]:
                yield a, " ".join(b), both[a, b], round(share, 2)


def _inside(chunk: str, seen: Counter[str]) -> bool:
    longer = [c for c in seen if len(c) == len(chunk) + 1 and chunk in c] if seen[chunk] < 40 else []
    return any(seen[c] > 0.85 * seen[chunk] for c in longer)


def weights(names: list[Name], of: str) -> Iterator[tuple[str, float]]:
    """From how many names a word stands in: .6 for three in ten thousand, .12 for one in ten."""
    seen: Counter[str] = Counter()
    for name in names:
        seen.update(set(name.industry) if of == "han" else {stem(u.text) for u in name.units})
    for word, count in sorted(seen.items()):
        if count > FEWEST and word.isalpha() and len(word) > 1:
            rarity = math.log(len(names) / count) / math.log(len(names) / 3)
            yield word, round(0.12 + 0.48 * rarity, 3)


def industry(word: str, pairs: list[Pair]) -> bool:
    """A word that seldom begins what the region leaves, and stands after different brands."""
    first = after = 0
    for zh, _en in pairs:
        at = zh.core.find(word)
        if at == 0:
            first += 1
        elif at > 0:
            after += 1
    return after >= FEWEST and first <= 0.1 * (first + after)


def write(path: Path, header: list[str], lines: Iterable[tuple[object, ...]]) -> int:
    found = list(lines)
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(found)
    return len(found)


def parsed(named: dict[str, str], known: Knowledge) -> list[Pair]:
    return [(parse(zh, known), parse(en, known)) for zh, en in sorted(named.items())]


def teach(named: dict[str, str], folder: Path, *, hand: bool = True) -> str:
    """Learn words with the tables written by hand, then weights with the words; what was written where.

    hand: whether the words written by hand (terms.csv) are known while learning.
    """
    plain = load(learned=False, hand=hand)
    known = {(zh, " ".join(term.en)) for zh, terms in plain.words.items() for term in terms}
    pairs = parsed(named, plain)
    learned = [
        (zh, en, "industry" if industry(zh, pairs) else "other", seen, share)
        for zh, en, seen, share in learn(pairs, Matcher(plain))
        if (zh, en) not in known
    ]
    header = ["zh", "en", "kind", "seen", "share"]
    count = write(folder / "learned.csv", header, learned)
    words = [dict(zip(header, map(str, row), strict=True)) for row in learned]
    pairs = parsed(named, load(learned=False, hand=hand, more=words))
    han = list(weights([zh for zh, _en in pairs], "han"))
    latin = list(weights([en for _zh, en in pairs], "latin"))
    write(folder / "weights.csv", ["token", "weight"], [*han, *latin])
    weighed = f"{len(han)} Chinese and {len(latin)} English weighed"
    return f"{len(pairs)} pairs; {count} words learned; {weighed}; {folder}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("pairs", nargs="+", type=Path, help="CSV of name_zh,name_en, or of group,a,b,y")
    options.add_argument("--to", type=Path, default=FOLDER, help="the folder to write to")
    given = options.parse_args()
    print(teach(read_pairs(given.pairs), given.to))


if __name__ == "__main__":
    main()
