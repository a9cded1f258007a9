"""A witness beside the platform: it cosigns what grows honestly, and catches what does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from tests.people import MONDAY

from qinglian.batch.verify import Asked, verify_path
from qinglian.batch.witness import Witness, new_keys, new_state
from qinglian.batch.witness_http import Server
from qinglian.capabilities.ledger import actions, keyring, queries
from qinglian.capabilities.ledger.appending import append
from qinglian.capabilities.ledger.models import Checkpoint, Cosigner, Entry, EntryField, Tile, Tree
from qinglian.engines import merkle
from qinglian.faults import Fault

SECOND = timedelta(seconds=1)
NAME = "witness.example/hk"


class Beside:
    """A witness as another office would run it: own key, own file, and the log's keys from somewhere else."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "witness.json"
        new_state(self.state)
        self.keys = new_keys(NAME, lambda n: bytes(range(n)))
        trust = merkle.parse_trust(queries.trust_text(with_witnesses=False))
        self.witness = Witness(self.keys, trust, self.state, lambda: int(MONDAY.timestamp()))
        self.server = Server(("127.0.0.1", 0), self.witness, lambda *_said: None)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def introduce(self, place: Path) -> None:
        keys = ", ".join(f'"{key.verifier.text}"' for key in self.keys)
        port = self.server.server_address[1]
        url = f"http://127.0.0.1:{port}"
        place.write_text(f'v = "witnesses/1"\n[[witness]]\nname = "{NAME}"\nurl = "{url}"\nkeys = [{keys}]\n')

    @property
    def evidence(self) -> list[Path]:
        return list(self.state.parent.glob("witness.json.conflicts/*.txt"))


@pytest.fixture
def beside(db: None, settings: Any, tmp_path: Path) -> Iterator[Beside]:
    settings.DATA, settings.LOG_WITNESSES = tmp_path, tmp_path / "witnesses.toml"
    actions.open_trees(MONDAY)
    found = Beside(tmp_path)
    found.introduce(settings.LOG_WITNESSES)
    write(3)
    run()
    yield found
    found.server.shutdown()
    found.server.server_close()


def write(n: int) -> None:
    with transaction.atomic():
        for k in range(n):
            append("ledger.erased", {"reason": str(k)}, MONDAY, open_fields={"leaf": "", "fields": []})


def run(later: timedelta = SECOND) -> None:
    while actions.sequence(MONDAY + later):
        pass


def standing() -> Cosigner:
    return Cosigner.objects.get(tree="restricted")


def forget(keep: int) -> None:
    """With the operator's rights: drop all of the restricted log above the first entries."""
    tree = Tree.objects.get(slug="restricted")
    rows = list(
        Entry.objects.filter(tree=tree, index__lt=keep).order_by("index").values_list("data", flat=True)
    )
    grown, tiles = merkle.Tree().append([merkle.leaf_hash(bytes(data)) for data in rows])
    with connection.cursor() as cursor:
        for statement in (
            ["DROP TRIGGER ledger_entry_update", "DROP TRIGGER ledger_entry_delete"]
            if connection.vendor == "sqlite"
            else ["DROP TRIGGER ledger_entry_stands ON ledger_entry"]
        ):
            cursor.execute(statement)
    Checkpoint.objects.filter(tree=tree, size__gt=keep).delete()
    EntryField.objects.filter(entry__tree=tree, entry__index__gte=keep).delete()
    Entry.objects.filter(tree=tree, index__gte=keep).delete()
    Tile.objects.filter(tree=tree).delete()
    Tile.objects.bulk_create(Tile(tree=tree, path=each.full_path, data=each.data) for each in tiles)
    Tree.objects.filter(pk=tree.pk).update(size=keep, root=grown.root(), anchored_size=0)
    (keyring.folder() / "restricted.head").unlink()


