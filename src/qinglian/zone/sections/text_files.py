"""A text of the pack in three Markdown files, one for each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qinglian.faults import noop as _
from qinglian.zone.files import sha_of, sha_of_all
from qinglian.zone.gather import Gather
from qinglian.zone.lines import Path
from qinglian.zone.text import LANGUAGES, Text


@dataclass(frozen=True, slots=True)
class Found:
    text: Text
    sha: str  # over the three files, as the reference tells


def files_of(name: str) -> tuple[str, ...]:
    return tuple(f"{name}.{language}.md" for language in LANGUAGES)


def said_in(name: str, texts: Mapping[str, str], path: Path, gather: Gather) -> Found:
    """`texts/promise` → what `texts/promise.en.md` and its two sisters hold."""
    found = {file: texts.get(file, "") for file in files_of(name)}
    for file, text in found.items():
        if not text.strip():
            gather.add(_("there is no file %(found)s; add it, or mend the name"), path, found=file)
    sha = sha_of_all({file: sha_of(text.encode()) for file, text in found.items()})
    return Found(Text(*found.values()), sha)
