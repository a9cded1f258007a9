"""The ways of a journey: asking, following, answering. Texts are found in the pack, never in a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect
from tests.journeys.visitor import ATTRIBUTE, Visitor

from qinglian.zone import Matter
from qinglian.zone.current import current

TITLE = {
    "zh-hans": "香港公司的公证文书由谁转递？",
    "zh-hant": "香港公司的公證文書由誰轉遞？",
    "en": "Who passes on the notarised papers of a Hong Kong company?",
}
ANSWER = {
    "zh-hans": "演示答复：请向服务中心查询。",
    "zh-hant": "演示答覆：請向服務中心查詢。",
    "en": "Demonstration answer: ask at the centre.",
}


@dataclass(frozen=True)
class Kept:
    """What the visitor wrote down."""

    number: str
    code: str


def matter() -> Matter:
    return current().matters["consultation"]


def arrives(visitor: Visitor) -> None:
    """By the bare address, then in the visitor's own language, then to the service."""
    page = visitor.page
    page.goto("/")
    other = "en" if visitor.language != "en" else "zh-Hans"
    page.locator(f'a[hreflang="{other}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    page.locator(f'a[hreflang="{ATTRIBUTE[visitor.language]}"]').click()
    visitor.looks("front")
    page.locator('main a[href$="/cases/"]').first.click()
    visitor.looks("matters")
    page.get_by_role("link", name=matter().title.say(visitor.language)).first.click()
    visitor.looks("matter")


def says_who(visitor: Visitor) -> None:
    """First nothing at all, then the answers: what is wrong is told beside its field."""
    visitor.sends()
    visitor.looks("who")
    visitor.sends()
    expect(visitor.page.locator(".summary")).to_be_visible()
    visitor.looks("who-again")
    visitor.page.locator('.summary a[href="#id_name"]').click()
    expect(visitor.page.locator("#id_name")).to_be_focused()
    fields, language = matter().fields, visitor.language
    for key, value in (("kind", "individual"), ("place", "HK")):
        option = next(o for o in fields[key].options if o.value == value)
        group = visitor.page.get_by_role("group", name=fields[key].label.say(language))
        group.get_by_role("radio", name=option.label.say(language)).check()
    visitor.page.get_by_label(fields["name"].label.say(language)).fill("何（示例）")
    visitor.sends()


def asks(visitor: Visitor) -> None:
    """The topic brings up one more question; what was written before it is still there."""
    title = TITLE[visitor.language]
    visitor.looks("question")
    visitor.chooses("topic", "cross-border")
    visitor.writes("title", title)
    visitor.writes("detail", f"{title}\n2")
    expect(visitor.page.locator('input[name="side"]')).to_have_count(0)
    visitor.sends()
    expect(visitor.page.locator('input[name="side"]')).to_have_count(3)
    expect(visitor.page.locator('[name="title"]')).to_have_value(title)
    visitor.looks("question-more")
    visitor.chooses("side", "HK")
    visitor.sends()


def checks_and_lodges(visitor: Visitor) -> Kept:
    page = visitor.page
    expect(page.locator("dl.facts").last).to_contain_text(TITLE[visitor.language])
    visitor.looks("check")
    page.locator('a[href$="/who/?change"]').click()
    expect(page.locator('[name="name"]')).to_have_value("何（示例）")
    visitor.sends()
    page.wait_for_url("**/check/")
    visitor.sends()
    page.wait_for_url("**/cases/lodged/")
    number, code = page.locator(".big.code").all_inner_texts()
    visitor.looks("lodged")
    visitor.sends()
    page.wait_for_url(f"**/cases/track/{number}/")
    return Kept(number, code)


def lodges_quickly(visitor: Visitor) -> Kept:
    """The same answers, without looking right and left."""
    visitor.goes("cases/new/consultation/")
    visitor.sends()
    for name, value in (("kind", "individual"), ("place", "HK")):
        visitor.chooses(name, value)
    visitor.writes("name", "何（示例）")
    visitor.sends()
    visitor.chooses("topic", "other")
    visitor.writes("title", TITLE[visitor.language])
    visitor.writes("detail", TITLE[visitor.language])
    visitor.sends()
    visitor.sends()
    visitor.page.wait_for_url("**/cases/lodged/")
    number, code = visitor.page.locator(".big.code").all_inner_texts()
    visitor.sends()
    visitor.page.wait_for_url(f"**/cases/track/{number}/")
    return Kept(number, code)


def lodges(visitor: Visitor) -> Kept:
    arrives(visitor)
    says_who(visitor)
    asks(visitor)
    return checks_and_lodges(visitor)


def sees(visitor: Visitor, state: str, due: bool) -> None:
    """Whose turn it is, and until when where a unit's clock runs."""
    title = matter().states[state].title.say(visitor.language)
    expect(visitor.page.locator(".turn")).to_contain_text(title)
    expect(visitor.page.locator(".clock > h2 time")).to_have_count(1 if due else 0)


def follows(visitor: Visitor, kept: Kept) -> None:
    """With number and code, typed as somebody types who is in a hurry."""
    visitor.goes("cases/track/")
    visitor.looks("track")
    visitor.writes("number", kept.number.lower())
    visitor.writes("code", "0" * 12)
    visitor.sends()
    expect(visitor.page.locator(".summary")).to_be_visible()
    visitor.looks("track-again")
    visitor.writes("code", kept.code.replace("-", "").lower())
    visitor.sends()
    visitor.page.wait_for_url(f"**/cases/track/{kept.number}/")


def signs_in(visitor: Visitor, name: str = "li") -> None:
    """By the sign-in page; a second time with the cookies of the first: checking a password takes long."""
    visitor.goes("desk/")
    visitor.looks("sign-in")
    key = visitor.site, name
    if key not in _SIGNED_IN:
        _signs_in_by_password(visitor, name)
        _SIGNED_IN[key] = visitor.context.cookies()
    visitor.context.add_cookies(_SIGNED_IN[key])
    assert visitor.goes("desk/").url.endswith("/desk/")


_SIGNED_IN: dict[tuple[str, str], list[Any]] = {}


def _signs_in_by_password(visitor: Visitor, name: str) -> None:
    password = visitor.page.locator("main p b.code").inner_text()
    visitor.writes("login", name)
    visitor.writes("password", "wrong")
    visitor.sends()
    expect(visitor.page.locator(".summary")).to_be_visible()
    visitor.looks("sign-in-again")
    visitor.writes("login", name)
    visitor.writes("password", password)
    visitor.sends()
    visitor.page.wait_for_url("**/sign-in/code/")
    visitor.looks("sign-in-code")
    visitor.writes("code", visitor.page.locator(f"#code-of-{name}").inner_text())
    visitor.sends()
    visitor.page.wait_for_url("**/desk/")


def opens(visitor: Visitor, number: str) -> None:
    visitor.goes("desk/")
    visitor.page.locator(f'a[href$="/desk/{number}/"]').first.click()
    visitor.page.wait_for_url(f"**/desk/{number}/")
