"""Letters and receipts on paper: read back sign by sign from the PDF itself, and never a blank."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import people
from tests.capabilities.desk_zone import act, lodge
from tests.people import MONDAY

from qinglian.capabilities.cases import actions
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.printed import Sheet, lacks, pdf

ROOT = Path(__file__).parents[2]
SYSTEM_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
LACKING = "Printed as numbers:"
SHEET = Sheet(
    language="zh-hant",
    title="不予同意",
    number="QS-2026-000009-2/L1",
    day=date(2026, 11, 30),
    said="2026年11月30日",
    over="前海（演示） · 市場監管機構（示例）",
)


def _unicode(font: pikepdf.Object) -> dict[int, str]:
    """Glyph → text, as the font's own table says."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        for glyph, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = bytes.fromhex(text).decode("utf-16-be")
            for n in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + n] = start[:-1] + chr(ord(start[-1]) + n)
    return found


def _shown(stream: pikepdf.Object, resources: pikepdf.Object) -> str:
    """What the operators of one stream show; a form is read where it is drawn."""
    fonts = {name: _unicode(font) for name, font in dict(resources.get("/Font", {})).items()}
    text, font = "", {}
    for instruction in pikepdf.parse_content_stream(stream):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "Tf":
            font = fonts[str(operands[0])]
        elif operator == "Do":
            form = resources.XObject[str(operands[0])]
            if form.get("/Subtype") == "/Form":
                text += _shown(form, form.get("/Resources", resources))
        elif operator in ("Tj", "TJ"):
            parts = operands[0] if operator == "TJ" else operands
            for part in parts:
                if isinstance(part, pikepdf.String):
                    glyphs = bytes(part)
                    for place in range(0, len(glyphs), 2):
                        glyph = int.from_bytes(glyphs[place : place + 2])
                        assert glyph != 0, f"a blank box after {text[-20:]}"
                        text += font[glyph]
    return text


def read(content: bytes) -> str:
    """Everything on every page, without spaces."""
    with pikepdf.open(io.BytesIO(content)) as document:
        pages = [_shown(page.obj, page.obj.Resources) for page in document.pages]
    return "".join("".join(pages).split())


def close(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_everything_stands_on_the_paper(language: str) -> None:
    sheet = replace(
        SHEET,
        language=language,
        body="何𠮷·J. 設計（示例）有限公司：\n\n**理由。** 舖位㗎嘢\\\n第二行 \\# \\*x\\*\n\n1. 一\n2. 二\n",
        rows=[("收到的內容", "第一行\n第二行"), ("Matter", "Enterprise request")],
        foot=["指紋："],
        fingerprint="ab" * 32,
        mark="演示",
        address="http://localhost:8000/",
    )
    found = read(pdf(sheet, LACKING))
    expected = """
        不予同意
        QS-2026-000009-2/L1
        2026年11月30日
        前海（演示） · 市場監管機構（示例）
        何𠮷·J. 設計（示例）有限公司：
        理由。舖位㗎嘢第二行#*x*
        收到的內容
        第一行第二行
        Enterprise request
        指紋：
        演示
        1 / 1
    """
    for text in [*expected.strip().splitlines(), "ab" * 32]:
        assert close(text) in found
    assert LACKING not in found


def faces(content: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(content)) as document:
        fonts = [font for page in document.pages for font in page.obj.Resources.Font.values()]
        return sorted({str(font.BaseFont).partition("-")[2].partition("-")[0] for font in fonts})


def test_what_is_stressed_has_the_bold_face_or_none_of_its_signs_has() -> None:
    """Never a thickened regular, and never half a word in bold: 𠮷 and 㗎 are in the regular face alone."""
    plain = replace(SHEET, title="何𠮷")
    assert faces(pdf(plain, LACKING)) == faces(pdf(replace(plain, body="**㗎嘢**"), LACKING)) == ["Regular"]
    for stressed in ("**理由。** 一", "## 救濟途徑", "**Reason.** One", "1. **一**"):
        assert faces(pdf(replace(plain, body=stressed), LACKING)) == ["Bold", "Regular"]


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert pdf(replace(SHEET, body="一"), LACKING) == pdf(replace(SHEET, body="一"), LACKING)
    assert pdf(replace(SHEET, body="一"), LACKING) != pdf(replace(SHEET, body="二"), LACKING)


@pytest.mark.parametrize(
    "text",
    ["#let x = 1", '#read("page.typ")', "$x^2$", "]{)(", "= 標題", "@ref <x>", "\\u{41}", "// x", "`a`"],
)
def test_what_people_wrote_is_no_markup_of_typst(text: str) -> None:
    sheet = replace(SHEET, title=text, rows=[(text, text)], foot=[text], over=text)
    assert read(pdf(sheet, LACKING)).count(close(text)) >= 4


def test_a_sign_that_the_font_lacks_is_printed_as_its_number_and_named_at_the_foot() -> None:
    assert lacks("𰻞一😀龘") == ["𰻞", "😀"]
    found = read(pdf(replace(SHEET, body="店名𰻞𰻞😀", rows=[("名稱", "𰻞")]), LACKING))
    assert "店名〔U+30EDE〕〔U+30EDE〕〔U+1F600〕" in found and "名稱〔U+30EDE〕" in found
    assert close(f"{LACKING} U+1F600, U+30EDE") in found or close(f"{LACKING} U+30EDE, U+1F600") in found


@pytest.mark.skipif(
    not SYSTEM_FONT.exists(), reason="no whole Noto Sans CJK here: a folder of fonts was not tried"
)
def test_a_folder_of_fonts_holds_what_ours_lacks(tmp_path: Path) -> None:
    os.symlink(SYSTEM_FONT, tmp_path / SYSTEM_FONT.name)
    rare = "㿉"
    assert lacks(rare) == [rare] and lacks(rare, str(tmp_path)) == []
    found = read(pdf(replace(SHEET, body=f"店名{rare}"), LACKING, str(tmp_path)))
    assert f"店名{rare}" in found and "U+" not in found


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_whatever_somebody_writes_is_printed_without_a_blank(text: str) -> None:
    """Other scripts, controls, emoji: a glyph for each, or its number. (Two signs may share one glyph.)"""
    found = read(pdf(replace(SHEET, rows=[("x", text)]), LACKING))
    assert not [sign for sign in lacks(text) if f"〔U+{ord(sign):04X}〕" not in found]
    plain = [sign for sign in text if sign.isascii() and sign.isalnum()]
    assert not [sign for sign in plain if sign not in found]


def test_a_long_letter_goes_on_over_pages() -> None:
    content = pdf(replace(SHEET, body="\n\n".join(["很長的理由。" * 60] * 20)), LACKING)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages) > 3
    assert read(content).count("由") == 1200, "phrases may end on the next page"


