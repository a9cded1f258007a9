"""Templates and styles keep to our own house: no third party, nothing inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.house.tree import SRC, name_of, read, under

TEMPLATES = under(SRC, ".html")
LOOKS = [*TEMPLATES, *under(SRC, ".css", ".svg", ".js")]
NAMESPACE = re.compile(r"""xmlns(:\w+)?=["'][^"']*["']""")


@pytest.mark.parametrize("path", LOOKS, ids=name_of)
def test_no_page_calls_a_third_party(path: Path) -> None:
    assert not re.search(r"(https?:)?//[\w-]+\.\w", NAMESPACE.sub("", read(path)))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_nothing_is_inline(path: Path) -> None:
    """The content security policy would stop it in the reader's browser."""
    text = read(path)
    assert not re.search(r"""\sstyle\s*=|<style\b|\son\w+\s*=\s*["']|javascript:""", text)
    assert not [tag for tag in re.findall(r"<script\b[^>]*>", text) if " src=" not in tag]
