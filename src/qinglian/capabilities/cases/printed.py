"""A letter or a receipt as PDF, by Typst: the same text gives the same bytes, and no sign is ever left blank.

What people wrote goes in as data, never as markup of Typst. A sign that the font lacks is printed as its
number in Unicode, and the foot of the page says so. Fonts of a named folder are used, too.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import qrcode
import typst
from fontTools.ttLib import TTCollection, TTFont
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from qrcode.image.svg import SvgPathImage

HERE = Path(__file__).parent / "fonts"
PAGE = HERE / "page.typ"
FACE, BOLD = HERE / "NotoSansCJKsc-part.otf", HERE / "NotoSansCJKsc-bold-part.otf"
FAMILY = "Noto Sans CJK SC"
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_SHAPES = {"zh-hans": ("zh", "CN"), "zh-hant": ("zh", "HK"), "en": ("en", "GB")}
Node = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """What is printed. rows: (label, value) before the body; body: Markdown."""

    language: str
    title: str
    number: str
    day: date
    said: str  # the day, in words
    over: str  # stands over the title: zone and unit
    body: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)
    fingerprint: str = ""
    address: str = ""  # a QR code leads there
    mark: str = ""  # printed large across a demonstration's sheets; empty elsewhere


def pdf(sheet: Sheet, lacking: str, fonts: str = "") -> bytes:
    """lacking: the sentence for the foot where signs are printed as numbers; fonts: a folder, or empty."""
    held, families = _held(fonts)
    rare: dict[str, str] = {}
    data = {
        "language": _SHAPES.get(sheet.language, ("en", "GB")),
        "families": [FAMILY, *families],
        "title": _seen(sheet.title, held, rare),
        "title_bold": _stressed(sheet.title),
        "number": sheet.number,
        "said": sheet.said,
        "day": [sheet.day.year, sheet.day.month, sheet.day.day],
        "over": _seen(sheet.over, held, rare),
        "body": _nodes(SyntaxTreeNode(_MARKDOWN.parse(sheet.body)).children, held, rare),
        "rows": [[_seen(text, held, rare) for text in row] for row in sheet.rows],
        "fingerprint": sheet.fingerprint,
        "mark": sheet.mark,
    }
    said = [f"{lacking} {', '.join(rare.values())}"] if rare else []
    data["foot"] = [_seen(line, held, rare) for line in [*sheet.foot, *said]]
    code = _code(sheet.address) if sheet.address else b""
    inputs = {"data": json.dumps(data, ensure_ascii=False), "code": code.decode()}
    paths = [str(HERE), *([fonts] if fonts else [])]
    found = typst.compile(
        PAGE.read_bytes(),
        sys_inputs=inputs,
        font_paths=paths,
        ignore_system_fonts=True,
        pdf_standards=["a-2b"],
    )
    assert isinstance(found, bytes)
    return found


def lacks(text: str, fonts: str = "") -> list[str]:
    """The signs of a text that would be printed as numbers."""
    held, _families = _held(fonts)
    return [sign for sign in dict.fromkeys(text) if _blank(sign, held)]


def _seen(text: str, held: frozenset[int], rare: dict[str, str]) -> str:
    """The text with what the font lacks written out; what was written out is kept in rare."""
    return "".join(_written(sign, held, rare) for sign in text)


def _written(sign: str, held: frozenset[int], rare: dict[str, str]) -> str:
    if not _blank(sign, held):
        return sign if sign.isprintable() or sign == "\n" else " "
    rare[sign] = f"U+{ord(sign):04X}"
    return f"〔{rare[sign]}〕"


def _blank(sign: str, held: frozenset[int]) -> bool:
    return sign.isprintable() and ord(sign) not in held and not sign.isspace()


@cache
def _held(fonts: str) -> tuple[frozenset[int], list[str]]:
    """Code points that can be printed, and the families of the folder."""
    found, families = set(TTFont(FACE, lazy=True).getBestCmap()), []
    for path in sorted(Path(fonts).glob("*.[ot]t[fc]")) if fonts else ():
        for each in (
            TTCollection(path, lazy=True).fonts if path.suffix == ".ttc" else [TTFont(path, lazy=True)]
        ):
            found |= set(each.getBestCmap() or {})
            families.append(str(each["name"].getBestFamilyName()))
    return frozenset(found), list(dict.fromkeys(families))


def _nodes(nodes: Iterable[SyntaxTreeNode], held: frozenset[int], rare: dict[str, str]) -> list[Node]:
    return [_node(each, held, rare) for each in nodes]


def _node(node: SyntaxTreeNode, held: frozenset[int], rare: dict[str, str]) -> Node:
    """Kind and what is inside; a kind that the page does not know is printed as what is inside it."""
    if node.type in ("text", "code_inline", "code_block", "fence"):
        return {"is": "text", "text": _seen(node.content, held, rare)}
    kinds: Mapping[str, str] = {"hardbreak": "break", "softbreak": "space", "bullet_list": "list"}
    found: Node = {"is": kinds.get(node.type, node.type)}
    found["in"] = _nodes(node.children, held, rare)
    if node.type in ("strong", "heading"):
        found["bold"] = _stressed(_whole(node))
    return found


def _whole(node: SyntaxTreeNode) -> str:
    return node.content + "".join(map(_whole, node.children))


def _stressed(text: str) -> bool:
    """Whether every sign of it is in the bold face: a word half in bold would stress half of it."""
    return all(ord(sign) in _bold() for sign in text if sign.isprintable())


@cache
def _bold() -> frozenset[int]:
    return frozenset(TTFont(BOLD, lazy=True).getBestCmap())


def _code(address: str) -> bytes:
    into = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, box_size=10, border=0).save(into)
    return into.getvalue()
