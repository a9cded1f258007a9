"""Archives and documents that are archives: bombs, macros, what is embedded and what is fetched."""

from __future__ import annotations

import io
import zipfile

import pytest
from tests.capabilities import hostile as h
from tests.capabilities.hostile import DOC, GOOD, OLE, RELS, SHEET, refused

from qinglian.capabilities.files.confining import inspected
from qinglian.capabilities.files.inspection import limits
from qinglian.capabilities.files.inspection import refusals as no
from qinglian.capabilities.files.inspection.inspecting import inspect
from qinglian.capabilities.files.inspection.kinds import KINDS
from qinglian.capabilities.files.queries import told_name
from qinglian.faults import Fault

pytestmark = pytest.mark.once

MACRO_TYPE = h.MAIN.replace("document.main", "document.macroEnabled.main")
UTF_16 = '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")
OFFICE = {
    "macros by a part": (DOC | {"word/vbaProject.bin": b"x"}, no.MACROS),
    "macros by the type": (h.document(MACRO_TYPE), no.MACROS),
    "macros by a relationship": (
        DOC | {RELS: h.relations(("vbaProject", "other.bin", False))}, no.MACROS),
    "ActiveX": (DOC | {"word/activeX/activeX1.xml": "<a/>"}, no.INSIDE),
    "OLE by folder": (DOC | {"word/embeddings/x.bin": b"x"}, no.INSIDE),
    "OLE by content": (DOC | {"word/media/x.bin": OLE}, no.INSIDE),
    "program": (DOC | {"word/media/image1.png": b"MZ\x90"}, no.INSIDE),
    "archive": (DOC | {"word/media/a.png": h.zipped({"a": "a"})}, no.INSIDE),
    "chunk of a web page": (
        DOC | {RELS: h.relations(("aFChunk", "a.mht", False))}, no.INSIDE),
    "picture from elsewhere": (
        DOC | {RELS: h.relations(("image", "http://x/a.png", True))}, no.FETCHES),
    "template from elsewhere": (
        DOC | {"word/_rels/settings.xml.rels": h.relations(("attachedTemplate", "file:///x", True))},
        no.FETCHES),
    "a sheet of old macros": (SHEET | {"xl/macrosheets/sheet1.xml": "<a/>"}, no.MACROS),
    "a link to a program": (
        DOC | {RELS: h.relations(("hyperlink", "javascript:alert(1)", True))}, no.LINKS),
    "a link to a file of the reader's": (
        DOC | {RELS: h.relations(("hyperlink", "file:///c:/windows/system32/calc.exe", True))}, no.LINKS),
    "a link to another machine's files": (
        DOC | {RELS: h.relations(("hyperlink", "\\\\host\\share\\a.exe", True))}, no.LINKS),
    "another workbook": (SHEET | {"xl/externalLinks/externalLink1.xml": "<a/>"}, no.INSIDE),
    "DDE in pieces": (
        h.document(body="<w:instrText>DD</w:instrText><w:instrText>EAUTO c:\\cmd</w:instrText>"), no.FETCHES),
    "DDE in one": (h.document(body='<w:fldSimple w:instr=" DDE x "/>'), no.FETCHES),
    "entities": (
        DOC | {"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, no.DAMAGED),
    "another encoding": (
        DOC | {"word/document.xml": UTF_16}, no.DAMAGED),
    "very deep": (DOC | {"word/document.xml": "<a>" * 9000 + "</a>" * 9000}, no.DAMAGED),
    "not XML": (DOC | {"word/document.xml": "<a>"}, no.DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize("name", OFFICE)
def test_a_document_that_could_act_or_fetch_is_refused(name: str) -> None:
    parts, why = OFFICE[name]
    data = h.zipped(parts)
    suffix = "xlsx" if "xl/workbook.xml" in parts else "docx"
    assert refused(data, suffix) == why
    assert refused(data, "docm") in (no.MACROS, no.MISMATCH)


def test_a_document_may_have_links_that_somebody_presses() -> None:
    parts = DOC | {RELS: h.relations(("hyperlink", "https://example.com", True))}
    parts |= {"word/document.xml": str(DOC["word/document.xml"]).replace("w:t>", "w:instrText>")}
    assert inspect(h.zipped(parts), "docx", KINDS).kind == "docx"


def test_an_invoice_may_bring_its_xml_and_nothing_that_acts() -> None:
    head = '<?xml version="1.0" encoding="UTF-8"?><ofd:Actions xmlns:ofd="http://www.ofdspec.org/2016">'
    assert (
        inspect(h.zipped(h.ofd(**{"Doc_0/Attachs/original_invoice.xml": "<a/>"})), "ofd", KINDS).kind == "ofd"
    )
    film = h.ofd(**{"Doc_0/Pages/a.xml": f"{head}<ofd:Movie/></ofd:Actions>"})
    assert refused(h.zipped(film), "ofd") == no.ACTIVE
    assert refused(h.zipped(h.ofd(**{"Doc_0/Attachs/a.exe": b"x"})), "ofd") == no.INSIDE


def test_archives_are_measured_before_they_are_unpacked() -> None:
    steep = h.zipped(DOC | {"word/media/a.xml": bytes(30_000_000)})
    many = h.zipped({f"{n}.txt": "" for n in range(limits.PARTS + 1)})
    large = h.zipped({f"{n}.txt": b"x" * 50_000_000 for n in range(5)})
    for bomb in (steep, many, large):
        assert len(bomb) < 1_000_000
        assert refused(bomb) == no.PACKED_MUCH


def test_a_size_that_an_archive_lies_about_is_not_believed() -> None:
    """The directory says one byte; the part unpacks to ten million."""
    data = bytearray(h.zipped(DOC | {"word/media/a.xml": b"a" * 10_000_000}))
    place = data.rfind(b"word/media/a.xml")
    data[place - 46 + 24 : place - 46 + 28] = (1).to_bytes(4, "little")
    assert refused(bytes(data), "docx") == no.DAMAGED


def test_archives_out_of_order_are_refused() -> None:
    good = h.zipped(DOC)
    assert refused(h.overlapping(), "docx") in (no.TWO_KINDS, no.DAMAGED)
    assert refused(good + b"appended", "docx") in (no.TWO_KINDS, no.DAMAGED)
    assert refused(good[:-40], "docx") == no.DAMAGED
    shifted = good[:4] + b"A" * 99 + good[4:]
    assert refused(shifted, "docx") in (no.TWO_KINDS, no.DAMAGED)
    gap = io.BytesIO()
    with zipfile.ZipFile(gap, "w") as made:
        for name, data in DOC.items():
            made.writestr(name, data)
            made.fp.write(b"hidden bytes that belong to no part at all")
            made.start_dir = made.fp.tell()
    assert refused(gap.getvalue(), "docx") == no.TWO_KINDS


@pytest.mark.parametrize("name", ["../a.txt", "/a.txt", "C:/a.txt", "a/../../b.txt", "a\\b.txt", "a\nb.txt"])
def test_names_that_lead_out_of_an_archive_are_refused(name: str) -> None:
    assert refused(h.zipped({name: "a", "b.txt": "b"})) == no.PACKED_NAMES


def test_double_names_links_and_passwords_are_refused() -> None:
    assert refused(h.zipped({"a.txt": "a", "A.TXT": "b"})) == no.PACKED_NAMES
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("a.txt")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    assert refused(out.getvalue()) == no.PACKED_NAMES
    locked = bytearray(h.zipped({"a.txt": "a"}))
    locked[6] |= 1
    place = locked.rfind(b"PK\x01\x02")
    locked[place + 8] |= 1
    assert refused(bytes(locked)) == no.PACKED_LOCKED


def test_an_archive_comes_in_only_with_parts_that_come_in_by_themselves() -> None:
    found = inspected(h.zipped({"a/photo.jpg": GOOD["jpg"], "b.pdf": GOOD["pdf"]}), "zip", KINDS).data
    with zipfile.ZipFile(io.BytesIO(found)) as made:
        assert made.namelist() == ["a/photo.jpg", "b.pdf"]
        assert h.SECRET.encode() not in made.read("a/photo.jpg")
        assert {each.date_time for each in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert refused(h.zipped({"a.exe": b"MZ"}), "zip") == no.UNKNOWN
    assert refused(h.zipped({"a.pdf": h.pdf_with("/OpenAction", h.action("Launch"))}), "zip") == no.ACTIVE
    nested = h.zipped({"a.zip": h.zipped({"b.zip": h.zipped({"c.txt": "c"})})})
    assert refused(nested, "zip") == no.PACKED_AGAIN
    assert refused(h.zipped({"a.dat": GOOD["zip"]}), "zip") in (no.MISMATCH, no.NOT_TAKEN)
    assert refused(GOOD["zip"], "zip", ("pdf",)) == no.NOT_TAKEN


def test_what_is_wrong_in_an_archive_is_told_of_the_part() -> None:
    with pytest.raises(Fault) as found:
        inspected(h.zipped({"好/一.pdf": GOOD["pdf"], "好/二.exe": b"MZ" + bytes(20)}), "zip", KINDS)
    assert found.value.params["part"] == "好/二.exe"
    assert told_name("材料.zip", found.value) == "材料.zip › 二.exe"
    assert told_name("材料.zip", Fault(no.EMPTY)) == "材料.zip"


@pytest.mark.parametrize("suffix", ["pptx", "odt", "pages"])
def test_a_document_of_another_program_is_not_called_a_damaged_one(suffix: str) -> None:
    """It was saved well: what helps is to know which kinds are taken."""
    with pytest.raises(Fault) as found:
        inspect(h.zipped({"content.xml": "<a/>"}), suffix, KINDS)
    assert found.value.template == no.NOT_TAKEN and found.value.params["kind"] == suffix
    assert refused(h.zipped({"content.xml": "<a/>"}), "docx") == no.MISMATCH


def test_what_a_system_lays_beside_the_files_is_left_out() -> None:
    given = {"a.txt": "a", "__MACOSX/._a.txt": b"\0\5\x16\7", ".DS_Store": b"\0\0\0\1Bud1", "Thumbs.db": OLE}
    with zipfile.ZipFile(io.BytesIO(inspected(h.zipped(given), "zip", KINDS).data)) as made:
        assert made.namelist() == ["a.txt"]
    assert refused(h.zipped({".DS_Store": b"\0\0\0\1Bud1"}), "zip") == no.EMPTY


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("申请表 一.txt", "gb18030"),
        ("申請表功課.txt", "big5hkscs"),
        ("申請書.txt", "utf-8"),
        ("镕基的申请.txt", "gb18030"),
    ],
)
def test_chinese_names_are_read_as_the_system_wrote_them(name: str, encoding: str) -> None:
    """Windows packs names in its language's encoding; in Big5 a sign may hold what looks like a backslash."""
    raw = name.encode(encoding)
    stand_in = "n" * len(raw)
    data = h.zipped({stand_in: "a"}).replace(stand_in.encode(), raw)
    with zipfile.ZipFile(io.BytesIO(inspected(data, "zip", KINDS).data)) as made:
        assert made.namelist() == [name] and made.read(name) == b"a"
    out = h.zipped({"nnnnn": "a"}).replace(b"nnnnn", b"../\xc9\xea")
    assert refused(out) == no.PACKED_NAMES
