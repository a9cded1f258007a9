"""Puts the page that recomputes a draw into one file: python docs/checkers/build_page.py"""

from __future__ import annotations

import re
from pathlib import Path

PARTS = Path(__file__).parent / "draw"


def page() -> str:
    """The page with every {{part}} in its place."""
    text = (PARTS / "page.html").read_text("utf-8")
    return re.sub(r"\{\{([\w.]+)\}\}", lambda found: (PARTS / found[1]).read_text("utf-8").strip(), text)


if __name__ == "__main__":
    (PARTS.parent / "draw.html").write_text(page(), "utf-8")
