"""report.zh-Hans.html, report.zh-Hant.html and report.en.html of a bundle: one file each, nothing is
fetched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from qinglian.batch.index import sections
from qinglian.batch.index.bundle import read_manifest, unsigned, write_manifest
from qinglian.batch.index.doubt import FILE
from qinglian.batch.index.files import load_edition, read_text, write_files
from qinglian.batch.index.method import check, method
from qinglian.batch.index.page import page, paragraph
from qinglian.batch.index.sentences import opening, ranking
from qinglian.batch.index.words import Speaker
from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.spec import LANGUAGES
from qinglian.faults import noop as _


def write_reports(folder: Path) -> list[Path]:
    """Writes the three reports of an unsigned bundle and its manifest; returns where they are."""
    unsigned(folder)
    manifest = read_manifest(folder)
    edition = load_edition(folder / "spec", folder / "data.csv")
    doubt = json.loads(read_text(folder / FILE)) if (folder / FILE).is_file() else {}
    files = {
        f"report.{language}.html": report(language, edition, doubt, manifest).encode()
        for language in LANGUAGES
    }
    write_files(folder, files)
    write_manifest(folder, manifest["index"], manifest["version"])
    return [folder / name for name in files]


def report(language: str, edition: Edition, doubt: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """The report of an edition in one language; doubt: what uncertainty.json holds, or nothing."""
    say = Speaker(language)
    spec = edition.spec
    name, latest = say.name(spec.names), edition.seen.periods[-1]
    strip = (
        say(_("Demonstration: every figure is invented. Not the site of any public body."))
        if spec.demonstration
        else ""
    )
    who = [paragraph(say.of(say(_("Evaluator")), say.name(spec.evaluator)), "sub")] if spec.evaluator else []
    parts = [f"<h1>{escape(name)} · {escape(latest)}</h1>", *who, *_lead(say, edition, doubt)]
    parts += [
        sections.editions(say, edition, doubt),
        sections.trend(say, edition, doubt),
        sections.why(say, edition),
        sections.parts(say, edition),
        sections.spread_shares(say, edition, doubt),
        sections.effective(say, edition, doubt),
        sections.shown_only(say, edition),
        method(say, edition, doubt),
        check(say, edition, manifest),
        _seal(say, edition),
    ]
    return page(language, f"{name} · {latest}", strip, [part for part in parts if part])


def _seal(say: Speaker, edition: Edition) -> str:
    """Room on paper for name, seal and date of the evaluator; on a screen the signature is a file."""
    if not edition.spec.evaluator:
        return ""
    rows = [
        (say(_("Evaluator")), say.name(edition.spec.evaluator)),
        (say(_("Signature or seal")), ""),
        (say(_("Date")), ""),
    ]
    return (
        '<dl class="seal">' + "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in rows) + "</dl>"
    )


def _lead(say: Speaker, edition: Edition, doubt: Mapping[str, Any]) -> list[str]:
    gap = " " if say.language == "en" else ""
    if len(edition.seen.units) == 1:
        return [paragraph(gap.join(opening(say, edition, doubt, 0)), "claim")]
    return [paragraph(gap.join(ranking(say, edition, doubt)), "claim")]
