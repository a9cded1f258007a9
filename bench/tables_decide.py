"""Decision tables beside zen-engine: 10 facts, 40 rows; proof, decisions a second, and what a gap does.

    pip install 'qinglian[bench]' && python bench/tables_decide.py

Prints medians of several rounds and ratios; nothing here fails because a machine is slow.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence

from qinglian.engines.tables import Guard, Table, prove, read_sound_table, read_table
from qinglian.faults import Faults

FACTS, ROWS, VALUES, ROUNDS, CASES = 10, 40, 4, 7, 20_000
Case = dict[str, str]


def texts(policy: str, seed: int = 1) -> tuple[str, str]:
    """A random sound table: sparse rows over words, and a last row for everything else."""
    source = random.Random(seed)
    facts = [f"f{at}" for at in range(FACTS)]
    words = [f"v{at}" for at in range(VALUES)]
    lines = [",".join([policy, *facts, "=>decision", "=>basis"])]
    for row in range(1, ROWS):
        asked = set(source.sample(facts, source.randint(3, 5)))
        cells = ["|".join(sorted(source.sample(words, 2))) if fact in asked else "-" for fact in facts]
        decision = f"d{row % 3}" if policy == "#" else "ask"
        lines.append(",".join([str(row), *cells, decision, f"art. {row}"]))
    last = "-" if policy == "#" else "otherwise"
    lines.append(",".join([str(ROWS), *[last] * FACTS, "review", "art. 40"]))
    domains = "fact,values\n" + "".join(f"{fact},{'|'.join(words)}\n" for fact in facts)
    return "\n".join(lines) + "\n", domains


def cases(table: Table, seed: int = 2) -> list[Case]:
    source = random.Random(seed)
    domains = [table.domains[fact] for fact in table.facts]
    return [{domain.fact: source.choice(domain.values) for domain in domains} for _case in range(CASES)]


def median_seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    spent = []
    for _round in range(rounds):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def each(decide: Callable[[Case], object], batch: Sequence[Case]) -> Callable[[], None]:
    def work() -> None:
        for case in batch:
            decide(case)

    return work


def zen_content(table: Table) -> str:
    """The same table in zen's JSON decision model."""
    inputs = [{"id": fact, "name": fact, "field": fact} for fact in table.facts]
    outputs = [{"id": name, "name": name, "field": name} for name in ("row", *table.columns)]
    rules = []
    for row in table.rows:
        rule = {"_id": row.id, "row": json.dumps(row.id)}
        for fact, mask in zip(table.facts, row.cells, strict=True):
            domain = table.domains[fact]
            any_value = mask == domain.every
            rule[fact] = "" if any_value else ",".join(json.dumps(value) for value in domain.values_of(mask))
        rules.append(rule | {name: json.dumps(value) for name, value in row.outcome.items()})
    content = {"hitPolicy": str(table.policy), "inputs": inputs, "outputs": outputs, "rules": rules}
    place = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": place},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": content, "position": place},
        {"id": "out", "name": "out", "type": "outputNode", "position": place},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def ours() -> tuple[Table, float]:
    table = read_sound_table(*texts("#"))
    batch = cases(table)
    print(f"{len(table.facts)} facts, {len(table.rows)} rows, {prove(table).combinations:,} combinations")
    print(f"read               {median_seconds(lambda: read_table(*texts('#'))) * 1000:9.2f} ms")
    spent = [median_seconds(lambda table=table: prove(table), 3) for table in several("#")]
    say_proved("first", spent)
    spent = [median_seconds(lambda table=table: prove(table), 3) for table in several("#collect")]
    say_proved("collect", spent)
    speed = CASES / median_seconds(each(table.decide, batch))
    print(f"decided, first     {speed:9,.0f} /s")
    collect = read_sound_table(*texts("#collect"))
    print(f"decided, collect   {CASES / median_seconds(each(collect.decide, batch)):9,.0f} /s")
    guard = Guard.parse("f0 == 'v1' and f1 in ['v1', 'v2']")
    print(f"guards             {CASES / median_seconds(each(guard, batch)):9,.0f} /s")
    return table, speed


def say_proved(policy: str, spent: list[float]) -> None:
    middle, slowest = statistics.median(spent) * 1000, max(spent) * 1000
    print(f"proved, {policy:<10} {middle:9.2f} ms   slowest of {len(spent)} tables: {slowest:.2f} ms")


def several(policy: str) -> list[Table]:
    return [read_table(*texts(policy, seed)) for seed in range(20)]


def beside_zen(table: Table, speed: float) -> None:
    try:
        import zen
    except ImportError:
        print("zen-engine is not installed: nothing to stand beside; pip install 'qinglian[bench]'")
        return
    decision = zen.ZenEngine().create_decision(zen_content(table))
    batch = cases(table)[:1_000]
    same = sum(decision.evaluate(case)["result"]["row"] == table.decide(case).rows[0] for case in batch)
    theirs = len(batch) / median_seconds(each(decision.evaluate, batch), 3)
    print(f"zen-engine         {theirs:9,.0f} /s   same row in {same} of {len(batch)} cases")
    print(f"ours / zen         {speed / theirs:9.1f} x")
    a_gap(zen)


def a_gap(zen: object) -> None:
    """The same table with a gap: zen answers {}, ours is refused when it is loaded."""
    text = "#,scope,signed,=>decision\n1,general,yes,confirm\n2,-,no,correct\n"
    domains = "fact,values\nscope,general|prior-approval|negative-list\nsigned,yes|no\n"
    decision = zen.ZenEngine().create_decision(zen_content(read_table(text, domains)))  # type: ignore[attr-defined]
    decision.validate()
    answer = decision.evaluate({"scope": "negative-list", "signed": "yes"})["result"]
    print(f"a gap, zen         {answer}   (its validate() says nothing)")
    try:
        read_sound_table(text, domains, name="gap.csv")
    except Faults as faults:
        print(f"a gap, ours        {faults}")


if __name__ == "__main__":
    beside_zen(*ours())
