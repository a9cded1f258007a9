"""Every column that may hold personal data says so, and the page in the books is that of today."""

from __future__ import annotations

import pytest
from tests.house.tree import DOCS, read

from qinglian.web import basis


def test_every_column_has_its_entry() -> None:
    assert not basis.faults()


def test_the_page_is_made_from_the_entries_of_today() -> None:
    assert read(DOCS / "reference" / "basis.md") == basis.page(), "run: python tools/basis.py"


def test_a_column_without_an_entry_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [each for each in basis.columns() if (each.table, each.name) != ("cases.Case", "email")]
    monkeypatch.setattr(basis, "columns", lambda: iter(known))
    assert basis.faults() == ["cases.Case.email: say in basis.toml what it holds"]


def test_an_article_and_a_period_must_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    says = {"what": "x", "why": "x", "article": ["pipl-99"], "kept": "for ever", "readers": " "}
    others = [each for each in basis.columns() if (each.table, each.name) != ("cases.Case", "email")]
    monkeypatch.setattr(basis, "columns", lambda: iter([*others, basis.Column("cases.Case", "email", says)]))
    assert len(basis.faults()) == 3


def test_what_the_code_erases_is_what_the_register_says() -> None:
    kept = {f"{each.table}.{each.name}": each.says["kept"] for each in basis.columns() if each.says}
    by_content = {name for name, period in kept.items() if period == "case-content"}
    assert by_content == {
        "cases.Case.title", "cases.Case.answers", "cases.CaseEvent.data", "cases.Clock.ledger",
        "cases.CaseText.text", "cases.AnsweredQuestion.question", "cases.AnsweredQuestion.answer",
        "cases.AnsweredQuestion.text", "cases.AnsweredQuestion.declined_because",
        "files.StoredFile.sha", "files.FileUse.name",
        "cases.Note.text", "cases.CaseLink.reason",
        "cases.Fact.value", "cases.Proposal.data", "cases.Consent.reason",
        "cases.Contribution.question", "cases.Contribution.text", "cases.Letter.text", "cases.Letter.title",
    }  # fmt: skip
    assert {name for name, period in kept.items() if period == "case-email"} == {
        "cases.Case.email", "notices.Notice.email",
    }  # fmt: skip
