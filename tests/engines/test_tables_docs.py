"""The how-to's tables do what the how-to says of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from qinglian.engines.tables import prove, read_table

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-decision-table.md"


def test_the_how_to_can_be_followed() -> None:
    page = HOW_TO.read_text(encoding="utf-8")
    domains, asks, said, rest, case = re.findall(r"```(?:text|json)\n(.*?)```", page, re.DOTALL)
    [fault] = prove(read_table(asks, domains, "stall.csv")).faults()
    assert str(fault) == said.strip()
    table = read_table(asks + rest, domains, "stall.csv")
    proof = prove(table)
    assert proof.sound and f"all {proof.combinations} combinations" in page
    assert table.decide(json.loads(case)).rows == ("1", "2")
