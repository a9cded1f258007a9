"""Company names: recall and false hits by group beside other matchers, comparisons and candidates per second.

    python bench/names.py [--peers PYTHON] [--part kept] [--names 100000] [--real NAMES.csv] [--errors]

The groups are those of the part kept for measuring; rules are tried with --part tune. Candidates are sought
among real names (those of QINGLIAN_TEST_DATA and of --real, column name) and, up to --names, names put
together from parts of real Chinese ones. Medians of CPU time; a check is timed by the clock on the wall.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.names import Pair, pairs
from tests.names import rows as vectors

from qinglian.batch.names.checking import check_name
from qinglian.batch.names.index import CandidateIndex, FastIndex, SqliteIndex, build
from qinglian.batch.names.tables import load, matcher
from qinglian.engines.names import REVIEW, STRONG, Matcher
from qinglian.engines.names.folding import MOST_SIGNS, has_han, latin

Scores = dict[str, list[float]]
Question = tuple[str, str, str]  # kind, text, the name that is meant
LEAST = 0.70


def by_group(kept: list[Pair], scores: list[float]) -> Scores:
    found: Scores = defaultdict(list)
    for pair, score in zip(kept, scores, strict=True):
        found[pair.group].append(score)
    return dict(sorted(found.items()))


def share(scores: list[float], least: float) -> float:
    return sum(score >= least for score in scores) / len(scores)


def quality(kept: list[Pair], ours: list[float], others: dict[str, list[float]]) -> None:
    table = {"qinglian": by_group(kept, ours)} | {name: by_group(kept, s) for name, s in others.items()}
    print(f"\nshare scored at least {LEAST:.2f}, {len(kept)} pairs of the part {kept[0].part}")
    print("group     n " + " ".join(f"{name:>14}" for name in table))
    for group, scores in table["qinglian"].items():
        cells = " ".join(f"{share(each[group], LEAST):14.4f}" for each in table.values())
        print(f"{group:6}{len(scores):5} {cells}")
    for name, scores in (("qinglian", ours), *others.items()):
        totals(name, scores, [pair.same for pair in kept])


def totals(name: str, scores: list[float], same: list[bool]) -> None:
    right = sum(score >= LEAST and one for score, one in zip(scores, same, strict=True))
    said = sum(score >= LEAST for score in scores)
    precision, recall = right / max(1, said), right / sum(same)
    both = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"{name:14} precision {precision:.3f}  recall {recall:.3f}  F1 {both:.3f}")


def second_set(python: str | None) -> None:
    """Cases labelled by others: nomenklatura's, first those of organisations, then all."""
    cases = vectors("nomenklatura_cases.csv")
    firms = [case for case in cases if case["schema"] in ("Company", "Organization", "LegalEntity")]
    for title, chosen in (("companies and organisations", firms), ("all, persons too", cases)):
        found = [
            Pair(case["schema"], case["name1"], case["name2"], case["is_match"] == "true", "")
            for case in chosen
        ]
        print(f"\nnomenklatura's cases, {title} ({len(found)})")
        ours = [matcher().match(pair.a, pair.b).score for pair in found]
        others = rapidfuzz(found) | nomenklatura(found, python)
        for name, scores in (("qinglian", ours), *others.items()):
            totals(name, scores, [pair.same for pair in found])


def development_bank() -> None:
    """Firms that a bank lists with a Chinese and an English name: real use, real spelling."""
    folder = os.environ.get("QINGLIAN_TEST_DATA")
    if not folder:
        return
    with (Path(folder) / "names" / "iadb_sanctioned_firms.csv").open(encoding="utf-8-sig") as text:
        found = [(row["Title"], row["Other Name"]) for row in csv.DictReader(text)]
    both = [(en, zh) for en, zh in found if any("一" <= sign <= "鿿" for sign in zh)]
    scores = [matcher().match(zh, en).score for en, zh in both]
    strong, review = sum(s >= STRONG for s in scores), sum(REVIEW <= s < STRONG for s in scores)
    print(f"\na development bank's {len(both)} firms with both names: {strong} strong, {review} review")


def bands(kept: list[Pair], ours: list[float]) -> None:
    print("\nChinese against English, by band (P1 are the same firm; N2, N3, N5 are not)")
    across = [(p.same, s) for p, s in zip(kept, ours, strict=True) if p.group in ("P1", "N2", "N3", "N5")]
    for name, low, high in (("strong", STRONG, 2.0), ("review", REVIEW, STRONG), ("none", 0.0, REVIEW)):
        inside = [same for same, score in across if low <= score < high]
        print(f"{name:7} {sum(inside):4} right of {len(inside):4}: {sum(inside) / max(1, len(inside)):.3f}")


