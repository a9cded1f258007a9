"""Asking the witnesses: programs of others, which cosign a head only if it continues what they cosigned."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from qinglian.batch import witness_http
from qinglian.capabilities.ledger import shelf
from qinglian.capabilities.ledger.models import Checkpoint, Cosigner, Tree
from qinglian.engines import merkle
from qinglian.engines.merkle.trust import every_kind
from qinglian.faults import Fault
from qinglian.faults import noop as _

VERSION = "witnesses/1"
PATIENCE = 2.0  # seconds; the sequencer waits meanwhile
LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True)
class Witness:
    name: str
    url: str
    keys: tuple[merkle.VerifierKey, ...]


def witnesses() -> list[Witness]:
    """Those named in the file that QINGLIAN_WITNESSES names; none without a file."""
    place = Path(settings.LOG_WITNESSES)
    try:
        data = tomllib.loads(place.read_text("utf-8"))
    except FileNotFoundError:
        return []
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Fault(
            _("not TOML: %(reason)s; mend the text there"), file=str(place), reason=str(error)
        ) from None
    try:
        fits = data["v"] == VERSION
        found = [_witness(table) for table in data["witness"]]
    except (KeyError, TypeError):
        fits, found = False, []
    if not fits or len({each.name for each in found}) != len(found):
        raise Fault(
            _('not a file of witnesses; write v = "%(version)s" and [[witness]] with name, url and keys'),
            file=str(place),
            version=VERSION,
        )
    return found


def _witness(table: dict[str, object]) -> Witness:
    keys = tuple(merkle.VerifierKey.parse(str(text)) for text in list(table["keys"]))  # type: ignore[call-overload]
    return Witness(str(table["name"]), str(table["url"]), keys)


def threshold(known: list[Witness]) -> int:
    """How many must have cosigned: more than half."""
    return len(known) // 2 + 1 if known else 0


def waiting(trees: list[Tree], known: list[Witness], now: datetime) -> list[tuple[Tree, Witness]]:
    """Which witness has not cosigned the newest head of which tree, and may be asked again."""
    standing = {(row.tree_id, row.name): row for row in Cosigner.objects.all()} if known else {}
    found = []
    for tree in trees if known else ():
        newest = tree.checkpoints.order_by("-size").values_list("size", flat=True).first()
        for witness in known:
            row = standing.get((tree.pk, witness.name))
            behind = newest is not None and (row is None or row.size < newest or row.trouble)
            if behind and (row is None or row.retry_at is None or row.retry_at <= now):
                found.append((tree, witness))
    return found


def ask(tree: Tree, witness: Witness, now: datetime) -> bool:
    """Whether the witness cosigned the newest head of the tree. What stood in the way is kept and shown."""
    row, _made = Cosigner.objects.get_or_create(tree=tree, name=witness.name)
    checkpoint = tree.checkpoints.order_by("-size").first()
    assert checkpoint is not None
    trouble = _asked(tree, checkpoint, witness, row)
    row.trouble = trouble
    if trouble:
        row.tries += 1
        row.retry_at = now + min(LONGEST_PAUSE, timedelta(seconds=2 ** min(row.tries, 10)))
    else:
        row.tries, row.retry_at, row.size, row.cosigned_at = 0, None, checkpoint.size, now
    row.save()
    return not trouble


def size_at(witness: Witness, text: str) -> int | None:
    """How many entries the witness has cosigned of the log of this checkpoint; None if it does not say."""
    note = merkle.parse_note(text)
    origin, size = note.body.partition("\n")[0], merkle.parse_checkpoint(note.body).size
    own = merkle.Note(note.body, tuple(s for s in note.signatures if s.name == origin)).text
    try:
        status, body = witness_http.ask(witness.url, merkle.request_for(size, [], own), PATIENCE)
        return {200: lambda: size, 409: lambda: witness_http.size_in(body)}[status]()
    except (Fault, KeyError):
        return None


def _asked(tree: Tree, checkpoint: Checkpoint, witness: Witness, row: Cosigner) -> str:
    old = row.size
    own = _own_lines(checkpoint.text, tree)
    for _again in range(2):
        if old > checkpoint.size:
            return "ahead"  # it has cosigned more than we have: our log shrank
        proof = merkle.consistency_proof(old, checkpoint.size, shelf.reader(tree, checkpoint.size))
        try:
            request = merkle.request_for(old, proof, own)
            status, body = witness_http.ask(witness.url, request, PATIENCE)
        except Fault:
            return "silent"
        if status == 200:
            return _keep(checkpoint, body, witness)
        try:
            said = witness_http.size_in(body) if status == 409 else old
        except Fault:
            return "refused"
        if said == old:
            return "refused"
        old = said
    return "refused"


def _own_lines(text: str, tree: Tree) -> str:
    """The checkpoint with the signatures of the log alone."""
    note = merkle.parse_note(text)
    return merkle.Note(note.body, tuple(s for s in note.signatures if s.name == tree.origin)).text


def _keep(checkpoint: Checkpoint, lines: str, witness: Witness) -> str:
    known = {each.name: each.keys for each in witnesses()} | {witness.name: witness.keys}
    with transaction.atomic():
        row = Checkpoint.objects.select_for_update().get(pk=checkpoint.pk)
        try:
            row.text = merkle.with_cosignatures(row.text, lines, witness.keys)
            note = merkle.parse_note(row.text)
            signed = [name for name, keys in known.items() if every_kind(keys, note.signed_by(keys))]
        except Fault:
            return "false"
        if witness.name not in signed:
            return "false"
        row.cosigned = len(signed)
        row.save(update_fields=["text", "cosigned"])
    return ""
