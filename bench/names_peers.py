"""Scores pairs with nomenklatura: PYTHON bench/names_peers.py PAIRS.csv OUT.csv, a Python that has it.

`bench/names.py --peers PYTHON` calls this. Alone it only says whether the peer is here.
"""

from __future__ import annotations

import csv
import sys
import time


def main(source: str, target: str) -> None:
    from followthemoney import model
    from nomenklatura.matching import get_algorithm
    from nomenklatura.matching.types import ScoringConfig

    with open(source, encoding="utf-8", newline="") as text:
        pairs = list(csv.DictReader(text))
    rows: list[dict[str, object]] = [{} for _pair in pairs]
    for name in ("logic-v2", "logic-v1", "regression-v1"):
        algorithm = get_algorithm(name)
        assert algorithm is not None
        config = ScoringConfig.defaults()
        entities = []
        for number, pair in enumerate(pairs):
            both = []
            for side in "ab":
                entity = model.make_entity(pair["schema"])
                entity.id = f"{name}-{number}-{side}"  # its caches go by id alone
                entity.add("name", pair[side])
                both.append(entity)
            entities.append(both)
        began = time.process_time()
        for row, (one, other) in zip(rows, entities, strict=True):
            row[name] = round(algorithm.compare(one, other, config).score, 4)
        print(f"{name}: {len(pairs) / (time.process_time() - began):,.0f} comparisons per CPU second")
    with open(target, "w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    try:
        import nomenklatura  # noqa: F401
    except ImportError:
        sys.exit(
            print("nomenklatura is not installed here; it runs beside with bench/names.py --peers PYTHON")
        )
    if len(sys.argv) == 3:
        main(sys.argv[1], sys.argv[2])
