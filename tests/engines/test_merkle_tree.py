"""The tree, its tiles and its proofs, against the vectors of Certificate Transparency and a naive tree."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qinglian.engines import merkle
from qinglian.faults import Fault

# The reference leaves and roots of Certificate Transparency (transparency-dev/merkle, testonly).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
PATH_5_OF_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
FROM_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


def grow(leaves, batch=256):
    tree, store = merkle.Tree(), {}
    for start in range(0, len(leaves), batch):
        tree, tiles = tree.append(leaves[start : start + batch])
        store.update((tile.path, tile.data) for tile in tiles)
    return tree, store


def naive(leaves):
    """RFC 6962 section 2.1 as it is written: the independent second computation."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return sha256(b"\x01" + naive(leaves[:middle]) + naive(leaves[middle:])).digest()


def numbered(count):
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


def reader(store, size):
    return merkle.TileReader(store.get, size)


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_published_vectors(size):
    tree, store = grow([merkle.leaf_hash(leaf) for leaf in LEAVES[:size]], 3)
    assert tree.root() == ROOTS[size] == merkle.tree_root(size, reader(store, size))


def test_proofs_are_those_of_the_published_vectors():
    _tree, store = grow([merkle.leaf_hash(leaf) for leaf in LEAVES])
    tiles = reader(store, 8)
    assert [step.hex() for step in merkle.inclusion_proof(5, 8, tiles)] == PATH_5_OF_8
    assert [step.hex() for step in merkle.consistency_proof(6, 8, tiles)] == FROM_6_TO_8
    assert merkle.verify_inclusion(
        merkle.leaf_hash(LEAVES[5]), 5, 8, [bytes.fromhex(h) for h in PATH_5_OF_8], ROOTS[8]
    ) is None  # fmt: skip


def test_every_proof_of_every_small_tree_holds():
    leaves = numbered(40)
    for size in range(1, 41):
        tree, store = grow(leaves[:size], 7)
        tiles = reader(store, size)
        assert tree.root() == naive(leaves[:size])
        for other in range(size + 1):
            if other < size:
                proof = merkle.inclusion_proof(other, size, tiles)
                merkle.verify_inclusion(leaves[other], other, size, proof, tree.root())
            proof = merkle.consistency_proof(other, size, tiles)
            merkle.verify_consistency(other, naive(leaves[:other]), size, tree.root(), proof)


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 70_000), st.data())
def test_a_tree_of_any_size_proves_any_entry_and_any_earlier_size(size, data):
    tree, store = grow(BIG[:size], 4096)
    tiles, index = reader(store, size), data.draw(st.integers(0, size - 1))
    merkle.verify_inclusion(BIG[index], index, size, merkle.inclusion_proof(index, size, tiles), tree.root())
    earlier, _ = grow(BIG[:index], 1000)
    assert merkle.tree_root(index, tiles) == earlier.root()
    proof = merkle.consistency_proof(index, size, tiles)
    merkle.verify_consistency(index, earlier.root(), size, tree.root(), proof)
    assert merkle.Tree.resume(size, tree.root(), tiles) == tree


BIG = numbered(70_000)


@given(st.lists(st.integers(1, 300), max_size=8))
def test_batches_do_not_change_the_tree_and_no_tile_is_emitted_twice_with_other_bytes(batches):
    tree, store = merkle.Tree(), {}
    for batch in batches:
        tree, tiles = tree.append(BIG[tree.size : tree.size + batch])
        for tile in tiles:
            assert store.setdefault(tile.path, tile.data) == tile.data
            assert merkle.parse_tile_path(tile.path) == (tile.level, tile.index, tile.width)
    assert tree == grow(BIG[: tree.size])[0]


def test_a_tree_of_70_000_has_just_the_tiles_that_the_specification_counts():
    _, store = grow(BIG, 70_000)
    assert len([path for path in store if path.startswith("tile/0/")]) == 274
    assert {"tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"} <= store.keys()
    assert len(store) == 277  # C2SP tlog-tiles, Partial Tiles


def test_a_tree_of_256_has_a_full_tile_and_above_it_one_of_width_1():
    assert set(grow(BIG[:256])[1]) == {"tile/0/000", "tile/1/000.p/1"}


def test_a_partial_tile_that_is_gone_is_read_from_its_full_one():
    _, store = grow(BIG[:1000], 1000)
    del store["tile/0/003.p/232"]
    with pytest.raises(Fault, match="missing"):
        merkle.tree_root(1000, reader(store, 1000))
    store["tile/0/003"] = b"".join(BIG[768:1024])
    assert merkle.tree_root(1000, reader(store, 1000)) == grow(BIG[:1000])[0].root()


def test_one_row_for_each_tile_is_storage_enough():
    rows, tree = {}, merkle.Tree()
    for start in range(0, 3000, 50):
        tree, tiles = tree.append(BIG[start : start + 50])
        rows.update((tile.full_path, tile.data) for tile in tiles)
    assert merkle.Tree.resume(3000, tree.root(), reader(rows, 3000)) == tree


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[:-32], lambda data: data + bytes(32)]
)
def test_a_tile_of_another_length_is_named(damage):
    _, store = grow(BIG[:300])
    store["tile/0/000"] = damage(store["tile/0/000"])
    with pytest.raises(Fault, match=r"^tile/0/000: the tile has \d+ bytes, not 8192"):
        merkle.inclusion_proof(3, 300, reader(store, 300))


