"""A tree as rows: tiles under their full paths, entries under their index."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache

from django.db import connection
from django.db.models import Model

from qinglian.capabilities.ledger.models import Checkpoint, Entry, Tile, Tree
from qinglian.engines import merkle

KEPT = 256  # full tiles of a tree, hashed up, that a process keeps: 16 KB each
_full: dict[str, dict[tuple[int, int], list[bytes]]] = {}


def reader(tree: Tree, size: int) -> merkle.TileReader:
    """Reads the tree as it was with `size` entries; unfinished tiles are found in their full ones."""
    return merkle.TileReader(lambda path: None if ".p/" in path else _data(tree, [path]).get(path), size)


def near(tree: Tree, size: int, indices: Iterable[int]) -> merkle.TileReader:
    """Like `reader`, for proofs about these entries: one query brings every tile that they need.

    Full tiles are kept by the process. So this is not for whoever has to find out whether rows were altered.
    """
    full = _kept_for(tree)
    places = merkle.tiles_near(indices, size)
    paths = [merkle.tile_path(level, number) for level, number in places if (level, number) not in full]
    found = _data(tree, paths)

    def fetch(path: str) -> bytes | None:
        if ".p/" in path:
            return None
        return found[path] if path in found else _data(tree, [path]).get(path)

    return merkle.TileReader(fetch, size, full)


def _data(tree: Tree, paths: Sequence[str]) -> dict[str, bytes]:
    if not paths:
        return {}
    marks = ", ".join(["%s"] * len(paths))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT path, data FROM {_table(Tile)} WHERE tree_id = %s AND path IN ({marks})",
            [tree.pk, *paths],
        )
        return {path: bytes(data) for path, data in cursor.fetchall()}


def _kept_for(tree: Tree) -> dict[tuple[int, int], list[bytes]]:
    """By the keys of the tree: a tree of the same name in another database is another tree."""
    full = _full.setdefault("".join(tree.vkeys), {})
    for place in list(full)[: len(full) - KEPT] if len(full) > KEPT else ():
        full.pop(place, None)
    return full


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def resume(tree: Tree) -> merkle.Tree:
    """The tree's right edge; Fault if the tiles do not hash to the root that the row states."""
    return merkle.Tree.resume(tree.size, bytes(tree.root), reader(tree, tree.size))


def grow(tree: Tree, rows: Sequence[tuple[int, bytes]], known: merkle.Tree | None = None) -> merkle.Tree:
    """Number these pending entries (id, data) and hash them into the tree; the grown tree.

    Call it inside a transaction that has locked the tree's row. known: the tree as it was left by the
    same hand a moment ago; it is believed only if the row still says so.
    """
    if known is None or (known.size, known.root()) != (tree.size, bytes(tree.root)):
        known = resume(tree)
    grown, tiles = known.append([merkle.leaf_hash(bytes(data)) for _pk, data in rows])
    _number(tree, [pk for pk, _data in rows])
    _keep(tree, tiles)
    tree.size, tree.root = grown.size, grown.root()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {_table(Tree)} SET size = %s, root = %s WHERE slug = %s",
                       [tree.size, tree.root, tree.pk])  # fmt: skip
    return grown


def lock(tree: Tree) -> None:
    """Hold the tree's row, and read how far it is; inside the transaction that grows it."""
    with connection.cursor() as cursor:
        cursor.execute(_locking(), [tree.pk])
        tree.size, tree.root = cursor.fetchone()


@cache
def _locking() -> str:
    wait = connection.ops.for_update_sql() if connection.features.has_select_for_update else ""
    return f"SELECT size, root FROM {_table(Tree)} WHERE slug = %s {wait}"


def _keep(tree: Tree, tiles: Sequence[merkle.Tile]) -> None:
    newest = {tile.full_path: tile.data for tile in tiles}
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {_table(Tile)} (tree_id, path, data) VALUES (%s, %s, %s) "
            "ON CONFLICT (tree_id, path) DO UPDATE SET data = excluded.data",
            [(tree.pk, path, data) for path, data in newest.items()],
        )


def _number(tree: Tree, pks: Sequence[int]) -> None:
    """One statement for all, the same text each time: an update through the ORM would build a CASE of 256
    branches, and a list of 256 pairs would be read anew by the database."""
    with connection.cursor() as cursor:
        cursor.execute(_numbering(connection.vendor), [tree.pk, tree.size, json.dumps(list(pks))])
        if cursor.rowcount != len(pks):
            raise RuntimeError("an entry was numbered by somebody else; nothing is kept of this batch")


@cache
def _numbering(vendor: str) -> str:
    """The ids as one JSON list, in their order: counted from 0 by SQLite, from 1 by PostgreSQL."""
    table, index = _table(Entry), connection.ops.quote_name("index")
    given = {
        "sqlite": "SELECT CAST(value AS INTEGER) AS pk, key AS place FROM json_each(%s)",
        "postgresql": "SELECT pk::bigint, place - 1 AS place "
        "FROM jsonb_array_elements_text(%s::jsonb) WITH ORDINALITY AS listed(pk, place)",
    }[vendor]
    return (
        f"UPDATE {table} SET tree_id = %s, {index} = %s + given.place FROM ({given}) AS given "
        f"WHERE {table}.id = given.pk AND {table}.{index} IS NULL"
    )


def pending(log: str, most: int) -> list[tuple[int, bytes]]:
    """(id, data) of the oldest entries without a place."""
    with connection.cursor() as cursor:
        cursor.execute(_pending(), [log, most])
        found: list[tuple[int, bytes]] = cursor.fetchall()
    return found


@cache
def _pending() -> str:
    index = connection.ops.quote_name("index")
    return f"SELECT id, data FROM {_table(Entry)} WHERE log = %s AND {index} IS NULL ORDER BY id LIMIT %s"


def newest_checkpoint(tree: Tree, index: int, cosigned: int = 0) -> Checkpoint | None:
    """The newest one that holds the entry and has so many cosignatures; every proof begins by asking it."""
    names = [field.column for field in Checkpoint._meta.concrete_fields]
    found = Checkpoint.objects.raw(
        f"SELECT {', '.join(names)} FROM {_table(Checkpoint)} "
        "WHERE tree_id = %s AND size > %s AND cosigned >= %s ORDER BY size DESC LIMIT 1",
        [tree.pk, index, cosigned],
    )
    return next(iter(found), None)


def entry_data(tree: Tree, index: int) -> bytes | None:
    with connection.cursor() as cursor:
        number = connection.ops.quote_name("index")
        cursor.execute(
            f"SELECT data FROM {_table(Entry)} WHERE tree_id = %s AND {number} = %s", [tree.pk, index]
        )
        row = cursor.fetchone()
    return bytes(row[0]) if row else None


def bundle(tree: Tree, number: int, size: int) -> bytes:
    """Entry bundle `number` of the tree with `size` entries."""
    start = number * merkle.tiles.WIDTH
    end = start + merkle.width_at(size, 0, number)
    rows = Entry.objects.filter(tree=tree, index__gte=start, index__lt=end).order_by("index")
    return merkle.entry_bundle(bytes(data) for data in rows.values_list("data", flat=True))
