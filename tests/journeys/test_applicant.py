"""An owner from Hong Kong, on a phone, in traditional Chinese: puts aside, goes on, asks, takes back."""

from __future__ import annotations

import email
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from email import policy
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.visitor import Visitor

Somebody = Callable[..., Visitor]
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
NEW = "cases/new/consultation/"
NAME = "何𠮷 (𬭎)"


def begins_and_puts_aside(he: Visitor) -> None:
    """Half of the first step, then aside: what was typed is there."""
    he.goes(NEW)
    he.sends()
    he.chooses("kind", "individual")
    he.writes("name", NAME)
    he.page.locator('button[name="later"]').click()
    he.page.wait_for_url("**/keep/")
    he.looks("keep")


def code_of(he: Visitor) -> str:
    he.page.locator("main form button").first.click()
    code = he.page.locator(".big.code").inner_text()
    he.looks("keep-code")
    return code


def file_of(he: Visitor, folder: Path) -> Path:
    with he.page.expect_download() as waiting:
        he.page.locator("a[download]").click()
    file = folder / "draft.json"
    waiting.value.save_as(file)
    return file


def goes_on_and_lodges(he: Visitor) -> steps.Kept:
    """From wherever the first answer is missing."""
    expect(he.page.locator('[name="name"]')).to_have_value(NAME)
    he.chooses("place", "HK")
    he.sends()
    he.chooses("topic", "other")
    he.writes("title", steps.TITLE["zh-hant"] + "🙏🏽")
    he.writes("detail", steps.TITLE["zh-hant"])
    he.sends()
    he.sends()
    he.page.wait_for_url("**/cases/lodged/")
    number, code = he.page.locator(".big.code").all_inner_texts()
    he.sends()
    he.page.wait_for_url(f"**/cases/track/{number}/")
    return steps.Kept(number, code)


def checks_the_receipt(he: Visitor, number: str, folder: Path) -> None:
    """Read on the phone, then checked by the command without the platform."""
    he.page.locator(f'a[href$="/{number}/receipt/1/"]').click()
    expect(he.page.locator("dd.code").first).to_have_text(f"{number}/1")
    expect(he.page.locator("main")).to_contain_text(NAME)
    record = he.page.locator(f'a[href$="/{number}/record/1/"]')
    for _again in range(40):  # the worker enters it in the log
        if record.count():
            break
        time.sleep(0.5)
        he.page.reload()
    he.looks("receipt")
    with he.page.expect_download() as waiting:
        record.click()
    file, keys = folder / "record.json", folder / "keys.toml"
    waiting.value.save_as(file)
    assert NAME in file.read_text("utf-8")
    he.goes("log/check/")
    with he.page.expect_download() as waiting:
        he.page.locator('a[href$="keys.toml"]').click()
    waiting.value.save_as(keys)
    command = [sys.executable, "-m", "qinglian", "verify", file, "--trust", keys]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.slow
def test_the_owner_goes_on_from_code_and_file_and_follows_the_case(
    somebody: Somebody, tmp_path: Path
) -> None:
    he, li = somebody("zh-hant", **PHONE), somebody("zh-hant", axe=False)
    begins_and_puts_aside(he)
    file, code = file_of(he, tmp_path), code_of(he)
    assert json.loads(file.read_text("utf-8"))["v"] == "draft/1"
    elsewhere = somebody("zh-hant", **PHONE)
    elsewhere.goes("cases/resume/")
    elsewhere.looks("resume")
    elsewhere.writes("code", "0000-0000-0000")
    elsewhere.sends()
    elsewhere.looks("resume-again")
    elsewhere.writes("code", code)
    elsewhere.sends()
    kept = goes_on_and_lodges(elsewhere)
    checks_the_receipt(elsewhere, kept.number, tmp_path)
    he.goes("cases/resume/")
    he.page.locator('input[name="draft"]').set_input_files(file)
    he.page.locator('form[action$="/resume/file/"] button').click()
    second = goes_on_and_lodges(he)
    he.looks("status-new")
    he.acts("withdraw")
    steps.sees(he, "withdrawn", due=False)
    he.looks("status-withdrawn")
    assert second.number != kept.number
    _is_asked_and_supplies(elsewhere, li, kept)


def _is_asked_and_supplies(he: Visitor, li: Visitor, kept: steps.Kept) -> None:
    steps.signs_in(li)
    steps.opens(li, kept.number)
    li.acts("accept")
    li.acts("ask", items="公證文書副本")
    he.goes(f"cases/track/{kept.number}/")
    expect(he.page.locator(".clock > h2 b").first).to_be_visible()
    he.acts("supply", detail="已補交 🙏🏽")
    steps.sees(he, "handling", due=True)
    before = he.page.locator(".clock > h2 time").get_attribute("datetime")
    he.acts("letter", message="請問何時有答覆？𠮷")
    expect(he.page.locator("#thread .said")).to_have_text("請問何時有答覆？𠮷")
    he.page.locator('form[action$="/person/"] button').click()
    expect(he.page.locator('form[action$="/person/"]')).to_have_count(0)
    assert he.page.locator(".clock > h2 time").get_attribute("datetime") == before
    he.looks("status-thread")
    steps.opens(li, kept.number)
    li.acts("letter", message="今天下午。")
    he.page.reload()
    expect(he.page.locator("#thread")).to_contain_text("今天下午。")
    he.page.locator('form[action$="/calendar/"] button').first.click()
    address = he.page.locator(".hashes").inner_text()
    he.looks("calendar-address")
    body = he.context.request.get(f"{he.site}{re.sub(r'^https?://[^/]+', '', address)}").text()
    assert body.startswith("BEGIN:VCALENDAR") and kept.number in body and NAME not in body


@pytest.mark.slow
def test_an_account_is_made_on_the_phone_and_holds_the_case(somebody: Somebody, letters: Path) -> None:
    he = somebody("zh-hant", **PHONE)
    he.goes("sign-up/")
    he.looks("sign-up")
    address = f"he-{time.time_ns()}@example.com"
    he.writes("email", address)
    he.writes("password1", "a long enough password")
    he.sends()
    he.page.wait_for_url("**/sign-up/code/")
    he.looks("sign-up-code")
    he.writes("code", _code(letters, address))
    he.sends()
    he.page.wait_for_url("**/cases/mine/")
    he.looks("mine-empty")
    kept = steps.lodges_quickly(he)
    he.goes("cases/mine/")
    expect(he.page.locator("table")).to_contain_text(kept.number)
    he.looks("mine")


def _code(folder: Path, address: str) -> str:
    for file in sorted(folder.glob("*.eml"), key=lambda each: each.stat().st_mtime, reverse=True):
        letter = email.message_from_bytes(file.read_bytes(), policy=policy.default)
        if letter["To"] == address:
            found = re.search(r"[:：]\s*([A-Z0-9-]{6,})", letter.get_content())
            assert found is not None
            return found[1]
    raise AssertionError(f"no letter to {address}")