def test_the_witness_cosigns_and_the_page_shows_it(beside: Beside, tmp_path: Path) -> None:
    foot = queries.footer()
    assert foot is not None and [name for name, _at in foot.cosigners] == [NAME]
    head = next(each for each in queries.heads() if each.log == "restricted")
    assert head.enough
    page = Client().get("/en/log/").content.decode()
    assert NAME in page and "proves nothing" not in page
    queries.export(tmp_path / "out")
    trust = merkle.parse_trust((tmp_path / "out" / "keys.toml").read_text("utf-8"))
    assert trust.log(head.origin).threshold == 1
    assert verify_path(tmp_path / "out" / "restricted", Asked(trust)).accepted.witnesses == (NAME,)


def test_a_silent_witness_is_shown_and_holds_nothing_up(beside: Beside, settings: Any) -> None:
    address = beside.server.server_address
    beside.server.shutdown()
    beside.server.server_close()
    write(2)
    run(2 * SECOND)
    assert standing().trouble == "silent" and Tree.objects.get(slug="restricted").size == 6
    head = queries.footer()
    assert head is not None and head.size == 4, "proofs go by the newest head with witnesses enough"
    assert "does not answer" in Client().get("/en/log/").content.decode()
    beside.server = Server(address[:2], beside.witness, lambda *_said: None)
    threading.Thread(target=beside.server.serve_forever, args=(0.05,), daemon=True).start()
    run(timedelta(minutes=6))
    head = queries.footer()
    assert standing().trouble == "" and head is not None and head.size == 6


def test_a_log_that_forks_is_caught(beside: Beside) -> None:
    forget(2)
    write(5)
    run(2 * SECOND)
    assert Tree.objects.get(slug="restricted").size == 7 and standing().trouble == "refused"
    assert len(beside.evidence) == 1
    page = Client().get("/en/log/").content.decode()
    assert "refuses to cosign" in page and "proves nothing" in page


def test_two_heads_of_one_size_are_caught(beside: Beside) -> None:
    forget(3)
    write(1)
    run(2 * SECOND)
    assert Tree.objects.get(slug="restricted").size == 4
    Cosigner.objects.filter(tree="restricted").update(size=0)  # as a platform would that hides what it did
    run(timedelta(minutes=6))
    assert standing().trouble == "refused" and len(beside.evidence) == 1


def test_a_log_that_shrinks_is_caught(beside: Beside) -> None:
    forget(2)
    run(2 * SECOND)
    Checkpoint.objects.filter(tree="restricted", size=4).delete()
    Cosigner.objects.update(size=0)
    run(timedelta(minutes=6))
    assert standing().trouble == "ahead"
    assert "something is missing" in Client().get("/en/log/").content.decode()


def test_swapped_keys_are_caught(beside: Beside) -> None:
    tree = Tree.objects.get(slug="restricted")
    key = keyring.folder() / "restricted.key"
    key.unlink()
    vkeys = [each.verifier.text for each in keyring.make("restricted", tree.origin)]
    Tree.objects.filter(pk=tree.pk).update(vkeys=vkeys)
    write(1)
    run(2 * SECOND)
    assert standing().trouble == "refused"


def test_a_false_cosignature_is_not_kept(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    other = merkle.Checkpoint("elsewhere", 1, bytes(32))
    lines = merkle.cosign(other.body, beside.keys, 1)
    monkeypatch.setattr("qinglian.batch.witness_http.ask", lambda *_given: (200, lines))
    write(1)
    run(2 * SECOND)
    assert standing().trouble == "false"
    assert Checkpoint.objects.get(tree="restricted", size=5).cosigned == 0


def test_a_file_of_witnesses_that_cannot_be_read_is_named(beside: Beside, settings: Any) -> None:
    for text in (
        "nonsense",
        'v = "witnesses/2"\nwitness = []',
        'v = "witnesses/1"\n[[witness]]\nname = "a"\n',
    ):
        settings.LOG_WITNESSES.write_text(text)
        with pytest.raises(Fault):
            queries.heads()
