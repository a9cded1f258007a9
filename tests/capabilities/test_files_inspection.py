"""Hostile files, each built in its test: what is refused, why, and what is left of a photograph."""

from __future__ import annotations

import io
import time
import zlib

import pikepdf
import pytest
from PIL import Image
from tests.capabilities import hostile as h
from tests.capabilities.hostile import GOOD, OLE, refused

from qinglian.capabilities.files.confining import inspected
from qinglian.capabilities.files.inspection import limits
from qinglian.capabilities.files.inspection import refusals as no
from qinglian.capabilities.files.inspection.inspecting import inspect
from qinglian.capabilities.files.inspection.kinds import KINDS, SUFFIXES
from qinglian.faults import Fault

pytestmark = pytest.mark.once


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_that_is_taken_comes_in(kind: str) -> None:
    for suffix in ("", *SUFFIXES[kind]):
        if suffix or kind not in ("csv",):
            assert inspected(GOOD[kind], suffix, KINDS).kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_documents_come_in_byte_for_byte(kind: str) -> None:
    same = inspect(GOOD[kind], kind, KINDS).data == GOOD[kind]
    assert same == (kind not in ("jpg", "png", "webp", "zip"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_the_field_does_not_take_is_named(kind: str) -> None:
    with pytest.raises(Fault, match="send one of these: ") as found:
        inspect(GOOD[kind], kind, tuple(k for k in KINDS if k != kind))
    assert found.value.params["kind"] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_cannot_make_a_file_something_else(kind: str) -> None:
    wrong = {"jpg": "png", "txt": "docx"}.get(kind, "jpg")
    assert refused(GOOD[kind], wrong) == no.MISMATCH
    assert refused(GOOD[kind], "html") == no.MISMATCH
    assert refused(GOOD[kind], "exe") == no.MISMATCH


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
def test_a_photograph_keeps_its_points_and_nothing_else(kind: str) -> None:
    given = GOOD[kind] + b"appended " + h.zipped({"a.txt": "a"})
    assert h.SECRET.encode() in given
    found = inspected(given, kind, KINDS).data
    for trace in (h.SECRET, "Telephone", "appended", "Exif", "adobe", "PK\x03\x04"):
        assert trace.encode() not in found
    with Image.open(io.BytesIO(found)) as image:
        assert image.size == (40, 60), "the turn that EXIF asked for is applied"
        assert not image.getexif() and not {"exif", "icc_profile", "comment", "XML:com.adobe.xmp"} & set(
            image.info
        )
        upright = Image.open(io.BytesIO(GOOD[kind])).transpose(Image.Transpose.ROTATE_270).convert("RGB")
        close = [abs(a - b) for a, b in zip(upright.tobytes(), image.convert("RGB").tobytes(), strict=True)]
        assert sum(close) / len(close) < (0.01 if kind == "png" else 20)


def test_the_same_photograph_gives_the_same_bytes() -> None:
    assert inspected(GOOD["jpg"], "jpg", KINDS) == inspected(GOOD["jpg"], "jpeg", KINDS)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_in_every_mode_come_through(mode: str) -> None:
    out = io.BytesIO()
    image = Image.new(mode, (3, 2))
    image.save(out, "PNG", **({"transparency": 0} if mode == "P" else {}))
    with Image.open(io.BytesIO(inspect(out.getvalue(), "png", KINDS).data)) as found:
        assert found.size == (3, 2)
        assert ("A" in found.mode) == (mode in ("LA", "RGBA", "P"))


def test_colours_of_a_printer_become_those_of_a_screen() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(out, "JPEG")
    with Image.open(io.BytesIO(inspect(out.getvalue(), "jpg", KINDS).data)) as found:
        assert found.mode == "RGB" and found.getpixel((4, 4))[0] > 200


def test_a_png_cut_short_is_damaged() -> None:
    for end in (9, 33, 60, len(GOOD["png"]) - 100):
        assert refused(GOOD["png"][:end], "png") in (no.DAMAGED, no.UNKNOWN)


def test_a_bomb_of_points_is_refused_by_its_header() -> None:
    bomb, before = h.bomb_of_points(), time.monotonic()
    assert len(bomb) < 10_000
    with pytest.raises(Fault) as found:
        inspected(bomb, "png", KINDS)
    assert found.value.template == no.PICTURE_LARGE and found.value.params["points"] == 3600
    assert time.monotonic() - before < 5


def test_a_moving_picture_is_refused() -> None:
    for kind in ("PNG", "WEBP"):
        out = io.BytesIO()
        h.noise().save(out, kind, save_all=True, append_images=[h.noise()])
        assert refused(out.getvalue()) == no.MOVING


WHOLE_FILE = {
    "empty": (b"", "pdf", no.EMPTY),
    "svg": (b'<?xml version="1.0"?><svg xmlns="x" onload="alert(1)"/>', "svg", no.MARKUP),
    "svg as png": (b"<svg/>", "png", no.MARKUP),
    "html as jpg": (b"\n <!DOCTYPE html><script>alert(1)</script>", "jpg", no.MARKUP),
    "html later in a text": (b"hello <script>alert(1)</script>", "txt", no.MARKUP),
    "html in utf-16": ("<html>".encode("utf-16"), "txt", no.MARKUP),
    "program": (b"MZ\x90\0" + bytes(100), "pdf", no.UNKNOWN),
    "script": (b"#!/bin/sh\nrm -rf /", "txt", no.UNKNOWN),
    "old Word, or a docx with a password": (OLE + bytes(600), "docx", no.OLD_OFFICE),
    "gif": (b"GIF89a" + bytes(20), "jpg", no.UNKNOWN),
    "rar": (b"Rar!\x1a\x07\0" + bytes(20), "zip", no.UNKNOWN),
    "text with a NUL": (b"a\0b", "txt", no.UNKNOWN),
    "pdf within a text": (b"see %PDF-1.7", "txt", no.TWO_KINDS),
    "formula": (b"a,b\n1,=HYPERLINK(\"http://x\")", "csv", no.FORMULA),
    "formula after a tab": (b"a;b\n1;\t=1+1", "csv", no.FORMULA),
    "command": (b"a\n+cmd|' /C calc'!A0", "csv", no.FORMULA),
    "at": (b"a\n@SUM(1)", "csv", no.FORMULA),
    "full-width sign": ("a,b\n1,＝1+1".encode(), "csv", no.FORMULA),
    "command after a number": (b"a\n+1+cmd|' /C calc'!A0", "csv", no.FORMULA),
    "minus a call": (b"a\n-HYPERLINK(\"http://x\")", "csv", no.FORMULA),
    "text and zip": (b"hello\n" + h.zipped({"a.txt": "a"}), "txt", no.UNKNOWN),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE_FILE)
def test_what_is_no_document_is_refused(name: str) -> None:
    data, suffix, why = WHOLE_FILE[name]
    assert refused(data, suffix) == why


JS = pikepdf.String("app.alert(1)")
PDFS = {
    "opens with JavaScript": (h.pdf_with("/OpenAction", h.action("JavaScript", JS=JS)), no.ACTIVE),
    "opens an address": (h.pdf_with("/OpenAction", h.action("URI", URI="http://x")), no.ACTIVE),
    "starts a program": (h.pdf_with("/OpenAction", h.action("Launch", F="calc.exe")), no.ACTIVE),
    "sends a form": (h.pdf_with("/X", h.action("SubmitForm", F="http://x")), no.ACTIVE),
    "acts on closing": (h.pdf_with("/AA", pikepdf.Dictionary(WC=h.action("Named"))), no.ACTIVE),
    "names of scripts": (
        h.pdf_with("/Names", pikepdf.Dictionary(JavaScript=pikepdf.Dictionary())), no.ACTIVE),
    "XFA": (h.pdf_with("/AcroForm", pikepdf.Dictionary(XFA=pikepdf.Array())), no.ACTIVE),
    "film": (h.pdf_with("/X", pikepdf.Dictionary(Subtype=pikepdf.Name("/RichMedia"))), no.ACTIVE),
    "in an object stream": (
        h.pdf(lambda p: p.Root.__setitem__("/X", p.make_indirect(h.action("JavaScript", JS=JS))),
              object_stream_mode=pikepdf.ObjectStreamMode.generate), no.ACTIVE),
    "deep in an array": (
        h.pdf_with("/X", pikepdf.Array([pikepdf.Array([h.action("Launch")])])), no.ACTIVE),
    "file inside": (
        h.pdf(lambda p: p.attachments.__setitem__("a.exe", b"MZ")), no.PDF_FILES),
    "password": (
        h.pdf(encryption=pikepdf.Encryption(owner="a", user="b")), no.PDF_LOCKED),
    "restrictions": (
        h.pdf(encryption=pikepdf.Encryption(owner="a", user="")), no.PDF_LOCKED),
    "and zip": (h.pdf() + h.zipped({"a.txt": "a"}), no.TWO_KINDS),
    "and web page": (h.pdf() + b"<script>alert(1)</script>", no.TWO_KINDS),
    "something before": (b"GIF89a" + h.pdf(), no.TWO_KINDS),
    "cut short": (h.pdf()[:-30], no.DAMAGED),
    "without its table": (h.pdf().replace(b"startxref", b"startnone"), no.DAMAGED),
    "no PDF but its name": (b"%PDF-1.7\n%%EOF", no.DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_that_could_act_or_hide_is_refused(name: str) -> None:
    data, why = PDFS[name]
    assert refused(data, "pdf") == why
    with pytest.raises(Fault) as found:
        inspected(data, "pdf", KINDS)
    assert found.value.template == why


def test_a_script_that_an_older_state_of_the_pdf_holds_is_found() -> None:
    """Name written in another way, and the object free in the newest table of contents."""
    data = h.pdf()
    start = data.rfind(b"startxref")
    tail = data[start:]
    old = data[:start] + b"9 0 obj\n<</S /Java#53cript /JS (app.alert(1))>>\nendobj\n" + tail
    assert refused(old, "pdf") == no.ACTIVE


def store_of(words: bytes, **more: object) -> bytes:
    """A PDF with a store of objects to which nothing leads."""

    def change(made: pikepdf.Pdf) -> None:
        store = pikepdf.Stream(made, words, Type=pikepdf.Name.ObjStm, N=1, First=4, **more)
        made.Root["/Hidden"] = made.make_indirect(store)

    return h.pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.disable)


def test_what_hides_in_a_store_of_objects_is_found() -> None:
    script = b"9 0 <</S /Java#53cript /JS (x)>>"
    assert inspect(store_of(b"9 0 <</S /Other>>"), "pdf", KINDS).kind == "pdf"
    assert refused(store_of(script), "pdf") == no.ACTIVE
    packed = zlib.compress(script)
    data, head = (
        h.pdf(),
        b"\n8 0 obj\n<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d>>\nstream\n",
    )
    start = data.rfind(b"startxref")
    hidden = data[:start] + head % len(packed) + packed + b"\nendstream\nendobj\n" + data[start:]
    assert refused(hidden, "pdf") == no.ACTIVE, "not even the table of contents knows it"


def test_a_pdf_that_unpacks_to_very_much_is_refused() -> None:
    def change(made: pikepdf.Pdf) -> None:
        made.pages[0].obj.Contents = made.make_stream(bytes(limits.STREAM + 1))

    bomb = h.pdf(change, compress_streams=True)
    assert len(bomb) < 200_000
    with pytest.raises(Fault) as found:
        inspected(bomb, "pdf", KINDS)
    assert found.value.template == no.PACKED_MUCH


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "file:///c:/x.exe", "\\\\host\\x", "JAVA\tscript:x"]
)
def test_a_link_in_a_pdf_opens_a_page_and_nothing_else(target: str) -> None:
    assert refused(h.pdf_with("/X", h.action("URI", URI=pikepdf.String(target))), "pdf") == no.LINKS


@pytest.mark.parametrize(
    "table",
    [
        "姓名,電話\n何小姐,+852 2345 6789\n+852 2345 6789,何小姐\n",
        "a,b\n-5,-12.5%\n",
        "a;b\n-,+1\n",
        "a\n-見附頁\n",
    ],
)
def test_numbers_and_telephone_numbers_are_no_formulas(table: str) -> None:
    assert inspect(table.encode(), "csv", KINDS).kind == "csv"


def test_an_honest_pdf_may_open_on_a_page_and_have_links() -> None:
    def change(made: pikepdf.Pdf) -> None:
        page = made.pages[0].obj
        made.Root.OpenAction = pikepdf.Array([page, pikepdf.Name.Fit])
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=h.action("URI", URI="https://example.com"),
            Rect=pikepdf.Array([0, 0, 9, 9]),
        )  # fmt: skip
        page.Annots = pikepdf.Array([made.make_indirect(link)])

    data = h.pdf(change)
    assert inspected(data, "pdf", KINDS).data == data
