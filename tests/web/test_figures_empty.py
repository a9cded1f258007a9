"""A zone in which nothing has happened yet publishes its figures: 0 of 0, nowhere a number made up."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import NOW
from tests.web.reading import holds_everywhere

from qinglian.batch.figures.files import parquet_rows
from qinglian.capabilities.cases.queries import any_case
from qinglian.capabilities.figures import published, queries
from qinglian.capabilities.figures.declared import figures, tables
from qinglian.capabilities.figures.exporting import export
from qinglian.capabilities.ledger.actions import open_trees
from qinglian.cli.main import main
from qinglian.web.working import Worker

pytestmark = pytest.mark.django_db
OF_THE_PACK = {"oversight.measures"}  # counts what the pack holds, and that is there from the first day
NOTHING = {
    "en": "Nothing has been counted yet.", "zh-hans": "尚无可计之数。", "zh-hant": "尚無可計之數。",
}  # fmt: skip


@pytest.fixture
def empty(units: None, settings: Any, tmp_path: Path) -> None:
    """Published by the worker's own round, as on the day after a zone was prepared."""
    settings.DATA, settings.LOG_WITNESSES = tmp_path, tmp_path / "none"
    open_trees(NOW)
    worker = Worker()
    worker.round(everything=True)
    assert not any_case() and not worker.resting and queries.latest_edition() is not None


def test_every_figure_is_said_to_be_over_nothing(empty: None) -> None:
    edition = queries.latest_edition()
    assert edition is not None and set(edition.manifest["figures"]) == set(figures())
    for row in Client().get("/api/v1/figures").json()["items"]:
        whole = Client().get(f"/api/v1/figures/{row['id']}").json()
        if row["id"] in OF_THE_PACK:
            assert row["n"] == row["value"] > 0
            continue
        nothing = {"cut": "all", "item": "", "n": 0, "value": 0, "upper": 0}
        assert (row["n"], row["value"]) == (0, 0) and whole["cells"] == [nothing], row["id"]
        assert row["as_of"] == edition.as_of.isoformat() and whole["recipe"] and whole["inputs"]
        _files(row["id"])


def _files(id: str) -> None:
    lines = Client().get(f"/en/figures/{id}/figure.csv").content.decode().splitlines()
    assert lines == ["cut,item,n,value,upper", "all,,0,0,0"]
    document = json.loads(Client().get(f"/en/figures/{id}/figure.json").content)
    assert document["cells"] == [["all", "", 0, 0, 0]]


def test_its_pages_show_no_share_of_nothing(empty: None, language: str) -> None:
    listed = Client().get(f"/{language}/figures/")
    holds_everywhere(listed, language)
    assert "%" not in _words(listed) and "nan" not in _words(listed).lower()
    for figure in figures().values():
        page = Client().get(f"/{language}/figures/{figure.id}/")
        assert page.status_code == 200
        said = figure.kind in ("share", "rate", "quantiles")
        assert (NOTHING[language] in page.content.decode()) == said, figure.id
    for path in ("data/", "data/dictionary/", "figures/cases.answered-in-time/", "figures/cases.lodged/"):
        holds_everywhere(Client().get(f"/{language}/{path}"), language)


def _words(page: Any) -> str:
    text = page.content.decode()
    return str(text[text.index("<main") : text.index("</main>")])


def test_its_tables_are_a_header_and_no_row_in_every_form(empty: None, tmp_path: Path) -> None:
    for each in Client().get("/api/v1/tables").json()["items"]:
        table = tables()[each["id"]]
        columns = published.columns_of(table)
        got = {
            form: b"".join(Client().get(f"/en/data/{table.id}.{form}")) for form in ("csv", "json", "parquet")
        }
        rows = list(csv.reader(got["csv"].decode().splitlines()))
        assert rows[0] == [name for name, _kind in columns] and len(rows) == each["rows"] + 1
        assert len(json.loads(got["json"])) == each["rows"]
        (tmp_path / "t.parquet").write_bytes(got["parquet"])
        assert len(parquet_rows(columns, tmp_path / "t.parquet") or []) == each["rows"]
        assert each["rows"] == 0 or table.grain == "standing", table.id


@pytest.mark.parametrize("wish", ["duckdb", "sqlite"])
def test_its_export_replays(empty: None, tmp_path: Path, wish: str, capsys: Any) -> None:
    export(tmp_path / "export", NOW)
    assert main(["--lang", "en", "replay", str(tmp_path / "export"), "--engine", wish]) == 0
    said = capsys.readouterr()
    n = len([each for each in figures().values() if each.level == "open"])
    assert f"{n} of {n} open figures agree" in said.out and not said.err
