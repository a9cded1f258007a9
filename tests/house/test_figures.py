"""The list of figures in the books is that of today, and no definition changes under the same version."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.house.tree import read
from tools import figures as tool

from qinglian.capabilities.figures.declared import figures, tables
from qinglian.capabilities.figures.dictionary import in_three


def test_the_reference_of_figures_is_current() -> None:
    assert read(tool.PAGE) == tool.page(), "run python tools/figures.py"


def test_every_definition_is_recorded_and_none_was_changed_without_a_new_version() -> None:
    assert not tool.changed()
    assert read(tool.RECORD) == tool.recorded(), "run python tools/figures.py"


def test_an_edit_without_a_new_version_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    known = figures()
    id = "cases.answered-in-time"
    for edit in ({"rows": known[id].rows + " AND kept < 2"}, {"months": 6}, {"cuts": ("period",)}):
        edited = known | {id: replace(known[id], **edit)}  # type: ignore[arg-type]
        monkeypatch.setattr("qinglian.capabilities.figures.declared.figures", lambda edited=edited: edited)
        assert tool.changed() == [id]
        raised = known | {id: replace(known[id], version=2, **edit)}  # type: ignore[arg-type]
        monkeypatch.setattr("qinglian.capabilities.figures.declared.figures", lambda raised=raised: raised)
        assert not tool.changed()


def test_every_figure_and_column_speaks_three_languages() -> None:
    texts = [text for figure in figures().values() for text in (figure.title, figure.how, figure.unit)]
    for table in tables().values():
        texts += [table.title, table.about, table.source]
        texts += [
            text
            for column in table.all_columns
            for text in (column.meaning, column.unit, *column.codes.values())
        ]
    for text in filter(str, texts):
        said = in_three(text)
        assert said["zh-Hans"] != said["en"] or said["en"] == "YYYY-MM", said["en"]
