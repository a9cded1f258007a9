"""Search: any two characters, either script, nothing that the reader is not cleared for."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests import people
from tests.capabilities.planted import plant, readers_of, zone_of_levels

from qinglian.capabilities.cases import comparing, finding, indexing, placing, searching, weighing
from qinglian.capabilities.cases.finding import found_cases
from qinglian.capabilities.cases.grams import folded, terms, words
from qinglian.capabilities.cases.indexing import index_case, rebuild_search
from qinglian.capabilities.cases.models import Case, CaseText
from qinglian.capabilities.cases.placing import marks, placed
from qinglian.capabilities.cases.searching import Search
from qinglian.capabilities.cases.sight import Sight
from qinglian.zone.current import current

postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite keeps the terms of a text and nothing else"
)
LATER = people.MONDAY + timedelta(hours=5)
CLERK = frozenset({"clerk"})
HAN = st.text(st.sampled_from("前海管理局企業业務务裡里乾干𠮷龘"), min_size=2, max_size=12)


def numbers(question: str, roles: frozenset[str] = CLERK, fresh: bool = True, **chosen: str) -> list[str]:
    found = found_cases(question, Sight({people.UNIT: roles}, fresh=fresh), chosen, LATER)
    return [row.number for row in found.rows]


@pytest.mark.parametrize(
    "question",
    [
        "共享",
        "享辦",
        "共享辦公室",
        "辦",
        "住所",
        "SHARED",
        "shared",
        "ｓｈａｒｅｄ off",
        "𠮷野",
        "住所 共享",
        "室可以登記",
    ],
)
def test_two_characters_of_either_script_find_the_case(units: None, question: str) -> None:
    lodged = people.chen_asks(title="共享办公室可以登记为住所吗？Shared office 𠮷野家")
    people.he_asks()
    assert numbers(question) == [lodged.number]


@pytest.mark.parametrize(
    "question", ["买买提艾力", "买买提·艾力", "買買提 • 艾力", "王芳", "王 芳", "芳王 二"]
)
def test_a_name_is_found_with_its_dot_or_space_and_without(units: None, question: str) -> None:
    lodged = people.chen_asks(title="买买提·艾力與王　芳", detail="芳\n王二")
    assert numbers(question) == ([] if question.startswith("芳王") else [lodged.number])


@pytest.mark.parametrize(
    "question", ["", "  ", "享共", "办公所", "共享 转递", "?!", "\x00", "'; DROP TABLE", '"', "*"]
)
def test_what_is_not_there_is_not_found(units: None, question: str) -> None:
    people.chen_asks(title="共享办公室可以登记为住所吗？")
    assert numbers(question) == []


def test_a_number_is_found_however_it_is_typed(units: None) -> None:
    lodged = people.chen_asks()
    people.he_asks()
    for typed in (lodged.number, lodged.number.lower(), f" {lodged.number} ", lodged.number.split("-")[2]):
        assert numbers(typed) == [lodged.number], typed


def test_what_is_written_later_is_found_and_what_no_longer_stands_is_not(units: None) -> None:
    lodged = people.chen_asks()
    assert numbers("盖章页") == []
    people.act(lodged.case_id, "accept", people.li(), LATER)
    people.act(lodged.case_id, "ask", people.li(), LATER, items="缺盖章页")
    assert numbers("蓋章頁") == [lodged.number]
    case = Case.objects.get(pk=lodged.case_id)
    case.title = case.answers["title"] = "改过的题目"
    case.save()
    index_case(case)
    assert numbers("改过") == [lodged.number] and numbers("登记为") == []


def test_the_facets_count_what_was_found_and_narrow_it_down(units: None) -> None:
    first, second, third = (people.chen_asks(secret=f"{n}", title=f"共享 {n}") for n in range(3))
    people.act(second.case_id, "accept", people.li(), LATER)
    found = found_cases("共享", Sight({people.UNIT: CLERK}, fresh=True), {"state": "received"}, LATER)
    assert {row.number for row in found.rows} == {first.number, third.number} and found.n == 2
    assert {each.value: (each.n, each.chosen) for each in found.facets["state"]} == {
        "received": (2, True),
        "handling": (1, False),
    }
    assert [each.value for each in found.facets["open"]] == ["yes"]


def test_no_word_is_found_by_whoever_may_not_read_it(
    units: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words that were planted at every level, asked for by every role: found exactly by its readers."""
    monkeypatch.setattr("qinglian.zone.current._zone", zone_of_levels(tmp_path))
    planted = plant()
    assert len({word.level for word in planted.words}) > 2
    for role in ("clerk", "head", "supervisor"):
        for word in planted.words:
            if word.text.startswith(("wpaper", "wnote")):
                continue  # names of files, and notes among the staff, are not searched
            readable = bool({role, f"{role}, signed in just now"} & set(readers_of(word)))
            seen = numbers(word.text, frozenset({role}))
            assert (planted.numbers[word.case] in seen) == readable, (role, word)
            confirmed = current().sensitivity[word.level].confirm
            assert not (confirmed and numbers(word.text, frozenset({role}), fresh=False)), word


