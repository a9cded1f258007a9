"""The page a report is printed on: elements, tables and look; nothing in it is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

STYLE = (Path(__file__).parent / "report.css").read_text("utf-8")


def page(language: str, title: str, demonstration: str, parts: Sequence[str]) -> str:
    """A whole document."""
    strip = f'<div class="demo">{escape(demonstration)}</div>' if demonstration else ""
    robots = '<meta name="robots" content="noindex">' if demonstration else ""
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{robots}'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>{strip}<main>\n" + "\n".join(parts) + "\n</main></body></html>\n"
    )


def section(title: str, *parts: str) -> str:
    body = "\n".join(part for part in parts if part)
    return f"<section><h2>{escape(title)}</h2>\n{body}</section>" if body else ""


def paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def notes(texts: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<ul class="notes">{items}</ul>' if texts else ""


def figure(chart: str, caption: str = "") -> str:
    said = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure tabindex="0">{chart}{said}</figure>'


def table(
    caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1, last: int = 0
) -> str:
    """A table whose first column names the row; `words` columns from the left and `last` from the right are
    text, the others numbers. On a phone each row of three cells and more is a card."""

    def kind(place: int) -> str:
        return "" if place < words or place >= len(head) - last else ' class="num"'

    top = "".join(f'<th scope="col"{kind(at)}>{escape(name)}</th>' for at, name in enumerate(head))
    body = ""
    for row in rows:
        short = ' class="short"' if len(row[0]) < 16 else ""
        cells = f'<th scope="row"{short} data-h="{escape(head[0])}">{escape(row[0])}</th>'
        for at, cell in enumerate(row[1:], 1):
            cells += f'<td data-h="{escape(head[at])}"{kind(at)}>{escape(cell)}</td>'
        body += f"<tr>{cells}</tr>\n"
    looks = " ".join(["cards"] * (len(head) > 2) + ["few"] * (len(rows) < 13))
    return (
        f'<div class="scroll"><table class="{looks}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>\n{body}</tbody></table></div>"
    )
