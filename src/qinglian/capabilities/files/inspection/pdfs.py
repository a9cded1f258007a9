"""PDF: read object by object, and refused for what acts by itself; otherwise kept byte for byte.

Cleaning would break electronic signatures and change what somebody sent as evidence: docs/decisions/0004.
ISO 32000-2: actions 12.6, annotations 12.5, embedded files 7.11.4, encryption 7.6.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

import pikepdf

from qinglian.capabilities.files.inspection import limits, links, refusals
from qinglian.faults import Fault

_KEYS = {
    "/JS": "JavaScript", "/JavaScript": "JavaScript", "/XFA": "XFA", "/AA": "AA",
    "/RichMediaContent": "RichMedia", "/RichMediaSettings": "RichMedia",
}  # fmt: skip
_FILE_KEYS = ("/EF", "/EmbeddedFiles")
_ACTIONS = frozenset(
    "/JavaScript /Launch /SubmitForm /ImportData /GoToR /GoToE /Rendition /Movie /Sound /GoTo3DView "
    "/RichMediaExecute".split()
)
_SHOWN = frozenset("/RichMedia /3D /Movie /Sound /Screen".split())
_WORDS = re.compile(rb"/(JavaScript|Launch|RichMedia|EmbeddedFile|SubmitForm|ImportData)")
_STORES = re.compile(
    rb"/(?:O|#4[fF])(?:b|#62)(?:j|#6[aA])(?:S|#53)(?:t|#74)(?:m|#6[dD])\b.{0,400}?stream\r?\n", re.DOTALL
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_DEEPEST = 100


def check(data: bytes) -> None:
    """Raise Fault for a PDF that is damaged, protected, two things at once, or that acts by itself."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Fault(refusals.DAMAGED)
    if data[end + 5 :].strip(b"\0\t\n\f\r ") or zipfile.is_zipfile(io.BytesIO(data)):
        raise Fault(refusals.TWO_KINDS)
    try:
        _read(data)
    except Fault:
        raise
    except pikepdf.PasswordError:
        raise Fault(refusals.PDF_LOCKED) from None
    except MemoryError:
        raise Fault(refusals.HARD) from None
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, ValueError, KeyError, TypeError, OSError,
            AttributeError, RuntimeError, IndexError, OverflowError):  # fmt: skip
        raise Fault(refusals.DAMAGED) from None
    _older_words(data)


def _read(data: bytes) -> None:
    with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
        if pdf.is_encrypted:
            raise Fault(refusals.PDF_LOCKED)
        if len(pdf.objects) > limits.OBJECTS:
            raise Fault(refusals.HARD)
        len(pdf.pages)  # a tree that cannot be walked is damaged
        for each in (pdf.trailer, *pdf.objects):
            _walk(each)


def _walk(top: Any) -> None:
    """Everything that stands in one object; what it refers to comes by itself."""
    waiting = [(top, 0)]
    while waiting:
        here, depth = waiting.pop()
        if depth > _DEEPEST:
            raise Fault(refusals.DAMAGED)
        if isinstance(here, (pikepdf.Dictionary, pikepdf.Stream)):
            _judge(here)
            inner = [value for _key, value in here.items()]
        elif isinstance(here, pikepdf.Array):
            inner = list(here)  # type: ignore[call-overload]
        else:
            continue
        waiting += [(each, depth + 1) for each in inner if not getattr(each, "is_indirect", False)]


def _judge(found: Any) -> None:
    keys = set(found.keys())
    for key in keys & _KEYS.keys():
        raise Fault(refusals.ACTIVE, what=_KEYS[key])
    if keys & set(_FILE_KEYS) or _name(found, "/Type") == "/EmbeddedFile":
        raise Fault(refusals.PDF_FILES)
    if _name(found, "/Subtype") == "/FileAttachment":
        raise Fault(refusals.PDF_FILES)
    for name in {_name(found, "/S")} & _ACTIONS | {_name(found, "/Subtype")} & _SHOWN:
        raise Fault(refusals.ACTIVE, what=name[1:])
    if isinstance(found, pikepdf.Stream):
        _judge_stream(found, keys)
    address = found.get("/URI")
    if isinstance(address, pikepdf.String) and not links.may_be_pressed(str(address)):
        raise Fault(refusals.LINKS, what=str(address)[:60])
    opens = found.get("/OpenAction")
    if isinstance(opens, pikepdf.Dictionary) and _name(opens, "/S") != "/GoTo":
        raise Fault(refusals.ACTIVE, what="OpenAction")


def _judge_stream(found: pikepdf.Stream, keys: set[str]) -> None:
    """What it unpacks to is measured; a store of objects is read even where nothing leads to it."""
    if "/F" in keys:
        raise Fault(refusals.ACTIVE, what="F")
    if _name(found, "/Subtype") == "/Image":
        points = int(found.get("/Width", 0)) * int(found.get("/Height", 0))
        if points > limits.POINTS_ON_PAPER:
            raise Fault(refusals.PICTURE_LARGE, points=points // 10**6, most=limits.POINTS_ON_PAPER // 10**6)
        return
    store = _name(found, "/Type") == "/ObjStm"
    try:
        data = found.read_bytes()
    except pikepdf.PdfError:  # a filter that only viewers know
        if store:
            raise
        return
    if len(data) > limits.STREAM:
        raise Fault(refusals.PACKED_MUCH)
    if store:
        _words_in(data)


def _name(found: Any, key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _older_words(data: bytes) -> None:
    """An earlier state of the file, which the last one hides, may still hold what acts."""
    _words_in(data)
    for store in _STORES.finditer(data):
        unpacking = zlib.decompressobj()
        try:
            _words_in(unpacking.decompress(data[store.end() :], limits.STREAM))
        except zlib.error:
            continue
        if unpacking.unconsumed_tail:
            raise Fault(refusals.PACKED_MUCH)


def _words_in(data: bytes) -> None:
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data) if b"#" in data else data
    found = _WORDS.search(plain)
    if found is not None:
        raise Fault(refusals.ACTIVE, what=found[1].decode())
