"""The second fence: without the rules of Python, the database holds back what is not the reader's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.access import building, fence, policies
from qinglian.capabilities.access.fencing import OPEN, SHUT
from qinglian.capabilities.access.policies import Reader, Thing
from qinglian.capabilities.cases.models import Case, CaseEvent, CaseText, Draft, Note
from qinglian.capabilities.cases.notes import write_note
from qinglian.capabilities.cases.views import desk
from qinglian.capabilities.files.models import FileUse
from qinglian.capabilities.ledger.models import EntryField
from qinglian.capabilities.notices.models import Notice
from qinglian.capabilities.parties.queries import members

postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="row-level security is PostgreSQL's; SQLite has no second fence"
)


@pytest.fixture
def two(db: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, people.Lodged]:
    """何's and 陈's cases, both with 李's unit; 钱 is of another unit, and has nothing."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(hours=2))
    people.units()
    li = people.li()
    people.qian()
    found = {"he": people.he_asks(), "chen": people.chen_asks()}
    for each in found.values():
        people.act(each.case_id, "accept", li, MONDAY + timedelta(hours=1))
        write_note(each.case_id, "a note inside", "internal", li.person_id or 0, li.roles, MONDAY)
    people.chen_fills_in()
    return found


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    around = fence.Fence()
    around.rise(reader, MONDAY.date())
    try:
        yield
    finally:
        around.fall()


def reader_of(name: str) -> Reader:
    from django.contrib.auth import get_user_model

    from qinglian.capabilities.parties.readers import reader

    return reader(get_user_model().objects.get(username=name), None, MONDAY.date(), strong=True)


CONTENT = (Case, CaseEvent, CaseText, Note, EntryField, Notice, Draft, FileUse)


@postgresql
def test_whoever_asks_without_any_filter_gets_the_own_rows_and_no_others(
    two: dict[str, people.Lodged],
) -> None:
    numbers = {each.number for each in two.values()}
    with reading(Reader()):
        assert [m.__name__ for m in CONTENT if m.objects.exists()] == []
    with reading(reader_of("qian")):
        assert [m.__name__ for m in CONTENT if m.objects.exists()] == []
    with reading(reader_of("li")):
        assert set(Case.objects.values_list("number", flat=True)) == numbers
        assert Note.objects.count() == 2 and CaseText.objects.exists() and EntryField.objects.exists()
        assert not Draft.objects.filter(case=None).exists()
    with reading(Reader(tracked=two["he"].case_id)):
        assert list(Case.objects.values_list("number", flat=True)) == [two["he"].number]
        assert set(CaseEvent.objects.values_list("case_id", flat=True)) == {two["he"].case_id}
        assert not Note.objects.exists()
    assert Case.objects.count() == 2 and not fence.is_up()  # afterwards, the platform itself again


@postgresql
def test_a_password_alone_opens_no_post_in_the_database_either(two: dict[str, people.Lodged]) -> None:
    weak = reader_of("li")
    with reading(Reader(True, weak.person_id, weak.name, weak.roles, strong=False, user_id=weak.user_id)):
        assert not Case.objects.exists() and not Note.objects.exists()


@postgresql
def test_what_is_about_somebody_is_shut_to_them_and_their_unit(two: dict[str, people.Lodged]) -> None:
    from qinglian.capabilities.cases.models import Concern

    li = reader_of("li")
    Concern.objects.create(case_id=two["he"].case_id, person_id=li.person_id, said_by="staff", since=MONDAY)
    with reading(li):
        assert list(Case.objects.values_list("number", flat=True)) == [two["chen"].number]
    Concern.objects.create(case_id=two["chen"].case_id, unit_id=people.UNIT, said_by="staff", since=MONDAY)
    with reading(li):
        assert not Case.objects.exists() and not CaseEvent.objects.exists()


@postgresql
def test_a_case_held_above_ones_clearance_is_not_there(two: dict[str, people.Lodged]) -> None:
    Case.objects.filter(pk=two["he"].case_id).update(sensitivity="sealed")
    Case.objects.filter(pk=two["chen"].case_id).update(sensitivity="a level that no zone knows")
    with reading(reader_of("li")):
        assert not Case.objects.exists() and not CaseEvent.objects.exists()


@postgresql
def test_nothing_is_written_while_the_fence_is_up(two: dict[str, people.Lodged]) -> None:
    from django.contrib.auth import get_user_model

    deeds: list[Callable[[], object]] = [
        lambda: Case.objects.update(title="changed"),
        lambda: Note.objects.all().delete(),
        lambda: list(get_user_model().objects.all()),  # shut: not even read
        lambda: list(Case.objects.raw("SELECT case_id AS id, text FROM cases_terms")),  # the search index
    ]
    for deed in deeds:
        with transaction.atomic():
            with reading(reader_of("li")), pytest.raises(ProgrammingError), transaction.atomic():
                deed()
    assert not Case.objects.filter(title="changed").exists()