def test_it_says_its_language_and_title_and_asks_for_no_font() -> None:
    with pikepdf.open(io.BytesIO(pdf(SHEET, LACKING))) as document:
        assert str(document.Root.Lang) == "zh-HK"
        assert str(document.docinfo.get("/Title")) == "不予同意 QS-2026-000009-2/L1"
        assert b"pdfaid" in document.Root.Metadata.read_bytes()
        for page in document.pages:
            for font in dict(page.obj.Resources.Font).values():
                inside = font.DescendantFonts[0].FontDescriptor
                assert "/FontFile3" in inside or "/FontFile2" in inside, "the font comes along"


def test_the_font_holds_whatever_the_platform_writes_itself() -> None:
    files = [*ROOT.glob("src/qinglian/locale/*/LC_MESSAGES/*.po"), *ROOT.glob("zones/**/*.*")]
    text = "".join(sorted({sign for path in files for sign in path.read_text("utf-8")}))
    missing = lacks(text)
    assert missing == [], "cut the font anew: python tools/font.py NotoSansCJK-Regular.ttc"


@pytest.mark.django_db
@pytest.mark.usefixtures("desk_pack")
def test_the_letter_and_the_receipt_are_kept_by_whoever_may_read_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(hours=1))
    lodged = lodge("permit", name="何𰻞（示例）", title="铺位的申请")
    act(lodged.case_id, "accept", people.li())
    act(lodged.case_id, "grant", people.li(), answer="可以。")
    case = Case.objects.get(pk=lodged.case_id)
    holder, place = Client(), f"/zh-hans/cases/track/{case.number}"
    holder.post(
        "/zh-hans/cases/track/", {"number": case.number, "code": actions.code_from(f"permit {MONDAY}")}
    )
    for address, expected in (
        (
            f"{place}/letters/1/pdf/",
            ["准予", "可以。", case.letters.get().sha, "何〔U+30EDE〕（示例）", "2026年3月2日"],
        ),
        (f"{place}/receipt/1/pdf/", ["回执", "铺位的申请", case.number, "何〔U+30EDE〕（示例）"]),
    ):
        answer = holder.get(address)
        assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf"
        assert re.fullmatch(r'inline; filename="[\w-]+\.pdf"', answer.headers["Content-Disposition"])
        found = read(answer.content)
        assert not [text for text in expected if close(text) not in found]
        assert Client().get(address).status_code == 302
        page = holder.get(address.removesuffix("pdf/"))
        assert address in page.content.decode()
    assert holder.get(f"{place}/letters/2/pdf/").status_code == 404
    assert holder.get(f"{place}/receipt/2/pdf/").status_code == 404, "what the unit did has no receipt"
    on_desk = f"/zh-hans/desk/{case.number}/letters/1/pdf/"
    people.qian()
    assert people.browser("li").get(on_desk).status_code == 200
    assert people.browser("qian").get(on_desk).status_code == 404
