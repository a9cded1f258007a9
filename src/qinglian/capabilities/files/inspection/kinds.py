"""What a file is, by its content alone; a name only says what it claims to be."""

from __future__ import annotations

import re

SUFFIXES = {
    "pdf": ("pdf",), "jpg": ("jpg", "jpeg"), "png": ("png",), "webp": ("webp",), "docx": ("docx",),
    "xlsx": ("xlsx",), "ofd": ("ofd",), "txt": ("txt",), "csv": ("csv",), "zip": ("zip",),
}  # fmt: skip
KINDS = tuple(SUFFIXES)
USUAL = ("pdf", "jpg", "png", "docx", "xlsx", "ofd")  # where a field says nothing
TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ofd": "application/ofd",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}
PACKED = ("docx", "xlsx", "ofd", "zip")
PACKED_ELSEWHERE = (
    "pptx",
    "ppsx",
    "odt",
    "ods",
    "odp",
    "pages",
    "numbers",
    "key",
    "epub",
    "vsdx",
)  # zips too
PICTURES = ("jpg", "png", "webp")

_SIGNS = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"PK\x03\x04", "packed"),
    (b"PK\x05\x06", "packed"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)
ARCHIVES = (
    b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh",
    b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"MSCF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
)  # fmt: skip
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa", b"#!")
_MARKUP = re.compile(r"\s*<[!?/a-zA-Z]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_HEADS = re.compile(rb"<script|<svg|<html", re.IGNORECASE)


def sniff(data: bytes) -> str:
    """pdf, jpg, png, webp, packed (a zip of some kind), ole, markup, mixed, text; empty: nothing known."""
    for sign, kind in _SIGNS:
        if data.startswith(sign):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith((*ARCHIVES, *PROGRAMS)):
        return ""
    text = read_text(data)
    if b"%PDF-" in data[:1024]:  # there readers of PDF look for it
        return "mixed"
    if text is None:
        return ""
    return "markup" if _MARKUP.match(text) or _HEADS.search(data[:1024]) else "text"


def read_text(data: bytes) -> str | None:
    """The text in UTF-8, UTF-16 with its mark, or GB 18030, as Windows writes Chinese; None if it is none."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None


def _encodings(data: bytes) -> tuple[str, ...]:
    return ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
