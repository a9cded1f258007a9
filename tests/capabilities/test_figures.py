"""Figures over what really happened: played with the desk's verbs, counted, and counted again by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client, override_settings
from tests import people
from tests.people import SHENZHEN

from qinglian.capabilities.cases import counted
from qinglian.capabilities.cases.models import Case, CaseEvent, Clock
from qinglian.capabilities.cases.rungs import fire_due, next_due
from qinglian.capabilities.figures import actions, queries
from qinglian.capabilities.figures.correcting import correct
from qinglian.capabilities.figures.declared import every_declaration_holds, figures, tables
from qinglian.capabilities.figures.models import Batch, Edition, Result, Waiting
from qinglian.capabilities.ledger.actions import open_trees, sequence
from qinglian.capabilities.ledger.models import Entry
from qinglian.capabilities.ledger.queries import logged, told
from qinglian.engines import canon
from qinglian.faults import Fault
from qinglian.web.invariants import invariants
from qinglian.zone.current import current

pytestmark = pytest.mark.django_db
APRIL = datetime(2026, 4, 1, 9, 0, tzinfo=SHENZHEN)


def time_passes(until: datetime) -> None:
    while (due := next_due()) is not None and due < until:
        fire_due(due + timedelta(seconds=1))


@pytest.fixture(scope="module")
def _march(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[None]:
    """March 2026: seven cases answered at once (one of them came back), two answered late, three not at all.

    Played once for all tests here; each of them begins where it ends.
    """
    folder = tmp_path_factory.mktemp("figures")
    with django_db_blocker.unblock(), override_settings(DATA=folder, LOG_WITNESSES=folder / "none"):
        with transaction.atomic():
            _play()
            yield
            transaction.set_rollback(True)


@pytest.fixture
def march(_march: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _play() -> None:
    people.units()
    open_trees(people.MONDAY)
    li = people.li()
    for n in range(12):
        began = people.MONDAY + timedelta(minutes=n)
        case = people.chen_asks(began, secret=f"chen {n}").case_id
        people.act(case, "accept", li, began + timedelta(hours=1))
        if n < 7:
            people.act(case, "answer", li, began + timedelta(days=1))
        if n == 0:
            people.act(case, "reopen", people.actions.APPLICANT, began + timedelta(days=2))
            people.act(case, "answer", li, began + timedelta(days=3))
        if n in (1, 2, 3):
            people.act(case, "close", people.actions.APPLICANT, began + timedelta(days=3))
        if n in (7, 8):
            time_passes(began + timedelta(days=12))
            people.act(case, "answer", li, began + timedelta(days=12))
    time_passes(APRIL)


def value(id: str) -> tuple[int, int]:
    reading = next(iter(queries.some(id)), None)
    assert reading is not None and reading.cell is not None
    return reading.cell.value, reading.cell.n


def test_what_happened_is_what_is_counted(march: None) -> None:
    assert actions.compute_all(APRIL) is not None
    assert value("cases.lodged") == (12, 12)
    assert value("cases.answered-in-time") == (8, 13)  # the one that came back has a second deadline
    assert value("cases.taken-up") == (12, 12)
    assert value("cases.pending") == (0, 0)  # three, which is too few
    assert value("cases.silent") == (6, 9)  # three were closed by who asked, six by themselves
    assert value("cases.reopened") == (1, 9)
    assert value("cases.days-to-answer") == (1, 10)
    assert value("cases.overdue-at-month-end") == (0, 0)


def test_the_tables_are_what_the_events_say_counted_apart(march: None) -> None:
    """From the rows of events and clocks, without the code that makes the tables."""
    actions.compute_all(APRIL)
    kept = Counter()
    for clock in Clock.objects.filter(rule="answer-in"):
        stopped = clock.ledger["stopped"]
        on_time = stopped is not None and datetime.fromisoformat(stopped) <= clock.due
        kept[on_time] += 1
    assert value("cases.answered-in-time") == (kept[True], sum(kept.values()))
    closed = Case.objects.filter(state="closed")
    by_system = CaseEvent.objects.filter(action="close", actor="system").count()
    assert value("cases.silent") == (by_system, closed.count())


def test_nothing_is_counted_before_its_month_has_ended_and_nothing_twice(march: None) -> None:
    actions.compute_all(people.MONDAY + timedelta(days=20))
    assert value("cases.lodged") == (0, 0)
    actions.compute_all(APRIL)
    first = {batch.table: batch.sha for batch in Batch.objects.filter(through="2026-03")}
    actions.compute_all(APRIL + timedelta(days=20))
    assert {batch.table: batch.sha for batch in Batch.objects.filter(through="2026-03")} == first
    actions.compute_all(APRIL + timedelta(days=40))
    assert value("cases.lodged") == (12, 12)


def test_of_too_few_nothing_is_shown_until_there_are_enough(march: None) -> None:
    li = people.li()
    for n in range(3):
        case = people.chen_asks(APRIL + timedelta(minutes=n), secret=f"april {n}").case_id
        people.act(case, "accept", li, APRIL + timedelta(hours=2))
    may, june = APRIL + timedelta(days=31), APRIL + timedelta(days=62)
    actions.compute_all(may)
    assert value("cases.lodged") == (12, 12)
    waiting = Waiting.objects.get(table="cases.lodgings").facts
    assert [values[0] for _who, values in waiting] == ["2026-04"] * 3
    assert not any(
        str(pk) == who for who, _values in waiting for pk in Case.objects.values_list("pk", flat=True)
    )
    for n in range(2):
        people.chen_asks(may + timedelta(minutes=n), secret=f"may {n}")
    actions.compute_all(june)
    assert value("cases.lodged") == (17, 17)
    assert Waiting.objects.get(table="cases.lodgings").facts == []
    page = queries.figure_page("cases.lodged")
    assert page is not None
    months = next(cut for cut in page.cuts if cut.name == "period").cells
    assert [(cell.item, cell.cell.n) for cell in months] == [("2026-03", 12), ("2026-05", 5)]


def test_without_the_zones_word_nothing_about_cases_is_published(march: None, monkeypatch: Any) -> None:
    from dataclasses import replace

    monkeypatch.setattr("qinglian.zone.current._zone", replace(current(), publishing=None))
    actions.compute_all(APRIL)
    assert value("cases.lodged") == (0, 0) and value("cases.pending") == (0, 0)


def test_a_case_held_more_closely_than_is_published_is_not_counted(march: None) -> None:
    Case.objects.filter(pk__in=Case.objects.order_by("pk").values("pk")[:2]).update(sensitivity="sealed")
    Case.objects.filter(pk=Case.objects.order_by("-pk").values("pk")[:1]).update(sensitivity="")
    actions.compute_all(APRIL)
    assert value("cases.lodged") == (9, 9)


def test_the_same_day_again_changes_nothing_and_another_result_takes_its_place_openly(march: None) -> None:
    for n in range(4):
        people.chen_asks(APRIL, secret=f"april {n}")
    assert actions.compute_all(APRIL) is not None
    assert value("cases.pending") == (7, 7) and value("cases.overdue") == (3, 7)
    assert actions.compute_all(APRIL) is None
    people.act(Case.objects.filter(state="handling").first().pk, "answer", people.li(), APRIL)
    assert actions.compute_all(APRIL + timedelta(hours=1)) is not None
    last = Result.objects.filter(figure="cases.pending").order_by("-id").first()
    assert last.because == "again" and last.supersedes.figure == "cases.pending"
    assert len(queries.history("cases.pending")) == 2
    assert actions.compute_due(APRIL + timedelta(hours=2)) == 0
    assert actions.compute_due(APRIL + timedelta(days=1)) == 1


def test_what_was_published_is_in_the_log_and_cannot_be_changed(march: None) -> None:
    edition = actions.compute_all(APRIL)
    assert edition is not None
    assert edition.sha == sha256(canon.dumps(edition.manifest)).hexdigest()
    sequence(APRIL)
    entry = Entry.objects.get(pk=edition.entry_id)
    assert entry.index is not None and canon.loads(bytes(entry.data))["open"]["manifest"] == edition.sha
    assert set(told(entry.pk)["attested"]) == {"cases.in-hand"}
    for model in (Batch, Edition, Result):
        for deed in (model.objects.all().update, model.objects.all().delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                deed(**({"sha": "0" * 64} if deed.__name__ == "update" else {}))


def test_rows_that_were_wrong_are_corrected_openly_and_the_old_ones_stay(march: None, client: Client) -> None:
    actions.compute_all(APRIL)
    (before,) = Batch.objects.filter(table="cases.lodgings")
    with pytest.raises(Fault, match="as they were published"):
        correct("cases.lodgings", "2026-03", "looked again", APRIL)
    for table, month, why in (
        ("cases.lodgings", "2025-01", "x"),
        ("no.such", "2026-03", "x"),
        ("cases.in-hand", "2026-03", "x"),
        ("cases.lodgings", "2026-03", " "),
    ):
        with pytest.raises(Fault):
            correct(table, month, why, APRIL)
    people.chen_asks(people.MONDAY + timedelta(days=1), secret="chen found later")
    later = APRIL + timedelta(days=3)
    done = correct("cases.lodgings", "2026-03", "one was left out", later)
    (after,) = done.batches
    assert after.corrects == before and done.edition is not None and value("cases.lodged") == (13, 13)
    assert Batch.objects.get(pk=before.pk).rows == before.rows
    last = Result.objects.filter(figure="cases.lodged").latest("id")
    assert last.because == "corrected" and last.supersedes.document["cells"][0][3] == 12
    assert Result.objects.filter(figure="cases.reopened").count() == 1, "what rests on other rows stands"
    (entry,) = logged("figures.corrected")
    said = {"table": "cases.lodgings", "through": "2026-03", "before": before.sha, "after": after.sha}
    assert entry.open.items() >= said.items()
    assert entry.told == {"reason": "one was left out"}
    page = client.get("/en/figures/cases.lodged/").content.decode()
    assert "one was left out" in page and before.sha in page and "rows were corrected" in page
    kept = client.get(f"/en/data/rows/{before.sha}.csv")
    assert b"".join(kept).decode() == before.rows and client.get("/en/data/rows/0.csv").status_code == 404
    assert [each.wrong for each in invariants() if each.about == "figures"] == [[], [], []]
    actions.compute_all(APRIL + timedelta(days=40))
    assert value("cases.lodged") == (13, 13)


def test_published_rows_hold_nothing_of_a_person(march: None) -> None:
    actions.compute_all(APRIL)
    numbers = [*Case.objects.values_list("number", flat=True)]
    for table in queries.table_list():
        content = queries.table_text(table.table.id)
        assert content is not None and content.sha == table.sha
        for word in (*numbers, people.CHEN["name"], people.CHEN["title"], "李（示例）", "2026-03-02"):
            assert word not in content.text
    assert queries.table_text("cases.in-hand") is None, "attested rows are not published"


def test_a_deadline_that_was_withdrawn_in_time_is_neither_kept_nor_missed(march: None) -> None:
    case = people.chen_asks(secret="late").case_id
    people.act(case, "accept", people.li(), people.MONDAY + timedelta(hours=1))
    people.act(case, "withdraw", people.actions.APPLICANT, people.MONDAY + timedelta(days=1))
    found = [fact.values for fact in counted.deadlines(None, APRIL) if fact.subject == case]
    assert [values[3] for values in found] == ["take-up"]
    assert [fact.values[3] for fact in counted.closed(None, APRIL) if fact.subject == case] == ["withdrawn"]


def test_time_that_was_waited_for_the_applicant_is_not_counted_by_the_law_but_in_fact(march: None) -> None:
    """Lodged on Monday, asked on Tuesday, supplied on Thursday, answered on Friday: 2 days, in fact 4."""
    case, li, day = people.chen_asks(secret="late").case_id, people.li(), timedelta(days=1)
    people.act(case, "accept", li, people.MONDAY + timedelta(hours=1))
    people.act(case, "ask", li, people.MONDAY + day)
    people.act(case, "supply", people.actions.APPLICANT, people.MONDAY + 3 * day)
    people.act(case, "answer", li, people.MONDAY + 4 * day)
    [fact] = [each for each in counted.answered(None, APRIL) if each.subject == case]
    assert fact.values == ("2026-03", people.UNIT, "consultation", 2, 4)


def test_every_declaration_holds_and_a_wrong_one_is_told(monkeypatch: Any) -> None:
    assert not every_declaration_holds()
    config = apps.get_app_config("oversight")
    wrong = next(iter(figures().values()))
    monkeypatch.setattr(config, "figures", [wrong], raising=False)
    said = " ".join(str(each.msg) for each in every_declaration_holds())
    assert "declared twice" in said and "begins with its capability" in said


def test_every_figure_that_a_matter_names_is_there() -> None:
    named = {risk.figure for matter in current().matters.values() for risk in matter.risks}
    assert not named - set(figures())


def test_every_cut_of_a_figure_can_be_read_aloud() -> None:
    for figure in figures().values():
        for cut in figure.cuts:
            assert queries.cut_title(cut) != cut, (figure.id, cut)
        assert set(figure.tables) <= set(tables())


def test_what_others_published_meanwhile_is_built_upon_and_not_published_twice(
    march: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute, times = actions._compute, []

    def computing(made: Any, tell: Any) -> Any:
        times.append(made.through)
        if len(times) == 1:
            assert actions.compute_all(APRIL) is not None
        return compute(made, tell)

    monkeypatch.setattr(actions, "_compute", computing)
    assert actions.compute_all(APRIL) is None, "all is as the other published it"
    assert len(times) == 3 and Edition.objects.count() == 1
    assert Batch.objects.count() == Batch.objects.values("table", "through").distinct().count()