def errors(kept: list[Pair], ours: list[float]) -> None:
    print("\nerrors that remain (P1 apart: a trade name that is no translation cannot be found)")
    for pair, score in zip(kept, ours, strict=True):
        if score < LEAST if pair.same and pair.group != "P1" else score >= REVIEW and not pair.same:
            print(f"{pair.group} {score:.4f} {pair.a} | {pair.b}")
            print(
                "      "
                + "; ".join(r.template % {"a": r.a, "b": r.b} for r in matcher().match(pair.a, pair.b).limits)
            )
    missed = [(s, p) for p, s in zip(kept, ours, strict=True) if p.group == "P1" and s < REVIEW]
    for score, pair in missed[:10]:
        print(f"P1 {score:.4f} {pair.a} | {pair.b}")


def comparisons(kept: list[Pair]) -> list[float]:
    fresh = Matcher(load())
    fresh.match("海澜", "Hailan")  # loads the tables of readings
    scores: list[float] = []
    rates = []
    for turn in range(6):
        began = time.process_time()
        scores = [fresh.match(pair.a, pair.b).score for pair in kept]
        rates.append(len(kept) / (time.process_time() - began))
        if not turn:
            print(f"comparisons per CPU second: {rates[0]:,.0f} with every name read for the first time")
    print(
        f"                            {statistics.median(rates[1:]):,.0f} with names once read (median of 5)"
    )
    return scores


def rapidfuzz(kept: list[Pair]) -> dict[str, list[float]]:
    try:
        from rapidfuzz import fuzz, utils
    except ImportError:
        print("rapidfuzz is not installed; left out")
        return {}
    scorer = utils.default_process
    return {"rapidfuzz": [fuzz.WRatio(p.a, p.b, processor=scorer) / 100 for p in kept]}


def nomenklatura(kept: list[Pair], python: str | None) -> dict[str, list[float]]:
    if not python:
        print("nomenklatura: left out (give --peers PYTHON)")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "pairs.csv", Path(folder) / "scores.csv"
        with source.open("w", encoding="utf-8", newline="") as text:
            schema = {"Person": "Person", "Vessel": "Vessel"}
            rows = ((pair.a, pair.b, schema.get(pair.group, "Company")) for pair in kept)
            csv.writer(text).writerows([("a", "b", "schema"), *rows])
        subprocess.run([python, Path(__file__).parent / "names_peers.py", source, target], check=True)
        with target.open(encoding="utf-8", newline="") as text:
            scored = list(csv.DictReader(text))
    return {name: [float(row[name]) for row in scored] for name in scored[0]}


def chinese_names() -> list[str]:
    """Real names of companies, in Chinese."""
    found = {pair.a for pair in pairs() if pair.group == "P1"}
    folder = os.environ.get("QINGLIAN_TEST_DATA")
    if folder:
        import pyarrow.parquet as parquet

        table = parquet.read_table(Path(folder) / "registry" / "registry_shenzhen.parquet")
        found |= {name for name in table["name"].to_pylist() if name}
        found |= set(named(Path(folder) / "names" / "szse_bilingual_companies.csv", "name_zh"))
    return sorted(found)


def named(path: Path, column: str = "name") -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return [row[column] for row in csv.DictReader(text) if 1 < len(row[column]) <= MOST_SIGNS]


def more_names(real: list[str], many: int, dice: random.Random) -> list[str]:
    """Names from the parts of real ones: a region, two halves of brands, a line of business, a form."""
    parsed = [matcher().parse(name) for name in real]
    heads = [name.brand[:2] for name in parsed if len(name.brand) >= 2]
    tails = [name.brand[-2:] for name in parsed if len(name.brand) >= 2]
    trades = ["".join(name.industry) for name in parsed]
    forms = [name.form_text for name in parsed if name.form_text]
    regions = ["".join(name.region) for name in parsed]
    found = dict.fromkeys(real)
    while len(found) < many:
        brand = dice.choice(heads)[:1] + dice.choice(tails)[: dice.choice((1, 1, 2))]
        found[dice.choice(regions) + brand + dice.choice(trades) + dice.choice(forms)] = None
    return list(found)[:many]


def mutations(name: str, dice: random.Random, alike: dict[str, list[str]]) -> dict[str, str]:
    import opencc
    from pypinyin import lazy_pinyin

    place = dice.randrange(len(name))
    regions = "".join(matcher().parse(name).region)
    made = {
        "traditional": opencc.OpenCC("s2t").convert(name),
        "dropped": name[:place] + name[place + 1 :],
        "pinyin": " ".join(lazy_pinyin(name)),
        "city dropped": name.replace(f"{regions}市", "").replace(regions, "") if regions else name,
    }
    places = [i for i, sign in enumerate(name) if len(alike.get(sound(sign), ())) > 1]
    if places:
        place = dice.choice(places)
        other = [sign for sign in alike[sound(name[place])] if sign != name[place]]
        made["homophone"] = name[:place] + dice.choice(other) + name[place + 1 :]
    return {kind: text for kind, text in made.items() if text.strip()}


