"""What a bundle says beside what its own spec and data give: results, tables and reports, made again."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qinglian.batch.index.bundle import scores_csv, stages_csv, words_sha
from qinglian.batch.index.doubt import FILE
from qinglian.batch.index.files import read_text
from qinglian.batch.index.report import report
from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.spec import LANGUAGES
from qinglian.faults import Fault
from qinglian.faults import noop as _

CLOSE = 1e-9
CLOSE_DRAWN = 1e-6
NUMBER = re.compile(r"(?<![#0-9a-zA-Z.])[0-9]+(?:\.[0-9]+)?%?(?![0-9a-zA-Z])")


def same_tables(folder: Path, edition: Edition) -> None:
    """Raises Fault at the first cell of scores.csv or stages.csv that is not what was computed again."""
    for name, again in (("scores.csv", scores_csv(edition)), ("stages.csv", stages_csv(edition))):
        stated = list(csv.reader(io.StringIO(read_text(folder / name))))
        wanted = list(csv.reader(io.StringIO(again.decode())))
        same(stated, wanted, CLOSE, name)


def same_reports(folder: Path, edition: Edition, manifest: Mapping[str, Any]) -> bool | None:
    """Whether the reports were compared: None where there are none, False where another program wrote them.

    Words must be the same, numbers the same to their last printed place. Raises Fault with the first line
    that is not.
    """
    held = [language for language in LANGUAGES if (folder / f"report.{language}.html").is_file()]
    if not held:
        return None
    if manifest["words"] != words_sha():
        return False
    doubt = json.loads(read_text(folder / FILE)) if (folder / FILE).is_file() else {}
    for language in held:
        name = f"report.{language}.html"
        _same_words(read_text(folder / name), report(language, edition, doubt, manifest), name)
    return True


def _same_words(stated: str, again: str, name: str) -> None:
    lines, wanted = stated.splitlines(), again.splitlines()
    for at in range(max(len(lines), len(wanted))):
        one, other = (text[at] if at < len(text) else "" for text in (lines, wanted))
        if one == other:
            continue
        numbers, others = NUMBER.findall(one), NUMBER.findall(other)
        near = len(numbers) == len(others) and all(map(_one_place, numbers, others))
        if not near or NUMBER.sub("0", one) != NUMBER.sub("0", other):
            raise Fault(
                _("the report is not the one that spec, data and uncertainty make; do not rely on it"),
                file=name,
                line=at + 1,
            )


def _one_place(one: str, other: str) -> bool:
    """Whether two printed numbers differ by no more than one in the last place; whole ones only per cent."""
    if one == other:
        return True
    places, others = (len(text.rstrip("%").partition(".")[2]) for text in (one, other))
    if places != others or (not places and "%" not in one):
        return False
    return abs(float(one.rstrip("%")) - float(other.rstrip("%"))) < 1.5 * 10.0**-places


def same(stated: Any, again: Any, close: float, file: str, key: str = "") -> None:
    """Raises Fault at the first place where what is stated is not what was computed again."""
    if isinstance(stated, dict) and isinstance(again, dict) and set(stated) == set(again):
        for name in stated:
            same(stated[name], again[name], close, file, f"{key}.{name}".strip("."))
    elif isinstance(stated, list) and isinstance(again, list) and len(stated) == len(again):
        for place, (one, other) in enumerate(zip(stated, again, strict=True)):
            same(one, other, close, file, f"{key}[{place}]")
    elif stated != again and not _near(stated, again, close):
        raise Fault(
            _("the bundle says %(stated)s, but its own spec and data give %(again)s; do not rely on it"),
            file=file,
            key=key,
            stated=_short(stated),
            again=_short(again),
        )


def _near(stated: Any, again: Any, close: float) -> bool:
    if not (isinstance(stated, str) and isinstance(again, str)):
        return False  # whole numbers and what is missing are exact
    try:
        return math.isclose(float(stated), float(again), rel_tol=close, abs_tol=close)
    except (TypeError, ValueError):
        return False


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 60 else f"{text[:60]}…"