@postgresql
def test_two_people_of_one_name_are_told_apart_behind_the_fence(two: dict[str, people.Lodged]) -> None:
    people._post("li2", "李（示例）", people.UNIT, "clerk")
    with reading(reader_of("li")):
        names = [name for _person, name in members([people.UNIT], MONDAY.date()) if name.startswith("李")]
    assert len(set(names)) == 2


@postgresql
def test_with_the_first_fence_broken_another_unit_still_sees_nothing(
    two: dict[str, people.Lodged], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate lets everybody to everything, and the desk takes its filters away: the page comes, empty."""
    from django.db.models import Q

    from qinglian.capabilities.cases import channels, queues, sight

    browser, number = people.browser("qian"), two["he"].number
    # The gate's judgement of things is the predicate `_stands_over`: it says yes from now on.
    for policy in ("cases.held", "cases.desk"):
        open_door = policies.Policy("unit", policies.has_account, policies.rules.always_true)
        monkeypatch.setitem(apps.get_app_config("cases").reads, policy, open_door)
    from qinglian.capabilities.access import endpoints

    endpoints.policies.cache_clear()
    try:
        for module in (queues, sight, channels):
            if hasattr(module, "in_sight"):
                monkeypatch.setattr(module, "in_sight", lambda _sight: Q())
        assert browser.get(f"/en/desk/{number}/").status_code == 404
        told = browser.get("/en/desk/").content.decode()
        assert number not in told and two["chen"].number not in told
        monkeypatch.setattr(fence, "stands", lambda: False)  # and it is the second fence that did it
        assert number in browser.get(f"/en/desk/{number}/").content.decode()
        assert number in browser.get("/en/desk/").content.decode()
    finally:
        endpoints.policies.cache_clear()


@postgresql
def test_a_view_that_asks_the_orm_for_everything_shows_the_reader_s_own(
    two: dict[str, people.Lodged], monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(request: HttpRequest) -> HttpResponse:
        request.passage.asked = True  # type: ignore[attr-defined]
        titles = [*Case.objects.values_list("title", flat=True), *Note.objects.values_list("text", flat=True)]
        return HttpResponse(" ".join(titles))

    careless.policy = "cases.desk"  # type: ignore[attr-defined]
    from qinglian.capabilities.cases import desk_urls

    (pattern,) = [each for each in desk_urls.urlpatterns if each.name == "desk"]
    monkeypatch.setattr(pattern, "callback", careless)
    assert people.HE["title"] in people.browser("li").get("/en/desk/").content.decode()
    assert people.browser("qian").get("/en/desk/").content == b""


@postgresql
def test_the_applicant_proves_a_case_by_its_code_within_the_request(two: dict[str, people.Lodged]) -> None:
    he, chen = two["he"], two["chen"]
    client = Client()
    good = client.get(f"/api/v1/cases/{he.number}", headers={"Case-Code": he.code})
    other = client.get(f"/api/v1/cases/{chen.number}", headers={"Case-Code": he.code})
    assert (good.status_code, other.status_code) == (200, 404)


@postgresql
def test_building_twice_changes_nothing_and_another_version_is_told(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert building.build() == building.state() == "stands"
    changed = building.rules() | {"cases_note": "false"}
    monkeypatch.setattr(building, "rules", lambda: changed)
    assert building.state() == "old"
    assert building.build() == "stands"


@postgresql
def test_a_role_that_cannot_be_made_or_taken_is_told_with_the_mend(
    two: dict[str, people.Lodged], settings: pytest.FixtureRequest
) -> None:
    from qinglian.faults import Fault

    settings.FENCE_ROLE = "Not A Role"  # type: ignore[attr-defined]
    with pytest.raises(Fault, match="names no role"):
        building.build()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE qinglian_weak NOLOGIN")
        cursor.execute("SET LOCAL ROLE qinglian_weak")
    try:
        settings.FENCE_ROLE = "qinglian_not_there"  # type: ignore[attr-defined]
        with pytest.raises(Fault, match="CREATE ROLE"):
            building.build()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def test_every_table_has_a_rule_and_every_rule_a_table() -> None:
    """A new table is thought about, or the platform does not start."""
    assert building.unnamed() == []
    real = {m._meta.db_table for m in apps.get_models(include_auto_created=True)}
    assert set(building.rules()) == real
    content = {table for table in real if table.startswith("cases_")}
    loose = {table for table in content if building.rules()[table] in (OPEN, SHUT)}
    assert loose == {
        f"cases_{n}" for n in ("matterversion", "numberseries", "pace", "calendarversion", "duty")
    }


def test_a_table_without_a_rule_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from qinglian.capabilities.access.checks import every_way_out_has_a_policy

    named = building.rules()
    named.pop("cases_note")
    monkeypatch.setattr(building, "rules", lambda: named)
    assert [e.id for e in every_way_out_has_a_policy() if "cases_note" in e.msg] == ["access.E004"]


def test_on_sqlite_requests_go_on_without_it(two: dict[str, people.Lodged]) -> None:
    if connection.vendor == "sqlite":
        assert building.build() == "nowhere" and not fence.stands()
    assert people.browser("li").get("/en/desk/").status_code == 200 and timezone.now()
    assert Thing() and desk