def test_another_unit_finds_nothing(units: None) -> None:
    lodged = people.chen_asks()
    for question in ("登记", lodged.number):
        found = found_cases(question, Sight({people.OTHER_UNIT: CLERK}, fresh=True), {}, LATER)
        assert (found.rows, found.n) == ([], 0)


def test_the_index_made_anew_is_the_one_that_was_kept(units: None) -> None:
    lodged = people.chen_asks()
    people.act(lodged.case_id, "accept", people.li(), LATER)
    kept = list(CaseText.objects.order_by("id").values_list("case", "level", "text"))
    CaseText.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_terms (cases_terms) VALUES ('delete-all')"
            if connection.vendor == "sqlite"
            else "DELETE FROM cases_terms"
        )
    assert numbers("登记") == []
    assert rebuild_search() == 1
    assert sorted(CaseText.objects.values_list("case", "level", "text")) == sorted(kept)
    assert numbers("登记") == [lodged.number]


def test_whoever_waits_for_the_terms_of_all_texts_hears_how_far_they_are(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = [people.chen_asks(secret=f"t{n}").number for n in range(5)][-1]
    told: list[int] = []
    monkeypatch.setattr(indexing, "MANY", 2)
    assert indexing.lay_terms(told.append) == CaseText.objects.count() == sum(told)
    assert len(told) >= 3 and max(told) == 2 and number in numbers("登记")


def test_whoever_waits_for_cases_to_be_folded_again_hears_how_far_that_is(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [people.chen_asks(secret=f"t{n}") for n in range(5)]
    Case.objects.filter(pk=cases[3].case_id).update(state="handling")
    told: list[int] = []
    monkeypatch.setattr(comparing, "TOLD", 2)
    assert list(comparing.misfolded(told.append)) == [cases[3].number]
    assert told == [2, 2, 1]


QUESTIONS = ["共享", "办公室", "办", "Shared off", "offi", "ffice", "2026", "é", "ÉTÉ 住所", "住所 共享 办"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_how_a_search_is_gone_about_changes_nothing_but_the_way(
    units: None, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, title in enumerate(
        ["共享办公室 Shared office", "办公用品 officer", "backoffice 共 享", "été 住所 2026a", "vété"]
    ):
        people.chen_asks(secret=f"{n}", title=title)
    by_index = numbers(question)
    assert by_index or question in ("é", "ffice", "住所 共享 办")
    monkeypatch.setattr(weighing, "FEW", -1)
    monkeypatch.setattr(weighing, "SLOWER", 0)
    assert ways(question) == [False] * len(words(question))
    assert numbers(question) == by_index
    monkeypatch.setattr(weighing, "SLOWER", 10_000)
    assert all(ways(question)[:1])
    assert numbers(question) == by_index


def ways(question: str) -> list[bool]:
    """Of each word in turn: whether it is looked up in the index."""
    search = Search(question, Sight({people.UNIT: CLERK}, fresh=True), newest_first=True)
    return [bool(way.terms) for way in search.weighed.ways]


def test_enough_hits_among_the_newest_cases_are_the_newest_hits_of_all(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an old case is told today is found although its text is older than those of all newer cases."""
    lodged = [people.chen_asks(secret=f"{n}", title=f"共享办公室 {n % 3}") for n in range(12)]
    everything = numbers("共享")
    assert everything == [each.number for each in reversed(lodged)]
    monkeypatch.setattr(weighing, "WANTED", 2)
    monkeypatch.setattr(finding, "MOST", 2)
    monkeypatch.setattr(weighing, "FEW", 0)
    monkeypatch.setattr(weighing, "ENOUGH", 1)
    monkeypatch.setattr(weighing, "ASIDE", 4)
    monkeypatch.setattr(weighing, "SAMPLE", {connection.vendor: 12})
    search = Search("共享", Sight({people.UNIT: CLERK}, fresh=True), newest_first=True)
    assert search.weighed.since is not None
    assert search.weighed.since.case == lodged[-3].case_id
    parts = [set(Case.objects.filter(part).values_list("number", flat=True)) for part in search.parts()]
    assert parts == [set(everything[:2]), set(everything[2:])]
    found = found_cases("共享", Sight({people.UNIT: CLERK}, fresh=True), {}, LATER)
    assert ([row.number for row in found.rows], found.more) == (everything[:2], True)
    # among the newest only one is left in sight: all are asked then
    Case.objects.filter(pk__in=[each.case_id for each in lodged[-4:-1]]).update(
        unit_holding=people.OTHER_UNIT
    )
    found = found_cases("共享", Sight({people.UNIT: CLERK}, fresh=True), {}, LATER)
    assert [row.number for row in found.rows] == [everything[0], everything[4]]


@pytest.mark.parametrize("units_seen", [[people.UNIT], [people.OTHER_UNIT], [people.UNIT, people.OTHER_UNIT]])
@pytest.mark.parametrize("apart", [0, 8])
def test_what_is_found_is_what_a_walk_through_all_cases_finds(
    units: None, units_seen: list[str], apart: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of few units and of many, among the newest and among all, after cases were passed on."""
    for each, value in {"WANTED": 2, "FEW": 0, "ENOUGH": 1, "ASIDE": 3, "SLOWER": 10_000}.items():
        monkeypatch.setattr(weighing, each, value)
    monkeypatch.setattr(weighing, "SAMPLE", {connection.vendor: 14})
    monkeypatch.setattr(finding, "MOST", 2)
    monkeypatch.setattr(placing, "BITS", (1, 2, 4))
    monkeypatch.setattr(placing, "LATELY", 2)
    for room in (weighing, searching):
        monkeypatch.setattr(room, "APART", apart)
    titles = ["共享办公室", "办公室共享", "共享办公用品", "办公 共享", "住所登记"]
    for n in range(20):
        people.chen_asks(secret=f"{n}", title=titles[n * n % 5])
    Case.objects.filter(pk__in=Case.objects.order_by("pk").values_list("pk", flat=True)[2:20:3]).update(
        unit_holding=people.OTHER_UNIT
    )
    everything = list(Case.objects.filter(unit_holding__in=units_seen).order_by("-pk"))
    sight = Sight(dict.fromkeys(units_seen, CLERK), fresh=True)
    for question in (
        "共享",
        "办公室",
        "共享办公",
        "办公室共享",
        "共享 办公室",
        "住所 共享",
        "共享办公室住所",
    ):
        asked = question.split()
        hits = [case.number for case in everything if all(_holds(case, word) for word in asked)]
        found = found_cases(question, sight, {}, LATER)
        assert ([row.number for row in found.rows], found.more) == (hits[:2], len(hits) > 2), question
        all_hits = Case.objects.filter(Search(question, sight).all()).order_by("-pk")
        assert list(all_hits.values_list("number", flat=True)) == hits, question


def _holds(case: Case, word: str) -> bool:
    return any(word in text for text in case.texts.values_list("text", flat=True))


@given(st.integers(0, 1 << 24), st.integers(0, 1 << 24), st.integers(0, 1 << 22))
def test_the_texts_since_one_are_named_by_few_terms(text: int, first: int, more: int) -> None:
    """Without a database: all from the first on and as good as none before it, by terms that they have."""
    last = first + more
    asked = set(placed([], first, last).replace("&", " ").replace("|", " ").translate(_NO_MARKS).split())
    assert len(asked) <= 2 * (1 << 4) + (more >> placing.BITS[-1]) + 3
    named = bool(asked & set(marks(text, "desk")))
    if first and first <= text <= last + placing.LATELY:
        assert named
    if text < first - (1 << placing.BITS[0]):
        assert not named


_NO_MARKS = str.maketrans("", "", "()'")


def _rows() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text_id, case_id, level, text, body::text FROM cases_terms ORDER BY text_id")
        return list(cursor.fetchall())


@postgresql
def test_the_index_keeps_step_with_texts_and_units_and_is_laid_the_same_by_a_migration(units: None) -> None:
    lodged = [people.chen_asks(secret=f"{n}", title=f"共享办公室 {n}") for n in range(4)]
    people.act(lodged[0].case_id, "accept", people.li(), LATER)
    Case.objects.filter(pk=lodged[1].case_id).update(unit_holding=people.OTHER_UNIT)
    people.act(lodged[0].case_id, "ask", people.li(), LATER, items="缺盖章页")
    kept = _rows()
    assert sum(f"'u{people.OTHER_UNIT}'" in str(row[-1]) for row in kept) == 2
    indexing.lay_terms()
    assert _rows() == kept
    migration = import_module("qinglian.capabilities.cases.migrations.0021_terms_and_text")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # tables with events pending are not changed
    with connection.schema_editor() as editor:
        migration.narrow(None, editor)
        with connection.cursor() as cursor:
            cursor.execute("SELECT text_id, body::text FROM cases_terms ORDER BY text_id")
            narrow = cursor.fetchall()
        assert [row[0] for row in narrow] == [row[0] for row in kept]
        assert narrow[0][1] == " ".join(f"'{term}'" for term in sorted(set(terms(str(kept[0][3])))))
        migration.widen(None, editor)
    assert _rows() == kept
    Case.objects.filter(pk=lodged[1].case_id).update(unit_holding=people.UNIT)
    assert numbers("共享办公室") == [each.number for each in reversed(lodged)]


@given(HAN, st.data())
def test_every_part_of_a_text_is_found_by_its_terms(text: str, data: st.DataObject) -> None:
    """Without a database: the terms of a part follow each other in the terms of the whole."""
    start = data.draw(st.integers(0, len(text) - 2))
    part = text[start : data.draw(st.integers(start + 2, len(text)))]
    (word,) = words(part)
    whole, n = terms(folded(text)), len(word.terms)
    assert any(tuple(whole[i : i + n]) == word.terms for i in range(len(whole)))


@given(st.text(max_size=60))
def test_no_text_upsets_the_cutting(text: str) -> None:
    for each in terms(folded(text)):
        assert each.isascii() and each.isalnum()
    assert all(word.terms for word in words(text))


def test_the_same_sign_is_simplified_alike_wherever_it_stands() -> None:
    assert folded("乾隆") == folded("乾")[0] + folded("隆")
    assert folded("ＡＢＣ香港裡裏衞") == "abc香港里里卫"
