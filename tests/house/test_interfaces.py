"""The book of the interfaces says what the platform itself describes."""

from __future__ import annotations

import re

from tests.house.tree import read
from tools.interfaces import PAGE, page

from qinglian.web.api import described


def test_the_reference_of_interfaces_is_current() -> None:
    assert read(PAGE) == page(), "run python tools/interfaces.py"


def test_every_request_and_every_form_stands_in_it_and_each_link_leads_to_a_form() -> None:
    text, whole = read(PAGE), described()
    asked = [f"### `{method.upper()} {path}`" for path, all_of in whole["paths"].items() for method in all_of]
    forms = set(whole["components"]["schemas"])
    assert len(asked) > 10 and not [heading for heading in asked if f"{heading}\n" not in text]
    assert not [name for name in forms if f"### {name}\n" not in text]
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= {name.lower() for name in forms}


def test_a_header_is_described_as_servers_let_it_through() -> None:
    operations = [each for methods in described()["paths"].values() for each in methods.values()]
    headers = [
        each["name"]
        for all_of in operations
        for each in all_of.get("parameters", ())
        if each["in"] == "header"
    ]
    assert headers and not [name for name in headers if "_" in name]
