"""Good files and bad ones, built here byte by byte: nothing is fetched and nothing is anybody's."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from qinglian.capabilities.files.inspection import refusals as no
from qinglian.capabilities.files.inspection.inspecting import inspect
from qinglian.capabilities.files.inspection.kinds import KINDS
from qinglian.faults import Fault

SECRET = "22.5319N 113.9"  # stands where a photograph says where it was taken
OFFICE = "http://schemas.openxmlformats.org"
RELATED = f"{OFFICE}/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def noise(width: int = 60, height: int = 40) -> Image.Image:
    return Image.effect_noise((width, height), 60).convert("RGB")


def photo(kind: str = "JPEG", width: int = 60, height: int = 40) -> bytes:
    """As a telephone makes it: turned by its EXIF, with the place, the device, a thumbnail and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010F] = "Telephone of somebody"
    exif.get_ifd(0x8825)[2] = (22.0, 31.0, 54.84)
    exif.get_ifd(0x8825)[29] = SECRET
    out, extra = io.BytesIO(), {}
    if kind == "PNG":
        info = PngInfo()
        info.add_text("Comment", SECRET)
        info.add_text("XML:com.adobe.xmp", f"<x>{SECRET}</x>")
        extra = {"pnginfo": info}
    elif kind == "JPEG":
        extra = {"comment": SECRET.encode(), "quality": 90}
    noise(width, height).save(out, kind, exif=exif, **extra)
    return out.getvalue()


def pdf(change: object = None, **how: object) -> bytes:
    """One empty page; `change` gets the open document."""
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(200, 200))
        if change is not None:
            change(made)
        out = io.BytesIO()
        made.save(out, **how)
    return out.getvalue()


def pdf_with(key: str, value: object) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        made.Root[key] = made.make_indirect(value)

    return pdf(change)


def action(kind: str, **more: object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name("/" + kind), **more)


def zipped(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in parts.items():
            made.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def relations(*said: tuple[str, str, bool]) -> str:
    """(type, target, outside) of each relationship."""
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{RELATED}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if outside else "/>")
        for n, (kind, target, outside) in enumerate(said)
    )
    space = f"{OFFICE}/package/2006/relationships"
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{space}">{rows}</Relationships>'


def document(main: str = MAIN, body: str = "<w:t>你好</w:t>", **more: bytes | str) -> dict[str, bytes | str]:
    """The parts of a small Word document, or of a workbook; more: `a__b` stands for a/b."""
    root = "word/document.xml" if main == MAIN else "xl/workbook.xml"
    types = (
        f'<?xml version="1.0"?><Types xmlns="{OFFICE}/package/2006/content-types">'
        f'<Override PartName="/{root}" ContentType="{main}"/></Types>'
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<w:document xmlns:w="{OFFICE}/wordprocessingml/2006/main">{body}</w:document>'
    )
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": types,
        "_rels/.rels": relations(("officeDocument", root, False)),
        root: text,
    }
    return parts | more


def ofd(**more: bytes | str) -> dict[str, bytes | str]:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    parts: dict[str, bytes | str] = {
        "OFD.xml": f'{head}<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0"/>',
        "Doc_0/Document.xml": f'{head}<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"/>',
    }
    return parts | more


def _chunk(kind: bytes, data: bytes) -> bytes:
    whole = kind + data
    return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))


def bomb_of_points(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of some kilobytes that says it is a picture of 3,600 million points."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 3_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def overlapping() -> bytes:
    """A zip whose two entries are one and the same bytes, as the bombs without nesting are made."""
    data = bytearray(zipped(document() | {"word/a.xml": "<a/>", "word/b.xml": "<a/>"}, zipfile.ZIP_STORED))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as made:
        first, second = made.getinfo("word/a.xml"), made.getinfo("word/b.xml")
    old, new = struct.pack("<I", second.header_offset), struct.pack("<I", first.header_offset)
    place = data.rfind(old + b"word/b.xml")
    data[place : place + 4] = new
    return bytes(data)


DOC = document()
SHEET = document(SHEET)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RELS = "word/_rels/document.xml.rels"
GOOD = {
    "pdf": pdf(), "jpg": photo(), "png": photo("PNG"), "webp": photo("WEBP"), "docx": zipped(DOC),
    "xlsx": zipped(SHEET), "ofd": zipped(ofd()), "txt": "前海，𠮷野家\n".encode(),
    "csv": "名称,数\n甲,-3.5\n乙,+852 2345 6789\n".encode(), 
    "zip": zipped({"a/甲.pdf": pdf(), "b.txt": "b"}),
}  # fmt: skip


def refused(data: bytes, suffix: str = "", accept: tuple[str, ...] = KINDS) -> str:
    with pytest.raises(Fault) as found:
        inspect(data, suffix, accept)
    assert found.value.template in no.ALL
    return found.value.template
