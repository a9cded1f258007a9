"""How often the nearest other name of a real register is taken for the same.

    QINGLIAN_TEST_DATA=… python bench/names_neighbours.py [--part kept] [--names 4000]

Each name is compared with the other name of the register that is most like it by plain edit distance
(rapidfuzz's ratio). The two have different codes; where one firm is entered twice under two spellings the
engine is right and counts as wrong here, so the pairs are printed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.learn_names import part

from qinglian.batch.names.tables import matcher
from qinglian.engines.names import STRONG

LEAST, AT_ONCE = 0.70, 200


def register() -> list[str]:
    import pyarrow.parquet as parquet

    path = Path(os.environ["QINGLIAN_TEST_DATA"]) / "registry" / "registry_shenzhen.parquet"
    return sorted({name for name in parquet.read_table(path)["name"].to_pylist() if name})


def nearest(asked: list[str], names: list[str]) -> list[str]:
    """The name most like each asked name, itself apart."""
    import numpy
    from rapidfuzz import fuzz, process

    found = []
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        ratios = process.cdist(some, names, scorer=fuzz.ratio, dtype=numpy.uint8).astype(int)
        for name, row in zip(some, ratios, strict=True):
            best = numpy.argsort(-row, kind="stable")[:2]
            found.append(next(names[place] for place in best if names[place] != name))
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--part", choices=("kept", "tune", "train"), default="kept")
    options.add_argument("--names", type=int, default=4000, help="how many names to ask for")
    given = options.parse_args()
    if "QINGLIAN_TEST_DATA" not in os.environ:
        sys.exit(print("a real register: QINGLIAN_TEST_DATA is not set"))
    names = register()
    asked = [name for name in names if part(name) == given.part]
    random.Random(20261123).shuffle(asked)
    asked = asked[: given.names]
    found = [(matcher().match(a, b).score, a, b) for a, b in zip(asked, nearest(asked, names), strict=True)]
    taken = [hit for hit in found if hit[0] >= LEAST]
    strong = sum(score >= STRONG for score, _a, _b in taken)
    print(f"{len(found):,} names of the part {given.part}, nearest of {len(names):,} in the register")
    print(f"scored at least {LEAST:.2f}: {len(taken)} ({len(taken) / len(found):.4f}); strong: {strong}")
    for score, a, b in taken:
        print(f"{score:.4f} {a} | {b}")


if __name__ == "__main__":
    main()
