"""Names once more, on listed companies of the part kept that no pair of the tests was made from.

    QINGLIAN_TEST_DATA=… python bench/names_fresh.py [--peers PYTHON]

The pairs are made here, in the way of the pairs in the tests (groups P1 to P7, N1 to N5), with a seed from
each name. Only shares are printed, never a pair: nobody can tune on what this part holds.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.names import bands, nomenklatura, quality, rapidfuzz
from tests.names import Pair, pairs
from tools.learn_names import part, split_digest

from qinglian.batch.names.tables import matcher

Company = tuple[str, str]


def companies() -> tuple[list[Company], list[Company]]:
    """All listed companies, and those of the part kept that stand in no pair of the tests."""
    source = Path(os.environ["QINGLIAN_TEST_DATA"]) / "names" / "szse_bilingual_companies.csv"
    with source.open(encoding="utf-8-sig", newline="") as text:
        named = {row["name_zh"]: row["name_en"] for row in csv.DictReader(text)}
    seen = {pair.a for pair in pairs()} | {pair.b for pair in pairs()}
    every = [(zh, en) for zh, en in sorted(named.items()) if zh and en]
    return every, [(zh, en) for zh, en in every if part(zh) == "kept" and zh not in seen]


def same(zh: str, en: str, alike: dict[str, list[str]]) -> Iterator[Pair]:
    import opencc
    import ToJyutping
    from pypinyin import lazy_pinyin

    dice = random.Random(zh)
    traditional = opencc.OpenCC("s2t").convert(zh)
    spoken = [said or sign for sign, said in ToJyutping.get_jyutping_list(traditional)]
    made = {
        "P1": (zh, en),
        "P2": (zh, traditional),
        "P3": (zh, " ".join(lazy_pinyin(zh)).title()),
        "P4": (traditional, " ".join(re.sub(r"\d", "", one) for one in spoken).title()),
        "P5": (zh, re.sub("(集团)?股份有限公司$", "有限公司", zh)),
        "P7": (en, respelled(en, dice)),
    }
    places = [place for place, sign in enumerate(zh) if len(alike.get(sound(sign), ())) > 1]
    if places:
        place = dice.choice(places)
        other = dice.choice([sign for sign in alike[sound(zh[place])] if sign != zh[place]])
        made["P6"] = (zh, zh[:place] + other + zh[place + 1 :])
    yield from (Pair(group, a, b, True, "kept") for group, (a, b) in made.items() if a != b)


def respelled(en: str, dice: random.Random) -> str:
    """Capitals and no points, or Co., Ltd. written out."""
    if dice.random() < 0.5:
        return re.sub(r"[.,]", " ", en).upper()
    return re.sub(r"(?i)\bco\.?\s*,?\s*ltd\.?$", "Company Limited", en).upper()


def sound(sign: str) -> str:
    return matcher().readings.usual(sign) if "一" <= sign <= "鿿" else ""


def different(fresh: list[Company], every: list[Company]) -> Iterator[Pair]:
    from rapidfuzz import fuzz, process

    chinese, english = [zh for zh, _en in every], [en for _zh, en in every]
    for zh, en in fresh:
        near_zh = _nearest(process.extract(zh, chinese, scorer=fuzz.ratio, limit=3), zh)
        near_en = _nearest(process.extract(en, english, scorer=fuzz.ratio, limit=3, processor=str.lower), en)
        stranger = random.Random(zh).choice(every)
        yield Pair("N1", zh, chinese[near_zh], False, "kept")
        yield Pair("N2", zh, english[near_zh], False, "kept")
        if stranger[0] != zh:
            yield Pair("N3", zh, stranger[1], False, "kept")
        yield Pair("N4", en, english[near_en], False, "kept")
        yield Pair("N5", zh, english[near_en], False, "kept")


def _nearest(found: list[tuple[str, float, int]], own: str) -> int:
    return next(place for text, _score, place in found if text.lower() != own.lower())


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--peers", help="an interpreter that has nomenklatura")
    given = options.parse_args()
    if "QINGLIAN_TEST_DATA" not in os.environ:
        sys.exit(print("listed companies: QINGLIAN_TEST_DATA is not set"))
    every, fresh = companies()
    alike: dict[str, list[str]] = defaultdict(list)
    for sign in sorted({sign for zh, _en in every for sign in zh}):
        alike[sound(sign)].append(sign)
    alike.pop("", None)
    print(f"{len(fresh)} of {len(every)} companies; their names have the SHA-256", end=" ")
    print(split_digest(zh for zh, _en in fresh))
    found = [pair for zh, en in fresh for pair in same(zh, en, alike)]
    found += different(fresh, every)
    ours = [matcher().match(pair.a, pair.b).score for pair in found]
    quality(found, ours, rapidfuzz(found) | nomenklatura(found, given.peers))
    bands(found, ours)


if __name__ == "__main__":
    main()
