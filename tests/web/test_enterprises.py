"""Enterprises and their merges on the pages of staff: who sees which row, and two people for every merge."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.apps import apps
from django.test import Client
from tests import people
from tests.people import MONDAY
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.interests import actions as interests
from qinglian.capabilities.interests.models import DeclaredTie
from qinglian.capabilities.parties import actions, queries
from qinglian.capabilities.parties.directory import spellings
from qinglian.capabilities.parties.models import Enterprise, EnterpriseName, Identifier, MergeProposal

Browser = Callable[[str], Client]
CODE = "91350100M000100Y43"
WHERE = (people.UNIT, "internal")
DAY = MONDAY.date()


def state(name: str, number: str = "", place: str = "CN", where: tuple[str, str] | None = WHERE) -> int:
    return actions.state_enterprise(place, number, name, MONDAY, where=where)


def register(name: str, code: str = CODE) -> int:
    """As reading a register in leaves it."""
    row = Enterprise.objects.create(place="CN", status="registered", stated_at=MONDAY, district="前海")
    EnterpriseName.objects.create(enterprise=row, script="zh-Hans", name=name)
    Identifier.objects.create(
        enterprise=row, kind="uscc", value=code, checked=True, source="登记机关（示例）"
    )
    return row.pk


def confirmed_just_now(client: Client) -> Client:
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session.save()
    return client


def of_long_ago(client: Client) -> Client:
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
    session.save()
    return client


def text(client: Client, path: str) -> str:
    response = client.get(f"/en/desk/{path}")
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", Page(response).text)


@pytest.fixture
def pair(units: None) -> tuple[int, int]:
    return state("青禾贸易（示例）", CODE), state("Qinghe Trading (example)", CODE)


def test_a_name_is_found_in_any_script_and_width(signed_in: Browser) -> None:
    li = signed_in("li")
    state("陈记茶业（示例）有限公司")
    state("東亞貿易（示例）", place="HK")
    state("Qinghe Trading (example)")
    for words, found in [
        ("陈记", "陈记茶业"), ("(示例)有限", "陈记茶业"), ("ｑｉｎｇｈｅ", "Qinghe"), ("qinghe", "Qinghe"),
        ("東亞", "東亞貿易"), ("91350100", None), ("无此", None),
    ]:  # fmt: skip
        told = text(li, f"enterprises/?words={words}")
        assert (found in told) if found else "Nothing was found" in told, words


def test_the_other_script_is_found_where_opencc_is_there(signed_in: Browser) -> None:
    pytest.importorskip("opencc")
    li = signed_in("li")
    state("東亞貿易（示例）", place="HK")
    state("东亚贸易（示例）")
    for words in ("东亚贸易", "東亞貿易"):
        told = text(li, f"enterprises/?words={words}")
        assert "東亞貿易（示例）" in told and "东亚贸易（示例）" in told


def test_without_opencc_a_name_is_sought_as_typed_and_half_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qinglian.capabilities.parties.directory._conversions", lambda: ())
    assert spellings("  ＡＢ（示例）") == ["AB(示例)", "AB（示例）", "ＡＢ（示例）"]


def test_a_number_is_found_however_it_is_typed(signed_in: Browser, pair: tuple[int, int]) -> None:
    li = signed_in("li")
    state("何記（示例）", "12345678-000-01-26-1", place="HK")
    assert "青禾贸易" in text(li, "enterprises/?words=9135 0100-m000100y43")
    for typed in ("12345678", "12345678-000-01-26-1"):
        assert "何記" in text(li, f"enterprises/?words={typed}")


def test_many_are_paged_and_none_is_lost(signed_in: Browser) -> None:
    li = signed_in("li")
    made = [state(f"第{n}家（示例）") for n in range(45)]
    seen, address = [], "/en/desk/enterprises/"
    while address:
        page = Page(li.get(address))
        hrefs = [str(a["href"]) for a in page.all("a")]
        seen += [int(m[1]) for h in hrefs if (m := re.fullmatch(r"/en/desk/enterprises/(\d+)/", h))]
        further = next((h for h in hrefs if h.startswith("?") and "before=" in h), None)
        address = f"/en/desk/enterprises/{further}" if further else ""
    assert seen == sorted(made, reverse=True)


def test_empty_states_say_so(signed_in: Browser) -> None:
    li = signed_in("li")
    assert "No enterprise is known here" in text(li, "enterprises/")
    assert "Nothing waits for a decision" in text(li, "merges/")


@pytest.mark.parametrize(
    ("where", "who_sees"),
    [
        (None, set()),
        ((people.UNIT, "open"), {"li", "wang", "zhao"}),
        ((people.UNIT, "confidential"), {"li", "zhao"}),
        ((people.OTHER_UNIT, "internal"), {"qian"}),
    ],
)
def test_what_was_only_stated_is_seen_where_it_was_stated(
    signed_in: Browser, where: tuple[str, str] | None, who_sees: set[str]
) -> None:
    row = state("青禾贸易（示例）", where=where)
    for name in ("li", "wang", "zhao", "qian"):
        client = signed_in(name)
        assert ("青禾贸易" in text(client, "enterprises/")) == (name in who_sees), name
        for path in (f"enterprises/{row}/", f"merges/propose/?first={row}"):
            status = client.get(f"/en/desk/{path}").status_code
            assert status == (200 if name in who_sees else 404), (name, path)


def test_what_a_register_holds_every_member_of_staff_sees(signed_in: Browser) -> None:
    row = register("青禾贸易（示例）")
    for name in ("li", "wang", "qian"):
        assert "青禾贸易" in text(signed_in(name), f"enterprises/{row}/")


def test_a_case_says_where_its_applicant_was_stated(signed_in: Browser) -> None:
    people.chen_asks()
    assert "陈记茶业" in text(signed_in("li"), "enterprises/")
    assert "陈记茶业" not in text(signed_in("qian"), "enterprises/")


def test_the_page_tells_names_numbers_representatives_and_marks(
    signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = signed_in("li")
    row = register("青禾贸易（示例）")
    EnterpriseName.objects.create(enterprise_id=row, script="en", kind="trading", name="Qinghe (example)")
    Identifier.objects.create(enterprise_id=row, kind="hk-br", value="12345678", source="stated")
    people.may_speak(row, people.li(), since=DAY, until=DAY + timedelta(days=30), sealed="e-1")
    words = {"class-z": "class Z of the year"}
    monkeypatch.setattr(apps.get_app_config("parties"), "marks", words, raising=False)
    actions.post_standing(row, "class-z", DAY, DAY + timedelta(days=9), "第五十六条", "c-1")
    actions.post_standing(row, "class-y", DAY - timedelta(days=9), DAY - timedelta(days=1), "第一条", "c-2")
    told = text(li, f"enterprises/{row}/")
    for said in (
        "Qinghe (example)", "trading name", "Simplified Chinese",
        "It fits its own check character", "no published check character", "登记机关（示例）", "前海",
        "power of attorney", "may speak now", "sealed reference", "1 April 2026",
        "class Z of the year", "unknown", "counts neither for nor against", "11 March 2026", "第五十六条",
    ):  # fmt: skip
        assert said in told, said
    assert "e-1" not in told and "class-y" not in told


def test_a_page_of_an_enterprise_names_no_case_and_no_tie(signed_in: Browser) -> None:
    lodged = people.chen_asks()
    li = signed_in("li")
    row = Enterprise.objects.get().pk
    DeclaredTie.objects.create(
        person_id=people.wang().person_id, kind="creditor", enterprise_id=row, declared_at=MONDAY
    )
    told = text(li, f"enterprises/{row}/")
    assert lodged.number not in told and "王（示例）" not in told and "creditor" not in told


def test_two_people_merge_and_the_second_shows_a_code_first(
    signed_in: Browser, pair: tuple[int, int]
) -> None:
    keep, drop = pair
    li, zhao = signed_in("li"), of_long_ago(signed_in("zhao"))
    address = f"/en/desk/merges/propose/?first={drop}&second={keep}"
    told = re.sub(r"\s+", " ", Page(li.get(address)).text)
    assert "differs" in told and "the same" in told
    assert li.post(address, {"keep": keep}).status_code == 422
    assert li.post(address, {"keep": keep, "reason": "同一执照"}).status_code == 302
    proposal = MergeProposal.objects.get()
    assert (proposal.keep_id, proposal.drop_id) == (keep, drop)

    page = f"/en/desk/merges/{proposal.pk}/"
    assert "You proposed this, so you do not decide it" in text(li, f"merges/{proposal.pk}/")
    confirmed_just_now(li).post(page, {"decision": "confirm"})
    answer = zhao.post(page, {"decision": "confirm"})
    assert "/account/confirm/" in answer.headers["Location"] and page in answer.headers["Location"].replace(
        "%2F", "/"
    )
    assert MergeProposal.objects.get().outcome == ""

    confirmed_just_now(zhao).post(page, {"decision": "confirm"})
    assert MergeProposal.objects.get().outcome == "confirmed"
    told = text(li, f"enterprises/{keep}/")
    assert "Confirmed by 赵（示例）" in told and "同一执照" in told and "merged into this" in told
    assert "This row is merged into another" in text(li, f"enterprises/{drop}/")


def test_an_undo_is_proposed_and_decided_like_a_merge(signed_in: Browser, pair: tuple[int, int]) -> None:
    li, zhao = confirmed_just_now(signed_in("li")), confirmed_just_now(signed_in("zhao"))
    done = interests.merge_enterprises(*pair, people.li().person_id or 0, "同一执照", MONDAY)
    zhao.post(f"/en/desk/merges/{done}/", {"decision": "confirm"})
    assert zhao.post(f"/en/desk/merges/{done}/undo/", {"reason": " "}).status_code == 422
    assert zhao.post(f"/en/desk/merges/{done}/undo/", {"reason": "两家"}).status_code == 302
    undo = MergeProposal.objects.get(undoes=done)
    assert "An undo is proposed already" in text(li, f"merges/{done}/")
    li.post(f"/en/desk/merges/{undo.pk}/", {"decision": "confirm"})
    assert queries.enterprise(pair[1]).id == pair[1]
    assert "was undone later" in text(li, "merges/") and "Propose to undo" not in text(li, f"merges/{done}/")


def test_declining_changes_nothing(signed_in: Browser, pair: tuple[int, int]) -> None:
    zhao = confirmed_just_now(signed_in("zhao"))
    proposal = interests.merge_enterprises(*pair, people.li().person_id or 0, "同一执照", MONDAY)
    assert zhao.post(f"/en/desk/merges/{proposal}/", {"decision": "perhaps"}).status_code == 404
    zhao.post(f"/en/desk/merges/{proposal}/", {"decision": "decline"})
    assert queries.enterprise(pair[1]).id == pair[1]
    assert "Declined by 赵（示例）" in text(zhao, "merges/")


def test_a_merge_of_which_one_row_is_out_of_sight_is_not_there(signed_in: Browser) -> None:
    seen, other = state("青禾（示例）"), state("青禾二（示例）", where=(people.OTHER_UNIT, "internal"))
    proposal = interests.merge_enterprises(seen, other, people.zhao().person_id or 0, "同一执照", MONDAY)
    li = signed_in("li")
    assert "同一执照" not in text(li, "merges/") + text(li, f"enterprises/{seen}/")
    assert li.get(f"/en/desk/merges/{proposal}/").status_code == 404
    assert li.get(f"/en/desk/merges/propose/?first={seen}&second={other}").status_code == 404


def test_a_tie_to_a_colleague_is_declared_by_choosing_one(signed_in: Browser) -> None:
    li, wang = signed_in("li"), people.wang().person_id
    page = Page(li.get("/en/ties/"))
    assert "王（示例）" in page.text and not page.all("option", value=str(people.li().person_id))
    wrong = li.post("/en/ties/", {"colleague-kind": "close-relative", "colleague-other": "999"})
    assert wrong.status_code == 422 and not DeclaredTie.objects.exists()
    holds_everywhere(wrong, "en")
    said = {"colleague-kind": "close-relative", "colleague-other": str(wang), "colleague-since": ""}
    assert li.post("/en/ties/", said).status_code == 302
    tie = DeclaredTie.objects.get()
    assert (tie.person_id, tie.other_id, tie.enterprise_id) == (people.li().person_id, wang, None)
    assert "王（示例）" in Page(li.get("/en/ties/")).text


def test_the_pages_stand_in_three_languages(signed_in: Browser, pair: tuple[int, int], language: str) -> None:
    li = signed_in("li")
    by = people.li().person_id or 0
    waiting = interests.merge_enterprises(*pair, by, "同一执照", MONDAY)
    first = f"first={pair[0]}"
    for path in (
        "enterprises/", "enterprises/?words=none", f"enterprises/{pair[0]}/", "merges/", f"merges/{waiting}/",
        "merges/propose/", f"merges/propose/?{first}&words=q", f"merges/propose/?{first}&second={pair[1]}",
    ):  # fmt: skip
        page = holds_everywhere(li.get(f"/{language}/desk/{path}"), language)
        levels = [int(tag[1]) for tag, _has in page.tags if re.fullmatch("h[1-6]", tag)]
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_rows_with_one_number_lead_to_each_other_and_are_joined_by_nobody(signed_in: Browser) -> None:
    """Two rows are right: a stated number proves nothing. Neither is said to be in no register."""
    registered, stated = register("清水科技有限公司"), state("清水科技（示例）", CODE)
    other = state("别家（示例）", CODE, where=(people.OTHER_UNIT, "internal"))
    li = signed_in("li")
    for one, its in ((registered, stated), (stated, registered)):
        page = Page(li.get(f"/en/desk/enterprises/{one}/"))
        assert page.all("a", href=f"/en/desk/enterprises/{its}/")
        assert page.all("a", href=f"/en/desk/merges/propose/?first={one}&second={its}")
        assert not page.all("a", href=f"/en/desk/enterprises/{other}/"), "stated where this reader looks not"
        assert "in no register" not in page.text
    alone = Page(li.get(f"/en/desk/enterprises/{state('无号（示例）')}/"))
    assert "the same number" not in alone.text
