"""The matters of Qianhai: each is filled in and lodged as a visitor would, and its guide is what it does."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils.translation import override

from qinglian.capabilities.cases.guide import _OFFERED, as_offered, guide_of
from qinglian.capabilities.cases.models import Case, Decision
from qinglian.capabilities.cases.rules import allowed, values_of
from qinglian.zone import Field, load
from qinglian.zone.current import current
from qinglian.zone.matter import KINDS
from qinglian.zone.sections.soundness import TAKEN_ACTIONS, TAKEN_STEPS

ZONE = load(Path(__file__).parents[2] / "zones" / "qianhai")
MATTERS = sorted(ZONE.matters)
TYPED = {"regno": "12345678", "email": "he@example.com", "phone": "+852 2345 6789", "date": "2026-03-02"}


def posted(field: Field) -> dict[str, Any]:
    """What a visitor from Hong Kong would send for a field of this type."""
    if field.key == "place":
        return {"place": "HK"}
    match field.type:
        case "choice" | "multi-choice" | "codes":
            return {field.key: field.words[0]}
        case "yes-no":
            return {field.key: "true"}
        case "money":
            return {field.key: "1,200.50", f"{field.key}-currency": field.currencies[-1]}
        case "address":
            return {f"{field.key}-region": "深圳", f"{field.key}-street": "某路1号（示例）"}
        case "undertaking":
            return {field.key: "agreed"}
        case "files":
            return {}
    return {field.key: TYPED.get(field.type, "何氏（示例）有限公司")}


@pytest.mark.django_db
@pytest.mark.parametrize("matter_id", MATTERS)
def test_each_matter_is_filled_in_and_lodged(units: None, matter_id: str) -> None:
    matter = current().matters[matter_id]
    client = Client()
    client.post(f"/zh-hant/cases/new/{matter_id}/begin/")
    for step in matter.steps:
        there = f"/zh-hant/cases/new/{matter_id}/{step.id}/"
        assert client.get(there).status_code == 200
        sent = {name: value for field in step.fields for name, value in posted(field).items()}
        answer = client.post(there, sent | {"shown": [field.key for field in step.fields]})
        assert answer.status_code == 302, html.unescape(answer.content.decode())
    assert client.get(f"/zh-hant/cases/new/{matter_id}/check/").status_code == 200
    assert (
        client.post(f"/zh-hant/cases/new/{matter_id}/check/").headers["Location"].endswith("/cases/lodged/")
    )
    case = Case.objects.get()
    assert case.number.startswith(f"{matter.prefix}-") and case.turn == "unit" and case.due is not None
    if matter_id == "support-request":
        assert Decision.objects.get(case=case).outcome == "look", "an unknown firm is looked at by a person"
    if matter_id == "service-complaint":
        assert case.unit_holding_id == "integrity-station"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("matter_id", MATTERS)
def test_the_guide_says_what_the_matter_does(units: None, matter_id: str, language: str) -> None:
    matter = current().matters[matter_id]
    page = html.unescape(Client().get(f"/{language}/cases/new/{matter_id}/").content.decode())
    for text in (
        *(field.label for field in matter.fields.values()),
        *(clock.title for clock in matter.clocks.values()),
        *(clock.basis.cite for clock in matter.clocks.values()),
        *(basis.cite for basis in matter.basis),
        *(risk.point for risk in matter.risks),
    ):
        assert text.say(language) in page
    with override(language):
        guide = guide_of(matter, current().matters)
        for decider in guide.deciders:
            assert decider.action.title.say(language) in page and all(each in page for each in decider.how)
        assert all(sentence in page for risk in guide.risks for sentence in risk.controls)
    for field in matter.fields.values():
        if field.undertaking:
            assert field.undertaking.text.say(language).strip().split("\n")[0] in page
    assert {"en": "no figure yet", "zh-hans": "尚无数字", "zh-hant": "尚無數字"}[language] in page


def test_no_step_and_no_action_takes_an_address_of_something_else() -> None:
    """The words that a pack may not use are those that stand beside steps and actions in addresses."""
    steps, acts = set(), set()
    for prefix, pattern in _addresses(get_resolver()):
        if found := re.fullmatch(r".*cases/new/<slug:matter_id>/(\w+)/", prefix + pattern):
            steps.add(found[1])
        if found := re.fullmatch(r".*(?:cases/track|desk)/<str:number>/(\w+)/", prefix + pattern):
            acts.add(found[1])
    assert steps == set(TAKEN_STEPS) and acts == set(TAKEN_ACTIONS)


def _addresses(resolver: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        if hasattr(each, "url_patterns"):
            yield from _addresses(each, prefix + str(each.pattern))
        else:
            yield prefix, str(each.pattern)


def test_whoever_may_appeal_finds_the_way_and_no_unit_hears_its_own() -> None:
    matters = ZONE.matters
    for each in (
        "consultation",
        "enterprise-request",
        "service-complaint",
        "data-correction",
        "support-request",
    ):
        assert [other.id for other in guide_of_plain(each)] == ["appeal"]
    assert matters["appeal"].unit not in {matters[r.matter].unit for r in matters["appeal"].related}


def test_what_one_asks_for_is_offered_before_what_one_complains_about() -> None:
    kinds = [each.kind for each in as_offered(ZONE.matters)]
    assert kinds[0] == "consultation" and kinds[-2:] == ["complaint", "appeal"]
    assert len(kinds) == len(ZONE.matters) and set(_OFFERED) == set(KINDS)


@pytest.mark.django_db
def test_the_guide_says_who_receives_what_the_own_unit_may_not(client: Client) -> None:
    for matter, named in (
        ("appeal", "审计机构（示例）、廉洁监督机构（示例）"),
        ("service-complaint", "审计机构（示例）"),
    ):
        page = client.get(f"/zh-hans/cases/new/{matter}/").content.decode()
        assert named in page, matter


def guide_of_plain(matter_id: str) -> list[Any]:
    return [
        other
        for other in ZONE.matters.values()
        if any(r.matter == matter_id and r.relation == "appeal-of" for r in other.related)
    ]


def test_every_number_of_the_law_carries_article_and_day_and_the_rest_say_they_are_chosen() -> None:
    for matter in ZONE.matters.values():
        for clock in matter.clocks.values():
            if clock.basis.kind == "law":
                assert clock.basis.article and clock.basis.checked
            else:
                assert "演示片区" in clock.basis.cite.hans


@pytest.mark.parametrize("matter_id", MATTERS)
def test_what_is_missing_is_asked_once_and_a_second_time_by_a_head_alone_who_says_why(matter_id: str) -> None:
    matter = ZONE.matters[matter_id]
    asking = [each for each in matter.actions.values() if "items" in each.needs]
    assert [each.id for each in asking] == ["ask", "ask-again"]
    assert all(each.limit == 1 for each in asking)
    (state,) = set(asking[1].from_) & {"handling"}

    def may(roles: set[str], **done: int) -> set[str]:
        taken = {key.replace("_", "-"): n for key, n in done.items()}
        return {"ask", "ask-again"} & set(
            allowed(matter, state, roles, taken, values_of(matter, {}, {}, roles))
        )

    assert may({"clerk"}) == {"ask"} and may({"head"}) == set(), "the first list is the desk's"
    assert may({"clerk"}, ask=1) == set() and may({"head"}, ask=1) == {"ask-again"}
    assert may({"clerk", "head"}, ask=1, ask_again=1) == set(), "and a third time does not exist"
    assert {"reason", "basis", "remedy"} <= set(asking[1].needs)


def test_no_matter_of_the_pack_is_a_licence_and_so_silence_accepts_nothing() -> None:
    """行政许可法 art. 32 takes silence for acceptance, where a licence is asked for; the pack says so."""
    assert not any(
        clock.silence and clock.silence.basis for m in ZONE.matters.values() for clock in m.clocks.values()
    )
    assert not any("行政许可" in basis.cite.hans for m in ZONE.matters.values() for basis in m.basis)
    assert "第三十二条" in (ZONE.root / "SOURCES.md").read_text("utf-8")
