"""Pending entries become numbered, hashed, signed: each once, in whatever order things break."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.people import MONDAY

from qinglian.capabilities.ledger import (
    actions,
    comparing,
    keyring,
    leases,
    proving,
    queries,
    sequencing,
    shelf,
)
from qinglian.capabilities.ledger.appending import append
from qinglian.capabilities.ledger.kinds import UnknownKind
from qinglian.capabilities.ledger.models import Entry, EntryField, Tile, Tree
from qinglian.engines import merkle
from qinglian.faults import Fault

Parallel = Callable[[list[Callable[[], Any]]], list[Any]]
SECOND = timedelta(seconds=1)


class Killed(BaseException):
    pass


@pytest.fixture(autouse=True)
def _own_keys(settings: Any, tmp_path: Path) -> None:
    settings.DATA, settings.LOG_WITNESSES = tmp_path, tmp_path / "witnesses.toml"


def write(n: int, start: int = 0) -> list[int]:
    """Pending entries in the restricted log; each tells its number, hidden."""
    with transaction.atomic():
        return [
            append("ledger.erased", {"reason": f"{k}"}, MONDAY, open_fields={"leaf": "", "fields": []})
            for k in range(start, start + n)
        ]


def tree() -> Tree:
    return Tree.objects.get(slug="restricted")


def whole(log: Tree) -> None:
    """Numbers without a gap, each entry once, and the root made again by another way than the sequencer's."""
    rows = list(Entry.objects.filter(tree=log).order_by("index").values_list("index", "data"))
    assert [index for index, _data in rows] == list(range(log.size))
    leaves = [merkle.leaf_hash(bytes(data)) for _index, data in rows]
    assert naive_root(leaves) == bytes(log.root)
    newest = log.checkpoints.order_by("-size").first()
    assert newest is not None and newest.size == log.size
    keys = [merkle.VerifierKey.parse(text) for text in log.vkeys]
    checkpoint, signed = merkle.open_checkpoint(newest.text, log.origin, keys)
    assert (checkpoint.size, checkpoint.root) == (log.size, bytes(log.root)) and len(signed) == 2


def naive_root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return merkle.node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


@pytest.mark.django_db
def test_entries_are_numbered_in_their_order_and_signed() -> None:
    actions.open_trees(MONDAY)
    ids = write(600)
    assert actions.sequence(MONDAY + SECOND) == 600
    log = tree()
    assert log.size == 601
    assert (
        list(Entry.objects.filter(tree=log, index__gt=0).order_by("index").values_list("pk", flat=True))
        == ids
    )
    whole(log)
    actions.sequence(MONDAY + SECOND)  # the anchor that the first turn wrote
    whole(Tree.objects.get(slug="public"))
    assert actions.sequence(MONDAY + 2 * SECOND) == 0


@pytest.mark.django_db
def test_the_restricted_head_is_told_in_the_public_log() -> None:
    actions.open_trees(MONDAY)
    write(3)
    actions.sequence(MONDAY)
    anchor = merkle.read_entry(bytes(Entry.objects.get(kind="ledger.anchored").data))
    assert anchor.open["size"] == 4 and anchor.open["root"] == bytes(tree().root).hex()
    write(1)
    actions.sequence(MONDAY + SECOND)
    assert Entry.objects.filter(kind="ledger.anchored").count() == 1
    write(1)
    actions.sequence(MONDAY + timedelta(minutes=2))
    assert Entry.objects.filter(kind="ledger.anchored").count() == 2


@pytest.mark.django_db
def test_only_declared_kinds_with_just_their_fields_are_taken() -> None:
    for kind, hidden, shown in (
        ("ledger.gossip", {}, {}),
        ("ledger.erased", {}, {"leaf": "", "fields": []}),
        ("ledger.erased", {"reason": "", "name": "陈"}, {"leaf": "", "fields": []}),
        ("ledger.erased", {"reason": ""}, {"leaf": "", "fields": [], "name": "陈"}),
    ):
        with pytest.raises(UnknownKind), transaction.atomic():
            append(kind, hidden, MONDAY, open_fields=shown)
    with pytest.raises(UnknownKind), transaction.atomic():
        append("ledger.erased", {"reason": ""}, MONDAY, log="public", open_fields={"leaf": "", "fields": []})
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        append("ledger.erased", {"reason": ""}, MONDAY, open_fields={"leaf": "", "fields": []})


