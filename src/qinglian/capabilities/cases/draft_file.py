"""The file in which somebody keeps a draft: readable, with a version and a sum; pure, without rows.

{"v": "draft/1", "zone", "matter", "title", "version", "matter_sha", "saved_at", "language",
 "answers": [{"key", "asked", "answer"}, …], "sum": SHA-256 of the canonical JSON of all the rest}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from qinglian.engines import canon
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Matter

VERSION = "draft/1"
LARGEST = 200_000  # bytes; the longest honest draft of any matter so far has a tenth of that
MOST_ANSWERS, LONGEST_ANSWER = 300, 20_000
_TEXTS = ("zone", "matter", "title", "version", "matter_sha", "saved_at", "language")


@dataclass(frozen=True)
class KeptDraft:
    """A file taken apart. asked: what each question read like when the file was made."""

    zone: str
    matter: str
    title: str
    version: str
    matter_sha: str
    answers: Mapping[str, Any]
    asked: Mapping[str, str]


def write_draft(
    zone_id: str, matter: Matter, answers: Mapping[str, Any], language: str, now: datetime
) -> str:
    """The file's text: UTF-8 JSON whose first key is "v", with a final newline."""
    fields = matter.fields
    document: dict[str, Any] = {
        "v": VERSION,
        "zone": zone_id,
        "matter": matter.id,
        "title": matter.title.say(language),
        "version": matter.version,
        "matter_sha": matter.sha,
        "saved_at": now.astimezone(UTC).replace(microsecond=0).isoformat(),
        "language": language,
        "answers": [
            {"key": key, "asked": fields[key].label.say(language), "answer": answer}
            for key, answer in answers.items()
            if key in fields and fields[key].type != "files"  # they stay here, and so do their names
        ],
    }
    document["sum"] = canon.digest(document).hex()
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read_draft(data: bytes) -> KeptDraft:
    """The file taken apart, its sum checked; Fault says what is wrong with it and what to do."""
    if len(data) > LARGEST:
        raise Fault(_("this file is too large to be a draft; choose the one that was saved here"))
    try:
        document = canon.loads(data)
    except (Fault, RecursionError):
        raise Fault(_("this file is not a draft that was saved here; choose another")) from None
    if not isinstance(document, dict) or not str(document.get("v", "")).startswith("draft/"):
        raise Fault(_("this file is not a draft that was saved here; choose another"))
    if document["v"] != VERSION:
        raise Fault(_("this draft has the form %(found)s, which is not read here"), found=document["v"][:20])
    said = document.pop("sum", None)
    if set(document) != {"v", "answers", *_TEXTS} or said != canon.digest(document).hex():
        raise Fault(
            _(
                "this file was changed or damaged after it was saved; take another copy, "
                "or begin anew and copy your answers from it"
            )
        )
    if any(not isinstance(document[key], str) or len(document[key]) > 400 for key in _TEXTS):
        raise Fault(_("this file is not a draft that was saved here; choose another"))
    rows = list(_rows(document["answers"]))
    return KeptDraft(
        *(document[key] for key in ("zone", "matter", "title", "version", "matter_sha")),
        answers={key: answer for key, _asked, answer in rows},
        asked={key: asked for key, asked, _answer in rows},
    )


def _rows(answers: object) -> Iterator[tuple[str, str, Any]]:
    good = isinstance(answers, list) and len(answers) <= MOST_ANSWERS
    for row in answers if good else [None]:  # type: ignore[attr-defined]
        if not isinstance(row, dict) or set(row) != {"key", "asked", "answer"}:
            raise Fault(_("this file is not a draft that was saved here; choose another"))
        if not isinstance(row["key"], str) or not isinstance(row["asked"], str) or not _holds(row["answer"]):
            raise Fault(_("this file is not a draft that was saved here; choose another"))
        yield row["key"][:60], row["asked"][:400], row["answer"]


def _holds(answer: object) -> bool:
    """Whether it has a form that an answer can have: text, yes or no, a list of texts, or texts by name."""
    if isinstance(answer, bool):
        return True
    parts = (
        answer
        if isinstance(answer, list)
        else list(answer.values())
        if isinstance(answer, dict)
        else [answer]
    )
    return len(parts) <= MOST_ANSWERS and all(
        isinstance(part, str) and len(part) <= LONGEST_ANSWER for part in parts
    )
