"""The texts that cases stand on can be fetched by the hashes that the public log names."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests import people

from qinglian.capabilities.cases.models import Case, MatterVersion
from qinglian.capabilities.cases.queries import export_texts
from qinglian.capabilities.ledger.queries import logged

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(units: None) -> dict[str, str]:
    """Path → hash, as the log names them for the matter of a case that a table looked at."""
    people.chen_asks_support()
    (opened,) = logged("cases.matter_opened")
    named: dict[str, str] = opened.open["files"]
    return named


def test_every_text_that_the_log_names_is_served_under_its_hash(files: dict[str, str]) -> None:
    pack = Path(__file__).parents[2] / "zones" / "qianhai"
    assert len(files) > 8
    for path, sha in files.items():
        answer = Client().get(f"/log/texts/{sha}")
        assert answer.content == (pack / path).read_bytes() and sha256(answer.content).hexdigest() == sha
        assert "Cookie" not in answer.headers.get("Vary", "")
    for wrong in ("f" * 64, "x", next(iter(files.values()))[:-1]):
        assert Client().get(f"/log/texts/{wrong}").status_code == 404


def test_the_page_of_a_case_links_the_table_that_decided_it(files: dict[str, str], tmp_path: Path) -> None:
    people.zhao()
    page = people.browser("zhao").get(f"/en/desk/{Case.objects.get().number}/").content.decode()
    for path in ("decisions/support-intake.csv", "decisions/support-intake.domains.csv"):
        assert f'href="/log/texts/{files[path]}"' in page
    assert "Decided by row 3 of a table" in page


def test_a_text_that_was_changed_is_not_there_any_more(files: dict[str, str], tmp_path: Path) -> None:
    sha = files["decisions/support-intake.csv"]
    assert export_texts(tmp_path) == len(set(files.values()))
    assert {each.name for each in (tmp_path / "texts").iterdir()} == set(files.values())
    version: Any = MatterVersion.objects.get()
    version.pins["decisions/support-intake.csv"] += "4,stated,-,go\n"
    version.save()
    assert Client().get(f"/log/texts/{sha}").status_code == 404
