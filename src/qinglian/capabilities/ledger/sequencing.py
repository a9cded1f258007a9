"""From pending to proven: entries are numbered and hashed into their tree; what is committed is signed.

Killed anywhere, it goes on from the rows: what is pending is still pending, a tree that grew without a
checkpoint gets one, and a head that was signed is never signed differently (keyring).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, QuerySet

from qinglian.capabilities.ledger import keyring, leases, shelf, witnessing
from qinglian.capabilities.ledger.entries import log_anchored, log_opened
from qinglian.capabilities.ledger.kinds import LOGS
from qinglian.capabilities.ledger.models import Checkpoint, Entry, Tree
from qinglian.engines import merkle
from qinglian.faults import Fault
from qinglian.faults import noop as _

BATCH = 256
TURN = "sequencer"
ANCHOR_EVERY = timedelta(minutes=1)


def reached(point: str) -> None:
    """A named point at which tests kill the process: grown, signed, kept, cosigned."""


def trees() -> list[Tree]:
    """The tree of each log that grows: the newest one."""
    newest = Tree.objects.values("log").annotate(last=Max("generation")).values_list("log", "last")
    return [Tree.objects.get(log=log, generation=last) for log, last in sorted(newest)]


@transaction.atomic
def open_trees(now: datetime, before: dict[str, dict[str, object]] | None = None) -> list[Tree]:
    """The first tree of each log that has none; with `before` (log → old head) the next one of each."""
    opened = []
    for log in LOGS:
        last = Tree.objects.filter(log=log).aggregate(last=Max("generation"))["last"] or 0
        if last and before is None:
            continue
        slug = log if not last else f"{log}-{last + 1}"
        if keyring.head(slug) is not None:
            raise Fault(
                _("the log %(log)s was signed before, and this database does not know it; restore a backup, "
                  "or remove the folder of keys to begin anew"),
                log=slug, file=str(keyring.folder()),
            )  # fmt: skip
        origin = f"{settings.LOG_ORIGIN}/{slug}"
        keys = [key.verifier.text for key in keyring.make(slug, origin)]
        tree = Tree.objects.create(
            slug=slug, log=log, generation=last + 1, origin=origin, vkeys=keys,
            root=merkle.EMPTY_ROOT, opened_at=now,
        )  # fmt: skip
        first = log_opened(log, origin, keys, now, before[log] if before else None)
        shelf.grow(tree, list(Entry.objects.filter(pk=first).values_list("pk", "data")))
        opened.append(tree)
    return opened


def sequence(now: datetime, limit: int = 20) -> int:
    """Number up to `limit` batches of pending entries, sign, and ask the witnesses; how many were numbered.

    Nothing is written while there is nothing to do. Two at once do no harm: one of them waits its turn.
    """
    growing = trees()
    known = witnessing.witnesses()
    if not any(_due(tree) for tree in growing) and not witnessing.waiting(growing, known, now):
        return 0
    token = leases.take(TURN, now)
    if token is None:
        return 0
    done = 0
    try:
        for tree in growing:
            done += _grow(tree, token, limit)
            sign(tree, now)
        _anchor(token, now)
        for tree, witness in witnessing.waiting(growing, known, now):
            witnessing.ask(tree, witness, now)
            reached("cosigned")
    except leases.Overtaken:
        pass
    finally:
        leases.release(TURN, token)
    return done


def unnumbered(_now: datetime) -> QuerySet[Entry]:
    """What the job is needed for at once; heads to sign and witnesses to ask are looked for more seldom."""
    return Entry.objects.filter(index=None)


def _due(tree: Tree) -> bool:
    if Entry.objects.filter(log=tree.log, index=None).exists():
        return True
    return not tree.checkpoints.filter(size=tree.size).exists()


def _grow(tree: Tree, token: int, limit: int) -> int:
    done, known = 0, None
    for _batch in range(limit):
        with transaction.atomic():
            leases.hold(TURN, token)
            shelf.lock(tree)
            rows = shelf.pending(tree.log, BATCH)
            if not rows:
                return done
            known = shelf.grow(tree, rows, known)
        reached("grown")
        done += len(rows)
    return done


def sign(tree: Tree, now: datetime) -> Checkpoint | None:
    """The checkpoint of what is committed, unless it is there; it must continue the last head ever signed."""
    tree = Tree.objects.get(pk=tree.pk)
    if not tree.size or tree.checkpoints.filter(size=tree.size).exists():
        return None
    keys = keyring.read(tree.pk, tree.origin)
    if [key.verifier.text for key in keys] != list(tree.vkeys):
        raise Fault(
            _("not the keys of the log %(origin)s; put the right file back, or open a new log"),
            origin=tree.origin, file=str(keyring.folder() / f"{tree.pk}.key"),
        )  # fmt: skip
    head = merkle.Checkpoint(tree.origin, tree.size, bytes(tree.root))
    _continues(tree, keyring.head(tree.pk))
    text = merkle.sign_checkpoint(head, keys, int(now.timestamp()))
    reached("signed")
    keyring.keep_head(tree.pk, text)
    reached("kept")
    row, _made = Checkpoint.objects.get_or_create(
        tree=tree, size=tree.size, defaults={"root": head.root, "text": text, "signed_at": now}
    )
    return row


def _continues(tree: Tree, last: merkle.Checkpoint | None) -> None:
    if last is None:
        return
    if last.size > tree.size:
        raise Fault(
            _("the log %(origin)s had %(old)s entries when it was last signed, this database has %(new)s; "
              "bring the rest back with `qinglian site restore`, or open a new log"),
            origin=tree.origin, old=last.size, new=tree.size,
        )  # fmt: skip
    if merkle.tree_root(last.size, shelf.reader(tree, tree.size)) != last.root:
        raise Fault(
            _("the log of %(new)s entries does not continue that of %(old)s: keep both, one was altered"),
            old=last.size, new=tree.size,
        )  # fmt: skip


def _anchor(token: int, now: datetime) -> None:
    """Tell the restricted log's head in the public one, once a minute at the most."""
    due = [
        tree
        for tree in Tree.objects.filter(log="restricted", size__gt=F("anchored_size"))
        if tree.anchored_at is None or abs(now - tree.anchored_at) >= ANCHOR_EVERY
    ]
    for tree in due:
        with transaction.atomic():
            leases.hold(TURN, token)
            tree = Tree.objects.select_for_update().get(pk=tree.pk)
            log_anchored(tree.origin, tree.size, bytes(tree.root), now)
            tree.anchored_size, tree.anchored_at = tree.size, now
            tree.save(update_fields=["anchored_size", "anchored_at"])
