"""Who looks, and with what. The first two use nothing but files that anybody may have.

Each answers with what was seen (a phrase that is always the same, and the particulars), or None.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from qinglian.batch.verify import Asked, load_trust, verify_path
from qinglian.engines import merkle
from qinglian.faults import Fault

Seen = tuple[str, str]
SLACK = timedelta(minutes=5)  # a clock may be a little off, and an entry waits a second


def public_files(old: Path, new: Path, trust: Path) -> Seen | None:
    """Yesterday's export and keys against today's export."""
    for tree in sorted(place.name for place in _trees(old)):
        since = (old / tree / "checkpoint").read_text("utf-8")
        try:
            report = verify_path(new / tree, Asked(load_trust(trust), since=since))
            before = load_trust(trust).accept(since)
        except (Fault, OSError) as fault:
            return "the export does not check, or does not continue yesterday's", f"{tree}: {fault}"
        entries = list(_entries(new / tree, report.accepted.checkpoint.size))
        seen = _too_early(entries[before.checkpoint.size :], before.latest)
        if seen := seen or _two_texts(entries) or _texts_gone(entries, new):
            return seen
    return None


def _trees(folder: Path) -> list[Path]:
    return [place for place in folder.iterdir() if (place / "checkpoint").is_file()]


def _entries(folder: Path, size: int) -> Iterator[dict[str, Any]]:
    for number in range(-(-size // 256)):
        wide = merkle.width_at(size, 0, number)
        data = (folder / merkle.tile_path(merkle.ENTRIES, number, wide)).read_bytes()
        yield from (dict(merkle.read_entry(entry).open) for entry in merkle.split_bundle(data, wide))


def _too_early(fresh: list[dict[str, Any]], signed: int | None) -> Seen | None:
    """An entry that was not there when the old head was signed, and states a time before it."""
    for entry in fresh:
        stated = datetime.fromisoformat(entry["at"])
        if signed is not None and stated < datetime.fromtimestamp(signed, UTC) - SLACK:
            return "an entry states a time before a head that did not hold it yet", entry["at"]
    return None


def _two_texts(entries: list[dict[str, Any]]) -> Seen | None:
    """One version of a matter under two texts."""
    found: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry["kind"] == "cases.matter_opened":
            if found.setdefault((entry["matter"], entry["version"]), entry["sha"]) != entry["sha"]:
                return "one version of a matter stands under two texts", entry["matter"]
    return None


def _texts_gone(entries: list[dict[str, Any]], new: Path) -> Seen | None:
    """A text that cases stand on is not shown as the log names it: for a table that decided, another one."""
    for entry in entries:
        if entry["kind"] == "cases.matter_opened":
            for path, sha in entry["files"].items():
                place = new / "texts" / sha
                if not place.is_file() or sha256(place.read_bytes()).hexdigest() != sha:
                    return "a text that cases were decided by is not shown as the log names it", path
    return None


def witness(folder: Path, new: Path, trust: Path) -> Seen | None:
    """The witness's own files, and whether today's heads carry its cosignature."""
    if list(folder.glob("state.json.conflicts/*.txt")):
        return "it holds two heads that the log signed and that cannot both be true", ""
    heads = json.loads((folder / "state.json").read_text("utf-8"))["heads"]
    for note in heads.values():
        cosigned = merkle.parse_checkpoint(merkle.parse_note(note).body)
        tree = new / cosigned.origin.rpartition("/")[2]
        if not tree.is_dir():
            return "a log that it cosigned is not shown any more", tree.name
        shown = merkle.parse_checkpoint(merkle.parse_note((tree / "checkpoint").read_text("utf-8")).body)
        if shown.size < cosigned.size:
            return "the log has fewer entries than it cosigned", tree.name
        if shown.size == cosigned.size and shown.root != cosigned.root:
            return "it cosigned another head of the same size", tree.name
    try:
        for tree in _trees(new):
            load_trust(trust).accept((tree / "checkpoint").read_text("utf-8"))
    except Fault as fault:
        return "it has not cosigned what is shown", str(fault)
    return None


def kept_record(record: Path, trust: Path, shown: dict[int, dict[str, Any]]) -> Seen | None:
    """The record that the applicant kept, against what the page shows: event number → what it says."""
    report = verify_path(record, Asked(load_trust(trust)))  # it holds, whatever the site says today
    seq = report.shown["seq"]
    if seq not in shown:
        return "the page lacks an event of which the record proves that it was entered", str(seq)
    if shown[seq] != report.shown["data"]:
        return "the page shows other words than those that the record proves", str(seq)
    return None
