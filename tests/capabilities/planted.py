"""A zone with one matter for each level of sensitivity, and a case of each, planted with words."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.cases import actions
from qinglian.capabilities.cases.notes import write_note
from qinglian.capabilities.files.actions import take_in
from qinglian.capabilities.files.limits import Limits
from qinglian.zone import Zone, load
from qinglian.zone.current import current

LEVELS = ("open", "internal", "confidential", "sealed")
KEYS = ("name", "title", "detail", "paper", "items", "supplied", "extended", "answer")
MIXED = "mixed"  # an internal case in which some fields and one action are held more closely


@dataclass(frozen=True)
class Word:
    """A word that stands in one place only, and who may find it there."""

    text: str
    case: str
    level: str
    written_by: str  # applicant | staff | note
    case_level: str


@dataclass(frozen=True)
class Planted:
    numbers: dict[str, str]  # which case → its number
    codes: dict[str, str]
    words: list[Word]


def zone_of_levels(folder: Path) -> Zone:
    root = Path(shutil.copytree(current().root, folder / "zone"))
    text = (root / "matters" / "consultation.toml").read_text("utf-8")
    for letter, level in zip("ABCD", LEVELS, strict=True):
        changed = text.replace('id = "consultation"', f'id = "held-{level}"', 1)
        changed = changed.replace('\nsensitivity = "confidential"', "")  # its fields say nothing of their own
        changed = changed.replace('prefix = "ZX"', f'prefix = "Q{letter}"', 1)
        changed = changed.replace('sensitivity = "internal"', f'sensitivity = "{level}"')
        (root / "matters" / f"held-{level}.toml").write_text(changed, "utf-8")
    mixed = text.replace('id = "consultation"', f'id = "held-{MIXED}"', 1).replace('"ZX"', '"QM"', 1)
    mixed = mixed.replace('key = "detail"\n', 'key = "detail"\nsensitivity = "sealed"\n')
    mixed = mixed.replace('key = "papers"\n', 'key = "papers"\nsensitivity = "sealed"\n')
    mixed = mixed.replace('needs = ["items"]\n', 'needs = ["items"]\nsensitivity = "confidential"\n')
    (root / "matters" / f"held-{MIXED}.toml").write_text(mixed, "utf-8")
    with patch("qinglian.zone.sections.soundness.check_clearances"):  # kept out all the same
        return load(root)


def plant() -> Planted:
    """Each case goes received → in hand → asked → supplied → answered, each word in a place of its own."""
    numbers, codes, words = {}, {}, []
    li = people.li()
    for case in (*LEVELS, MIXED):
        inside = "internal" if case == MIXED else case
        levels = {
            "name": "confidential",
            "email": "confidential",
            "detail": "sealed",
            "paper": "sealed",
            "items": "confidential",
        }
        own = levels if case == MIXED else {}
        said = {key: f"w{key}{case}w" for key in KEYS}
        answers = people.HE | {
            "kind": "enterprise", "name": f"{said['name']}（示例）", "title": said["title"],
            "detail": said["detail"], "email": f"wemail{case}w@example.com",
            "papers": [hashlib.sha256(said["paper"].encode()).hexdigest()],
        }  # fmt: skip
        code = actions.code_from(f"planted {case}")
        lodged = actions.lodge_case(current().matters[f"held-{case}"], answers, code, "en", MONDAY)
        paper = SimpleUploadedFile(f"{said['paper']}.txt", said["paper"].encode())
        take_in(paper, Limits(("txt",), 1, 1), MONDAY, holder=f"case:{lodged.case_id}", slot="papers")
        when = MONDAY
        for action, actor, words_said in (
            ("accept", li, {}),
            ("ask", li, {"items": said["items"]}),
            ("supply", actions.APPLICANT, {"detail": said["supplied"]}),
            ("extend", people.zhao(), {}),
            ("answer", li, {"answer": said["answer"]}),
        ):
            when += timedelta(minutes=5)
            if action == "extend":
                people.extend(lodged.case_id, actor, when, reason=said["extended"])
                continue
            people.act(lodged.case_id, action, actor, when, **words_said)
        writer = people.zhao() if inside == "sealed" else li
        note = f"wnote{case}w"
        write_note(lodged.case_id, note, inside, writer.person_id or 0, writer.roles, when)
        words.append(Word(note, case, inside, "note", inside))
        numbers[case], codes[case] = lodged.number, lodged.code
        for key, text in {**said, "email": f"wemail{case}w"}.items():
            by = "staff" if key in ("items", "answer", "extended") else "applicant"
            words.append(Word(text, case, own.get(key, inside), by, inside))
    return Planted(numbers, codes, words)


def readers_of(word: Word) -> Iterator[str]:
    """Who may find a word, by the clearances of the pack: supervisor internal, clerk confidential."""
    rank = LEVELS.index(word.level)
    own = word.written_by == "applicant" or rank <= LEVELS.index("internal")
    if own and word.written_by != "note":  # what staff write among themselves is never for whoever asked
        yield f"holder of {word.case}"
    for role, most in (("clerk", "confidential"), ("head", "confidential"), ("supervisor", "internal")):
        if max(rank, LEVELS.index(word.case_level)) <= LEVELS.index(most):
            yield role
    yield "head, signed in just now"