def test_a_tree_is_not_resumed_from_tiles_that_were_altered():
    tree, store = grow(BIG[:300])
    store["tile/0/001.p/44"] = bytes(44 * 32)
    with pytest.raises(Fault, match="do not hash to the root"):
        merkle.Tree.resume(300, tree.root(), reader(store, 300))


@settings(max_examples=60)
@given(st.integers(1, 600), st.data())
def test_a_forged_inclusion_proof_is_refused(size, data):
    tree, store = grow(BIG[:size], 600)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, reader(store, size))
    forgeries = [
        (BIG[index + 1], index, size, proof, tree.root()),
        (BIG[index], index, size, [*proof, bytes(32)], tree.root()),
        (BIG[index], size, size, proof, tree.root()),
        (BIG[index], index, size, proof, bytes(32)),
        (BIG[index], -1, size, proof, tree.root()),
    ]
    if proof:
        bent = data.draw(st.integers(0, len(proof) - 1))
        forgeries += [
            (BIG[index], index ^ 1, size, proof, tree.root()),
            (BIG[index], index, size, proof[:-1], tree.root()),
            (BIG[index], index, size, [*proof[:bent], proof[bent][::-1], *proof[bent + 1 :]], tree.root()),
            (BIG[index], index, size, [*proof[:bent], proof[bent][:31], *proof[bent + 1 :]], tree.root()),
        ]
    for forgery in forgeries:
        with pytest.raises(Fault):
            merkle.verify_inclusion(*forgery)


@settings(max_examples=60)
@given(st.integers(2, 600), st.data())
def test_a_fork_is_refused(size, data):
    old = data.draw(st.integers(1, size - 1))
    tree, store = grow(BIG[:size], 600)
    proof = merkle.consistency_proof(old, size, reader(store, size))
    before = naive(BIG[:old])
    other, other_store = grow([*BIG[: old - 1], bytes(32), *BIG[old:size]], 600)
    theirs = merkle.consistency_proof(old, size, reader(other_store, size))
    for forgery in [
        (old, before, size, other.root(), theirs),
        (old, before, size, other.root(), proof),
        (old, before, size, tree.root(), proof[1:]),
        (old, before, size, tree.root(), [*proof, bytes(32)]),
        (old, bytes(32), size, tree.root(), proof),
        (size, tree.root(), old, before, proof),
        (size, before, size, tree.root(), []),
        (0, before, size, tree.root(), []),
        (0, merkle.EMPTY_ROOT, size, tree.root(), proof),
    ]:
        with pytest.raises(Fault):
            merkle.verify_consistency(*forgery)


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (0, 1234, 5, "tile/0/x001/234.p/5"),
        (merkle.ENTRIES, 0, 256, "tile/entries/000"),
        (63, 999, 255, "tile/63/999.p/255"),
    ],
)
def test_paths_are_spelt_as_in_tlog_tiles(level, index, width, path):
    assert merkle.tile_path(level, index, width) == path
    assert merkle.parse_tile_path(path) == (level, index, width)


@pytest.mark.parametrize(
    "path",
    ["tile/00/000", "tile/64/000", "tile/0/0", "tile/0/x000/000", "tile/0/000.p/0", "tile/0/000.p/256",
     "tile/0/000.p/05", "tile/0/000/", "/tile/0/000", "tile/0/../000", "tile/0/٠٠٠", "checkpoint", ""],
)  # fmt: skip
def test_other_spellings_are_refused(path):
    with pytest.raises(Fault):
        merkle.parse_tile_path(path)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_a_bundle_gives_its_entries_back_and_a_cut_one_is_refused(entries):
    data = merkle.entry_bundle(entries)
    assert merkle.split_bundle(data, len(entries)) == entries
    for cut, width in [(data[:-1], len(entries)), (data, len(entries) + 1), (data + b"\0", len(entries))]:
        with pytest.raises(Fault):
            merkle.split_bundle(cut, width)


def test_an_entry_above_the_limit_of_a_bundle_is_refused():
    merkle.entry_bundle([bytes(65_535)])
    with pytest.raises(Fault, match="65536"):
        merkle.entry_bundle([bytes(65_536)])


def test_a_leaf_that_is_no_hash_is_refused_and_nothing_grows():
    with pytest.raises(Fault):
        merkle.Tree().append([b"text"])


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0), (0, 7)])
def test_no_proof_is_made_for_what_is_not_in_the_tree(index, size):
    _, store = grow(BIG[:6])
    with pytest.raises(Fault):
        merkle.inclusion_proof(index, size, reader(store, 6))
    with pytest.raises(Fault):
        merkle.consistency_proof(5, 4, reader(store, 6))


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 70_000), st.data())
def test_the_tiles_near_an_entry_are_all_that_its_proof_reads(size, data):
    store = grow(BIG[:size], 4096)[1]
    index = data.draw(st.integers(0, size - 1))
    near = {merkle.tile_path(*place) for place in merkle.tiles_near([index], size)}
    assert len(near) <= 2 * 3
    asked, full = set(), {}

    def fetch(path):
        asked.add(path.partition(".p/")[0])
        return store.get(path)

    proof = merkle.inclusion_proof(index, size, merkle.TileReader(fetch, size, full))
    assert asked <= near
    again = merkle.TileReader(lambda path: store.get(path) if ".p/" in path else None, size, full)
    assert merkle.inclusion_proof(index, size, again) == proof
    assert all(merkle.width_at(size, *place) == 256 for place in full)
