"""What the learned words add: Chinese against English on the part `tune`, with and without each table.

    QINGLIAN_TEST_DATA=… python bench/names_words.py

Words are learned anew from the part `train`, once beside the table written by hand and once without it.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.learn_names import part, read_pairs, teach

from qinglian.batch.names.tables import load, rows
from qinglian.engines.names import REVIEW, STRONG, Knowledge, Matcher


def told(title: str, known: Knowledge, pairs: list[tuple[str, str]]) -> None:
    """Shares found, and how many of as many pairs of two firms are found by mistake."""
    matcher = Matcher(known)
    right = [matcher.match(zh, en).score for zh, en in pairs]
    others = pairs[1:] + pairs[:1]
    wrong = [matcher.match(zh, en).score for (zh, _), (_, en) in zip(pairs, others, strict=True)]
    shares = [sum(score >= least for score in right) / len(right) for least in (REVIEW, 0.70, STRONG)]
    print(f"{title:28} {shares[0]:.3f}  {shares[1]:.3f}  {shares[2]:.3f}   {sum(s >= REVIEW for s in wrong)}")


def alone(pairs: dict[str, str]) -> Knowledge:
    """Knowledge whose words are all learned."""
    with tempfile.TemporaryDirectory() as folder:
        print(teach(pairs, Path(folder), hand=False))
        words = rows("learned.csv", Path(folder))
        weights = {row["token"]: float(row["weight"]) for row in rows("weights.csv", Path(folder))}
    return replace(load(learned=False, hand=False, more=words), weights=weights)


def main() -> None:
    folder = os.environ.get("QINGLIAN_TEST_DATA")
    if not folder:
        sys.exit(print("the pairs that words are learned from: QINGLIAN_TEST_DATA is not set"))
    source = Path(folder) / "names" / "szse_bilingual_companies.csv"
    with source.open(encoding="utf-8-sig", newline="") as text:
        named = [(row["name_zh"], row["name_en"]) for row in csv.DictReader(text)]
    tune = [(zh, en) for zh, en in named if zh and en and part(zh) == "tune"]
    only_learned = alone(read_pairs([source]))
    print(f"{len(tune)} companies of the part tune; shares from .60, .70, .80; false from .60")
    told("both tables", load(), tune)
    told("written by hand alone", replace(load(learned=False), weights=load().weights), tune)
    told("learned alone", only_learned, tune)
    told("neither", load(learned=False, hand=False), tune)


if __name__ == "__main__":
    main()
