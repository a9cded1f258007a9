"""Count what enterprises of a real register are like, so that invented ones can be like them.

    python tools/enterprise_statistics.py FOLDER [--to FILE]

FOLDER holds registry/registry_shenzhen.parquet (name, reg_date, district) and
names/szse_bilingual_companies.csv (name_zh, short_zh, name_en): the test data, of which no row may be kept.

Written are counts alone: how many names begin with which form of the city, how long their distinctive part
is, with which words of business and which legal form they end, in which district and which year they were
registered. A word or a place is kept when at least FEWEST enterprises share it, so that none can be read from
the file. Then the syllables of the invented brands are looked for in every real name: one that is found is an
error, and nothing is written.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from qinglian.batch.names.tables import FOLDER as TABLES
from qinglian.batch.names.tables import load
from qinglian.engines.names import Name, parse
from qinglian.web.demonstration.naming import LATTER, LATTER_EN

FEWEST = 30
FILE = Path(__file__).parents[1] / "src/qinglian/web/demonstration/enterprises.csv"
CITY = "深圳"
FORMS = {"ltd": "有限公司", "plc": "股份有限公司"}
Row = tuple[str, str, int, str]


def names_of(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(name, district, year) of the register."""
    import duckdb

    file = folder / "registry" / "registry_shenzhen.parquet"
    rows = duckdb.sql(f"SELECT name, coalesce(district, ''), reg_date[1:4] FROM '{file}'")
    while row := rows.fetchone():
        yield row


def listed(folder: Path) -> Iterator[str]:
    """Every name, short name and English name of the exchange's list."""
    with (folder / "names" / "szse_bilingual_companies.csv").open(encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            yield from (row["name_zh"], row["short_zh"], row["name_en"])


def english() -> dict[str, str]:
    """Word of business → its first English, where it has one of letters and spaces."""
    with (TABLES / "terms.csv").open(encoding="utf-8", newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["kind"] == "industry" and row["en"]]
    first = {row["zh"]: row["en"].split(";")[0].strip() for row in rows}
    return {
        zh: en for zh, en in first.items() if en.replace(" ", "").isascii() and en.replace(" ", "").isalpha()
    }


def count(rows: Iterable[tuple[str, str, str]]) -> list[Row]:
    knowledge, words = load(), english()
    found: dict[str, Counter[str]] = {
        key: Counter() for key in ("opening", "brand", "words", "word", "form", "district", "year", "length")
    }
    for name, district, year in rows:
        parsed = parse(name, knowledge)
        for key, value in _of(name, parsed, words).items():
            found[key].update(value if isinstance(value, list) else [value])
        found["district"][district] += 1
        found["year"][year] += 1
    return [
        (key, value, n, words.get(value, "") if key == "word" else "")
        for key, counted in found.items()
        for value, n in sorted(counted.items(), key=lambda each: (-each[1], each[0]))
        if n >= FEWEST and value
    ]


def _of(name: str, parsed: Name, words: dict[str, str]) -> dict[str, str | list[str]]:
    known = [word for word in parsed.industry if word in words]
    opening = "none"
    if name.startswith(f"{CITY}市"):
        opening = "市"
    elif name.startswith(CITY):
        opening = "plain"
    elif f"({CITY})" in name.replace("（", "(").replace("）", ")"):
        opening = "inside"
    return {
        "opening": opening,
        "brand": str(len(parsed.brand)),
        "words": str(min(len(known), 2)),
        "word": known[-2:],
        "form": FORMS.get(parsed.form, ""),
        "length": str(len(name)),
    }


def real_syllables(names: Iterable[str]) -> Counter[str]:
    """How often each sign of the invented brands stands in a real name, and each of their English words."""
    found: Counter[str] = Counter()
    for name in names:
        found.update(set(name) & set(LATTER))
        found.update(set(name.lower().split()) & {word.lower() for word in LATTER_EN})
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, default=FILE)
    given = parser.parse_args()
    rows = list(names_of(given.folder))
    if met := real_syllables([*(name for name, _district, _year in rows), *listed(given.folder)]):
        print(f"real names hold these syllables of invented brands: {dict(met)}", file=sys.stderr)
        return 1
    with given.to.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["what", "value", "count", "en"])
        writer.writerows(count(rows))
    print(f"{given.to}: counted {len(rows)} names")
    return 0


if __name__ == "__main__":
    sys.exit(main())
