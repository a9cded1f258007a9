"""The matter that the how-to page writes is read by the checker as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from qinglian.zone import load

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "write-a-matter.md").read_text("utf-8")


def pieces(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_matter_of_the_page_is_sound_and_says_what_the_page_says(sample) -> None:
    table, domains = pieces("text")
    sample.add("matters/parking.toml", "\n".join(pieces("toml")))
    sample.add("decisions/parking.csv", table).add("decisions/parking.domains.csv", domains)
    matter = load(sample.root).matters["parking"]
    assert matter.actions["refuse"].two_persons == "head"
    decision = matter.actions["take-up"].decision
    assert decision and decision.table.decide({"register": "registered", "charging": True}).decision == "go"
    assert matter.fields["name"].prefill == "registry.enterprise.name"


def test_what_the_page_warns_of_is_told(sample) -> None:
    table, domains = pieces("text")
    text = (
        "\n".join(pieces("toml"))
        .replace('"clock:answer-in"', '"clock:nothing"')
        .replace('by = ["clerk"]\ntitle', 'by = ["system"]\ntitle', 1)
    )
    sample.add("matters/parking.toml", text)
    sample.add("decisions/parking.csv", table.replace("2,stated|unknown,-,look\n", ""))
    sample.add("decisions/parking.domains.csv", domains)
    told = " ".join(str(fault) for fault in sample.faults())
    assert "no row answers" in told and "clock:nothing answers no risk here" in told