def latin_mutations(name: str, dice: random.Random) -> dict[str, str]:
    words = name.split()
    places = [i for i, sign in enumerate(name) if sign.isalpha()]
    at = dice.choice(places)
    made = {
        "Latin, capitals": "".join(sign if sign.isalnum() else " " for sign in name.upper()),
        "Latin, letter dropped": name[:at] + name[at + 1 :],
    }
    if len(words) > 2:
        made["Latin, last word dropped"] = " ".join(words[:-1])
    return made


def sound(sign: str) -> str:
    return matcher().readings.usual(sign)


def questions(chinese: list[str], latin: list[str], dice: random.Random) -> list[Question]:
    alike: dict[str, list[str]] = defaultdict(list)
    for sign in sorted({sign for name in chinese for sign in name if "一" <= sign <= "鿿"}):
        alike[sound(sign)].append(sign)
    asked = [
        (kind, text, name)
        for name in dice.sample(chinese, min(400, len(chinese)))
        for kind, text in mutations(name, dice, alike).items()
    ]
    asked += [
        (kind, text, name)
        for name in dice.sample(latin, min(400, len(latin)))
        for kind, text in latin_mutations(name, dice).items()
    ]
    return asked


def candidates(many: int, more: Path | None) -> None:
    dice = random.Random(20261123)
    chinese = chinese_names()
    latin = sorted({name for name in named(more) if not has_han(name)}) if more else []
    latin = [name for name in latin if any(sign.isalpha() for sign in name)]
    asked = questions(chinese, latin, dice)
    real = sorted({*chinese, *latin})
    names = more_names(chinese, many - len(latin), dice) if many > len(real) else chinese
    names = [*names, *latin]
    print(
        f"\ncandidates among {len(names):,} names, {len(real):,} of them real ({len(chinese):,} in Chinese); "
        f"{len(asked):,} questions"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "names.index"
        began = time.process_time()
        build(path, names, matcher())
        spent = time.process_time() - began
        print(f"SQLite: {spent:.1f} CPU seconds to build, {path.stat().st_size / 1e6:.0f} MB")
        index = SqliteIndex(path, matcher())
        searched("SQLite", index, asked)
        checked(index, [text for kind, text, _name in asked if kind in ("homophone", "dropped")][:300])
        began = time.process_time()
        try:
            fast = FastIndex(names, matcher())
        except Exception as fault:
            print(fault)
            return
        print(f"tantivy: {time.process_time() - began:.1f} CPU seconds to build, in memory")
        searched("tantivy", fast, asked)


def searched(title: str, index: CandidateIndex, asked: list[Question]) -> None:
    rates = []
    found: dict[str, list[bool]] = defaultdict(list)
    for turn in range(4):
        began = time.process_time()
        answers = [index.search(text, 10) for _kind, text, _name in asked]
        rates.append(len(asked) / (time.process_time() - began))
        if not turn:
            for (kind, _text, name), answer in zip(asked, answers, strict=True):
                hits = {plain(index.name(number)) for number, _strength in answer}
                found[kind].append(plain(name) in hits)
    recall = ", ".join(f"{kind} {sum(hits) / len(hits):.4f}" for kind, hits in sorted(found.items()))
    print(
        f"  {title}: {rates[0]:,.0f} questions per CPU second the first time, "
        f"{statistics.median(rates[1:]):,.0f} after"
    )
    print(f"  recall at 10: {recall}; all {sum(map(sum, found.values())) / len(asked):.4f}")


def plain(name: str) -> str:
    """A name without what no reader would tell apart: script, case, signs between words."""
    folded = matcher().parse(name).folded
    return folded if has_han(folded) else latin(folded)


def checked(index: CandidateIndex, texts: list[str]) -> None:
    """A check as a reader waits for it, and what of that the processor spent on it."""
    walls, spent = [], []
    for text in texts:
        wall, cpu = time.perf_counter(), time.process_time()
        check_name(text, index, (), matcher())
        walls.append(1000 * (time.perf_counter() - wall))
        spent.append(1000 * (time.process_time() - cpu))
    for title, times in (("by the clock", sorted(walls)), ("of CPU", sorted(spent))):
        print(
            f"  a name checked: median {statistics.median(times):.1f} ms, "
            f"p95 {times[int(0.95 * len(times))]:.1f} ms {title}"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peers", help="an interpreter that has nomenklatura")
    options.add_argument("--part", choices=("kept", "tune", "train"), default="kept")
    options.add_argument("--names", type=int, default=100_000, help="how many names to seek among; 0: none")
    options.add_argument("--real", type=Path, help="more real names to seek among: a CSV, column name")
    options.add_argument("--errors", action="store_true", help="show the errors that remain")
    given = options.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    kept = [pair for pair in pairs() if pair.part == given.part]
    ours = comparisons(kept)
    others = rapidfuzz(kept) | nomenklatura(kept, given.peers)
    quality(kept, ours, others)
    bands(kept, ours)
    if given.errors:
        errors(kept, ours)
    second_set(given.peers)
    development_bank()
    if given.names:
        candidates(given.names, given.real)


if __name__ == "__main__":
    main()
