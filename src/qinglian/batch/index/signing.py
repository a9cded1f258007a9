"""Signing a bundle, and checking one: hashes, signature, and the whole computation again."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qinglian.batch.index.again import CLOSE, CLOSE_DRAWN, same, same_reports, same_tables
from qinglian.batch.index.bundle import (
    MANIFEST,
    SIGNATURE,
    digest,
    names,
    read_manifest,
    result_of,
    unsigned,
)
from qinglian.batch.index.doubt import FILE, Tell, uncertainty_of
from qinglian.batch.index.files import load_edition, read_text, write_files
from qinglian.engines.composite.edition import Edition
from qinglian.engines.merkle import ED25519, SigningKey, Trust, VerifierKey, parse_note, sign_note
from qinglian.faults import Fault
from qinglian.faults import noop as _

KEYS = "evaluator-keys/1"
HEAD = "qinglian index bundle v1"


def new_key(name: str, path: Path, entropy: Callable[[int], bytes]) -> VerifierKey:
    """Writes a new Ed25519 key that only its owner can read, and returns its public half."""
    key = SigningKey(name, ED25519, entropy(32))
    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Fault(_("the file exists and may hold a key; choose another name"), file=str(path)) from None
    with os.fdopen(place, "w", encoding="utf-8") as file:
        file.write(f'v = "{KEYS}"\nkey = "{key.text}"\n')
    return key.verifier


def read_key(path: Path) -> SigningKey:
    """The signing key in a file that `new_key` wrote."""
    try:
        data = tomllib.loads(read_text(path))
        if data.get("v") != KEYS or set(data) != {"v", "key"} or not isinstance(data["key"], str):
            raise Fault(_("not an evaluator’s key; make one with `qinglian index keygen`"))
        return SigningKey.parse(data["key"])
    except tomllib.TOMLDecodeError:
        raise Fault(
            _("not an evaluator’s key; make one with `qinglian index keygen`"), file=str(path)
        ) from None
    except Fault as fault:
        raise fault.at(file=str(path)) from None


def body_of(folder: Path, name: str) -> str:
    """What is signed: who signs, and the manifest's hash."""
    manifest = read_manifest(folder)
    return f"{HEAD}\n{name}\n{manifest['index']} {manifest['version']}\n{digest(folder / MANIFEST)}\n"


def sign(folder: Path, key: SigningKey) -> None:
    """Signs a bundle whose files are those of its manifest; once."""
    unsigned(folder)
    whole(folder)
    note = sign_note(body_of(folder, key.name), [key], 0)
    write_files(folder, {SIGNATURE: note.text.encode()})


def whole(folder: Path) -> None:
    """Raises Fault if a file of the bundle is not the one the manifest names, is missing, or was added."""
    manifest = read_manifest(folder)
    for name, stated in manifest["files"].items():
        path = folder / name
        if Path(name).is_absolute() or ".." in Path(name).parts or not path.is_file():
            raise Fault(_("the file is missing in the bundle; fetch it again, whole"), file=name)
        if digest(path) != stated:
            raise Fault(_("the file was touched after the bundle was made; fetch it again"), file=name)
    for name in names(folder):
        if name not in manifest["files"]:
            raise Fault(_("the file is not in the manifest; take it out of the folder"), file=name)


@dataclass(frozen=True)
class Checked:
    """What was found: who signed; whether the runs were drawn again with the same numpy, and the reports
    written again by the same program (None: there are none)."""

    index: str
    version: str
    signer: str
    manifest: str
    drawn: bool | None
    reports: bool | None
    numpy: str


def verify(folder: Path, trust: Trust, tell: Tell | None = None) -> Checked:
    """Signature of a trusted evaluator, every hash, and result, tables, uncertainty and reports made again.
    Fault otherwise."""
    signer = _signer(folder, trust)
    whole(folder)
    manifest = read_manifest(folder)
    edition = load_edition(folder / "spec", folder / "data.csv")
    same(json.loads(read_text(folder / "result.json")), result_of(edition), CLOSE, "result.json")
    same_tables(folder, edition)
    drawn = _drawn(folder, edition, str(manifest["numpy"]), tell)
    return Checked(
        str(manifest["index"]),
        str(manifest["version"]),
        signer,
        digest(folder / MANIFEST),
        drawn,
        same_reports(folder, edition, manifest),
        str(manifest["numpy"]),
    )


def _signer(folder: Path, trust: Trust) -> str:
    if not (folder / SIGNATURE).is_file():
        raise Fault(_("the edition is not signed; ask the evaluator for the signed one"), file=str(folder))
    try:
        note = parse_note(read_text(folder / SIGNATURE))
        lines = note.body.split("\n")
        name = lines[1] if len(lines) > 1 else ""
        if lines[0] != HEAD or note.body != body_of(folder, name):
            raise Fault(_("the signature is of another bundle: it or the manifest was altered; fetch both"))
        if not note.signed_by(trust.log(name).keys):
            raise Fault(_("no key you trust signed this edition; correct the trust file"))
    except Fault as fault:
        raise fault.at(file=str(folder / SIGNATURE)) from None
    return name


def _drawn(folder: Path, edition: Edition, made_with: str, tell: Tell | None) -> bool | None:
    """Runs are compared number by number only under the numpy they were made with."""
    if not (folder / FILE).is_file():
        return None
    if made_with != np.__version__:
        return False
    same(json.loads(read_text(folder / FILE)), uncertainty_of(edition, tell), CLOSE_DRAWN, FILE)
    return True