@pytest.mark.django_db
def test_what_is_rolled_back_left_no_entry() -> None:
    with pytest.raises(Killed), transaction.atomic():
        write(1)
        raise Killed
    assert not Entry.objects.exists() and not EntryField.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"data": b"{}"}, {"at": MONDAY + SECOND}, {"kind": "ledger.opened"}])
def test_the_database_refuses_to_change_an_entry(change: dict[str, Any]) -> None:
    actions.open_trees(MONDAY)
    [pending] = write(1)
    for pk in (pending, Entry.objects.exclude(tree=None).values_list("pk", flat=True)[0]):
        with pytest.raises(DatabaseError), transaction.atomic():
            Entry.objects.filter(pk=pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Entry.objects.filter(pk=pk)._raw_delete(Entry.objects.db)
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.exclude(tree=None).update(index=99)


POINTS = ("grown", "signed", "kept")


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def at(point: str) -> None:
        def reached(here: str) -> None:
            if here == point:
                raise Killed(point)

        monkeypatch.setattr(sequencing, "reached", reached)

    return at


@pytest.mark.django_db
@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_nothing_is_lost_and_nothing_twice(point: str, kill: Callable[[str], None]) -> None:
    actions.open_trees(MONDAY)
    actions.sequence(MONDAY)
    write(300)
    kill(point)
    with pytest.raises(Killed):
        actions.sequence(MONDAY + SECOND)
    head = keyring.head("restricted")
    kill("nowhere")
    write(5, 300)
    actions.sequence(MONDAY + timedelta(minutes=1))  # the turn of the killed one has run out
    log = tree()
    assert log.size == 306
    whole(log)
    assert EntryField.objects.count() == 305
    if head is not None:  # what was signed before the kill is continued
        assert merkle.tree_root(head.size, shelf.reader(log, log.size)) == head.root


@pytest.mark.django_db
def test_a_batch_that_breaks_in_the_middle_leaves_the_tree_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    actions.open_trees(MONDAY)
    write(10)
    before = (tree().size, bytes(tree().root))

    def broken(*_given: Any, **_named: Any) -> None:
        raise Killed

    monkeypatch.setattr(shelf, "_keep", broken)
    with pytest.raises(Killed):
        actions.sequence(MONDAY)
    monkeypatch.undo()
    assert (tree().size, bytes(tree().root)) == before
    assert Entry.objects.filter(index=None, log="restricted").count() == 10


@pytest.mark.django_db
def test_a_late_hand_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    actions.open_trees(MONDAY)
    write(3)
    stalled = leases.take(sequencing.TURN, MONDAY)
    assert stalled is not None
    assert actions.sequence(MONDAY + SECOND) == 0, "somebody else has the turn"
    assert actions.sequence(MONDAY + leases.LASTS) == 3
    write(2)
    with pytest.raises(leases.Overtaken):
        sequencing._grow(tree(), stalled, 10)
    assert tree().size == 4


@pytest.mark.django_db
def test_what_was_signed_is_never_signed_differently() -> None:
    """A database that came back older than its last signed head."""
    actions.open_trees(MONDAY)
    write(3)
    actions.sequence(MONDAY)
    keys = keyring.read("restricted", tree().origin)
    ahead = merkle.Checkpoint(tree().origin, 99, bytes(32))
    keyring.keep_head("restricted", merkle.sign_checkpoint(ahead, keys, 1))
    write(1)
    with pytest.raises(Fault, match="99 entries"):
        actions.sequence(MONDAY + SECOND)
    fork = merkle.Checkpoint(tree().origin, 4, bytes(32))
    keyring.keep_head("restricted", merkle.sign_checkpoint(fork, keys, 1))
    with pytest.raises(Fault, match="does not continue"):
        actions.sequence(MONDAY + SECOND)


@pytest.mark.django_db
def test_swapped_or_missing_keys_are_not_signed_with() -> None:
    actions.open_trees(MONDAY)
    write(1)
    key = keyring.folder() / "restricted.key"
    assert key.stat().st_mode & 0o077 == 0
    text = key.read_text()
    key.unlink()
    with pytest.raises(Fault, match="missing"):
        actions.sequence(MONDAY)
    keyring.make("restricted", tree().origin)
    with pytest.raises(Fault, match="not the keys") as caught:
        actions.sequence(MONDAY)
    assert "PRIVATE" not in str(caught.value)
    key.write_text("v = 1")
    with pytest.raises(Fault, match="not the keys"):
        actions.sequence(MONDAY)
    key.write_text(text)
    actions.sequence(MONDAY)
    whole(tree())


def test_two_sequencers_and_many_writers_at_once(committed: None, at_once: Parallel) -> None:
    actions.open_trees(MONDAY)
    dice = random.Random(3)

    def writer(k: int) -> None:
        for part in range(4):
            write(dice.randrange(1, 9), 1000 * k + 100 * part)

    def sequencer() -> None:
        for _turn in range(15):
            actions.sequence(MONDAY)

    results = at_once([*(lambda k=k: writer(k) for k in range(3)), sequencer, sequencer])
    assert results == [None] * 5, results
    while actions.sequence(MONDAY):
        pass
    whole(tree())
    whole(Tree.objects.get(slug="public"))
    assert not Entry.objects.filter(index=None).exists()
    assert tree().size == 1 + EntryField.objects.count()


@pytest.mark.django_db
def test_a_proof_takes_three_queries_and_kept_tiles_serve_the_tree_as_it_grows(
    django_assert_max_num_queries: Any,
) -> None:
    actions.open_trees(MONDAY)
    write(1500)
    actions.sequence(MONDAY + SECOND)
    log = tree()
    trust = merkle.parse_trust(queries.trust_text())
    for index in (0, 255, 256, 1400, log.size - 1):
        with django_assert_max_num_queries(3):
            text = queries.proof_text(log, index)
        proof = merkle.read_proof(text or "")
        assert merkle.verify_proof(proof, proof.extra or b"", trust).checkpoint.size == log.size
    write(300, 1500)
    actions.sequence(MONDAY + 2 * SECOND)
    with django_assert_max_num_queries(2):  # the head and the unfinished tiles
        made = proving.proof_file(log, 3)
    assert made is not None
    data = bytes(Entry.objects.get(tree=log, index=3).data)
    assert merkle.verify_proof(made, data, trust).checkpoint.size == log.size + 300


@pytest.mark.django_db
def test_kept_tiles_never_hide_that_a_row_was_altered() -> None:
    actions.open_trees(MONDAY)
    write(300)
    actions.sequence(MONDAY + SECOND)
    log = tree()
    queries.proof_text(log, 3)  # the first tile is kept now
    row = Tile.objects.get(tree=log, path="tile/0/000")
    Tile.objects.filter(pk=row.pk).update(data=bytes(32) + bytes(row.data)[32:])
    assert [fault.params["entry"] for fault in comparing.differences()][:1] == ["restricted/0"]


def test_the_tiles_that_a_process_keeps_are_bounded() -> None:
    log = Tree(slug="restricted", vkeys=["only for this test"])
    shelf._kept_for(log).update({(0, number): [b""] for number in range(2 * shelf.KEPT)})
    kept = shelf._kept_for(log)
    assert len(kept) == shelf.KEPT and (0, 2 * shelf.KEPT - 1) in kept


@pytest.mark.django_db
def test_roots_are_computed_again_in_pieces_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "HASHED", 100)
    actions.open_trees(MONDAY)
    write(256)
    actions.sequence(MONDAY + SECOND)
    told: list[int] = []
    log, found = tree(), queries.recomputed_roots(told.append)
    assert found[log.pk] == (bytes(log.root), bytes(log.root)) and max(told) == 100
    assert sum(told) == sum(Tree.objects.values_list("size", flat=True))
