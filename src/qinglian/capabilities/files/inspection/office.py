"""Documents in packages: docx and xlsx (ECMA-376) and OFD (GB/T 33190). Kept as they came, or refused."""

from __future__ import annotations

import re
from xml.parsers import expat

from qinglian.capabilities.files.inspection import links, refusals
from qinglian.capabilities.files.inspection.kinds import ARCHIVES, PROGRAMS
from qinglian.capabilities.files.inspection.packages import Package
from qinglian.faults import Fault

TYPES = "[Content_Types].xml"
_MAINS = {"wordprocessingml.document.main+xml": "docx", "spreadsheetml.sheet.main+xml": "xlsx"}
_MACROS = re.compile(r"macroenabled|macrosheet|vba", re.IGNORECASE)
_CONTROLS = re.compile(
    r"activex|oleobject|/embeddings/|/package$|externallink|ddelink|ctrlprop", re.IGNORECASE
)
_PULLED_IN = re.compile(r"/(aFChunk|subDocument|attachedTemplate|oleObject|package|control|externalLink)$")
_FIELDS = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON)\b")
_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_OFD_PARTS = frozenset("xml jpg jpeg png bmp gif tif tiff jb2 gbig2 ttf otf ttc cff esl dat asn1 asn".split())
_OFD_ACTS = frozenset(("Sound", "Movie", "MultiMedia", "GotoA"))
_DEEPEST = 500


def kind_of(package: Package) -> str:
    """docx, xlsx, ofd or zip, by what stands inside. Raises Fault for a document with macros."""
    names = set(package.names)
    if "OFD.xml" in names:
        return "ofd"
    if TYPES not in names:
        return "zip"
    said = package.read(TYPES).decode("utf-8", "replace")
    if _MACROS.search(said):
        raise Fault(refusals.MACROS)
    return next((kind for sign, kind in _MAINS.items() if sign in said), "zip")


def check_office(package: Package) -> None:
    """Raise Fault for macros, controls, embedded files, and for what is fetched when it is opened."""
    for part in package.parts:
        name, data = part.filename, package.read(part)
        if _MACROS.search(name):
            raise Fault(refusals.MACROS)
        if _CONTROLS.search("/" + name):
            raise Fault(refusals.INSIDE, what=name.rpartition("/")[2])
        if data.startswith((*ARCHIVES, *PROGRAMS)):
            raise Fault(refusals.INSIDE, what=name.rpartition("/")[2])
        if name == TYPES or name.endswith((".xml", ".rels", ".vml")):
            _read_office(data, name)


def _read_office(data: bytes, name: str) -> None:
    fields: list[str] = []

    def begin(tag: str, said: dict[str, str]) -> None:
        tag = tag.rpartition("}")[2]
        if tag == "Relationship":
            _judge_relationship(said)
        elif tag in ("Override", "Default"):
            _judge_type(said.get("ContentType", ""))
        elif tag == "fldSimple":
            fields.append(next((text for key, text in said.items() if key.endswith("instr")), "") + " ")

    told = b"instrText" in data
    read_xml(data, begin, (lambda text: fields.append(text)) if told else None, within="instrText")
    if _FIELDS.search("".join(fields)):
        raise Fault(refusals.FETCHES)


def _judge_relationship(said: dict[str, str]) -> None:
    """A link that somebody presses may lead outside; nothing else may."""
    kind = said.get("Type", "")
    if _MACROS.search(kind):
        raise Fault(refusals.MACROS)
    outside = said.get("TargetMode") == "External"
    if outside and not kind.endswith("/hyperlink"):
        raise Fault(refusals.FETCHES)
    if outside and not links.may_be_pressed(said.get("Target", "")):
        raise Fault(refusals.LINKS, what=said.get("Target", "")[:60])
    if _PULLED_IN.search(kind):
        raise Fault(refusals.INSIDE, what=kind.rpartition("/")[2])


def _judge_type(said: str) -> None:
    if _MACROS.search(said):
        raise Fault(refusals.MACROS)
    if _CONTROLS.search(said):
        raise Fault(refusals.INSIDE, what=said.rpartition("/")[2])


def check_ofd(package: Package) -> None:
    """Raise Fault for parts that are no XML, picture, font or seal, and for what acts."""
    for part in package.parts:
        name, data = part.filename, package.read(part)
        suffix = name.rpartition(".")[2].lower()
        if suffix not in _OFD_PARTS or data.startswith((*ARCHIVES, *PROGRAMS)):
            raise Fault(refusals.INSIDE, what=name.rpartition("/")[2])
        if suffix == "xml":
            read_xml(data, _begin_ofd)


def _begin_ofd(tag: str, _said: dict[str, str]) -> None:
    if tag.rpartition("}")[2] in _OFD_ACTS:
        raise Fault(refusals.ACTIVE, what=tag.rpartition("}")[2])


def _in_utf8(data: bytes) -> None:
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")[:200])
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:8]:
        raise Fault(refusals.DAMAGED)
    if declared is not None and declared[1].upper() not in (b"UTF-8", b"US-ASCII"):
        raise Fault(refusals.DAMAGED)


def read_xml(data: bytes, begin: object, text: object = None, within: str = "") -> None:
    """Read XML in UTF-8 without a DOCTYPE; `begin` gets each element. Raises Fault for any other."""
    _in_utf8(data)
    parser = expat.ParserCreate("utf-8", "}")
    parser.buffer_text = True
    path: list[str] = []

    def start(tag: str, said: dict[str, str]) -> None:
        path.append(tag.rpartition("}")[2])
        if len(path) > _DEEPEST:
            raise Fault(refusals.DAMAGED)
        begin(tag, said)  # type: ignore[operator]

    def words(said: str) -> None:
        if text is not None and path and path[-1] == within:
            text(said)  # type: ignore[operator]

    def doctype(*_said: object) -> None:
        raise Fault(refusals.DAMAGED)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: path.pop()
    parser.StartDoctypeDeclHandler = doctype
    if text is not None:
        parser.CharacterDataHandler = words
    try:
        parser.Parse(data, True)
    except Fault:
        raise
    except (expat.ExpatError, ValueError):
        raise Fault(refusals.DAMAGED) from None
