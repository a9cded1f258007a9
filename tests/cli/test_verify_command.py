"""`qinglian verify`: what holds is said, what does not is named, offline and without Django."""

from __future__ import annotations

import subprocess
import sys

import pytest

from qinglian.batch import verify as batch
from qinglian.batch.export_log import export_log
from qinglian.cli import main
from qinglian.engines import merkle

ORIGIN, NOW = "log.example/public", 1_795_000_000
LOG = [merkle.SigningKey(ORIGIN, kind, bytes([kind]) * 32) for kind in (merkle.ED25519, merkle.MLDSA44)]
WITNESS = [merkle.SigningKey("w.example/hk", kind, bytes([20 + kind]) * 32) for kind in (4, 6)]
VALUES = {"applicant": "陈大文（示例）", "amount": "1200.50"}
SALTS = {name: bytes([len(name)]) * 32 for name in VALUES}
TRUST = f"""v = "trust/1"
[[log]]
origin = "{ORIGIN}"
keys = {[key.verifier.text for key in LOG]}
threshold = 1
witnesses = ["hk"]
[[witness]]
name = "hk"
keys = {[key.verifier.text for key in WITNESS]}
"""


@pytest.fixture(scope="module")
def entries():
    entry = merkle.seal_entry(VALUES, SALTS, {"event": "case_lodged"})
    return [entry.data if number == 300 else b"entry %d" % number for number in range(600)]


def bundle(entries, number):
    return merkle.entry_bundle(entries[number * 256 : number * 256 + 256])


def signed(tree):
    head = merkle.Checkpoint(ORIGIN, tree.size, tree.root())
    return merkle.sign_checkpoint(head, LOG, NOW) + merkle.cosign(head.body, WITNESS, NOW)


@pytest.fixture
def export(tmp_path, entries):
    """An exported log of 600 entries, with its trust file, a proof, a record and an older checkpoint."""
    older, first = merkle.Tree().append(merkle.leaf_hash(data) for data in entries[:280])
    tree, later = older.append(merkle.leaf_hash(data) for data in entries[280:])
    files = {tile.path: tile.data for tile in first + later}
    tiles = merkle.TileReader(files.get, 600)
    export_log(tmp_path / "log", signed(tree), tiles, lambda number: bundle(entries, number))
    proof = merkle.inclusion_proof(300, 600, tiles)
    reveal = {name: (value, SALTS[name]) for name, value in VALUES.items()}
    record = merkle.Record(
        merkle.read_entry(entries[300]), reveal, merkle.ProofFile(300, tuple(proof), signed(tree))
    )
    (tmp_path / "keys.toml").write_text(TRUST, "utf-8")
    (tmp_path / "older").write_text(signed(older), "utf-8")
    (tmp_path / "record.json").write_text(merkle.write_record(record), "utf-8")
    (tmp_path / "erased.json").write_text(merkle.write_record(record.without(["applicant"])), "utf-8")
    (tmp_path / "it.tlog-proof").write_text(
        merkle.write_proof(300, proof, signed(tree), entries[300]), "utf-8"
    )
    (tmp_path / "bare.tlog-proof").write_text(merkle.write_proof(300, proof, signed(tree)), "utf-8")
    (tmp_path / "entry").write_bytes(entries[300])
    return tmp_path


@pytest.fixture
def verify(export, monkeypatch, capsys):
    monkeypatch.setattr(main, "TOPICS", ("verify",))
    monkeypatch.chdir(export)

    def run(*words):
        code = main.main(["--lang", "en", "verify", *words, "--trust", "keys.toml"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["record.json"], "entry 300 of the log log.example/public, among 600, and shows what was logged"),
        (["record.json"], 'applicant: "陈大文（示例）"'),
        (["record.json"], 'event: "case_lodged"'),
        (["erased.json"], "Kept back or erased: applicant."),
        (["it.tlog-proof"], "entry 300"),
        (["bare.tlog-proof", "--entry", "entry"], "entry 300"),
        (["older"], "had 280 entries"),
        (["older"], "Cosigned by hk."),
        (["older", "--not-before", "2026-11-18"], "Last signed 2026-11-18T"),
        (["log"], "all its 600 entries"),
        (["log"], "Every entry was read"),
        (["log", "--since", "older"], "It continues the log of 280 entries."),
        (["log", "--since", "log/checkpoint"], "It continues the log of 600 entries."),
    ],
)
def test_what_holds_is_said(verify, words, said):
    code, out, err = verify(*words)
    assert (code, err) == (0, "")
    assert said in out


def test_a_log_that_keeps_its_entries_back_is_checked_from_its_leaves(verify, export):
    (export / "log/tile/entries").rename(export / "kept")
    code, out, _err = verify("log")
    assert code == 0
    assert "The entries are not in the export" in out


def test_an_export_is_continued_and_the_log_holds_at_every_step(verify, export, entries):
    tree, store, written = merkle.Tree(), {}, []
    for size in (100, 256, 600, 600):
        tree, tiles = tree.append(merkle.leaf_hash(data) for data in entries[tree.size : size])
        store.update((tile.full_path, tile.data) for tile in tiles)
        reader = merkle.TileReader(store.get, size)
        part = entries[:size]
        written.append(
            export_log(export / "grown", signed(tree), reader, lambda n, part=part: bundle(part, n))
        )
        assert f"all its {size} entries" in verify("grown")[1]
    assert written == [2, 3, 5, 0]
    assert not list((export / "grown").rglob("*.new"))


DAMAGE = {
    "log/tile/0/000": (lambda data: data[:-32], "tile/0/000"),
    "log/tile/0/001": (lambda data: data[:100] + b"x" + data[101:], "tile/0/001"),
    "log/tile/0/002.p/88": (lambda data: data[:-1], "tile/0/002.p/88"),
    "log/tile/1/000.p/2": (lambda data: bytes(64), "tile/1/000.p/2"),
    "log/tile/entries/001": (lambda data: data.replace(b"entry 299", b"entry 298"), "tile/0/001"),
    "log/tile/entries/002.p/88": (lambda data: data[:-1], "tile/entries/002.p/88"),
}


@pytest.mark.parametrize("path", DAMAGE)
def test_a_damaged_export_is_named(verify, export, path):
    damage, named = DAMAGE[path]
    place = export / path
    place.write_bytes(damage(place.read_bytes()))
    code, out, err = verify("log")
    assert (code, out) == (1, "")
    assert err.startswith(f"{named}: ")


@pytest.mark.parametrize("path", DAMAGE)
def test_a_missing_file_of_an_export_is_named(verify, export, path):
    (export / path).unlink()
    code, _out, err = verify("log")
    assert code == 1
    assert path.removeprefix("log/") in err
    assert "missing" in err


def test_a_fork_and_a_stale_export_are_named(verify, export, entries):
    other, _ = merkle.Tree().append(merkle.leaf_hash(b"other %d" % number) for number in range(280))
    (export / "other").write_text(signed(other), "utf-8")
    assert "does not continue that of 280" in verify("log", "--since", "other")[2]
    longer, _ = merkle.Tree().append(merkle.leaf_hash(data) for data in [*entries, b"one more"])
    (export / "longer").write_text(signed(longer), "utf-8")
    assert "a stale export: 600 entries, but 601" in verify("log", "--since", "longer")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["older", "--not-before", "2026-11-19"], "stale checkpoint"),
        (["older", "--not-before", "yesterday"], "write 2026-11-02"),
        (["older", "--since", "older"], "give its folder"),
        (["record.json", "--entry", "entry"], "leave it out"),
        (["bare.tlog-proof"], "--entry"),
        (["bare.tlog-proof", "--entry", "keys.toml"], "the entry or the proof was altered"),
        (["keys.toml"], "neither a proof"),
        (["entry"], "'v'|\"v\""),
        (["nothing.json"], "cannot be read"),
        (["."], "checkpoint: the file is missing"),
    ],
)
def test_what_does_not_hold_is_named(verify, words, said):
    code, out, err = verify(*words)
    assert (code, out) == (1, "")
    assert any(part in err for part in said.split("|"))
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"v": "draw/9"}', "draw/9 is no kind"),
        ('{"a": 1, "v": "record/1"}', "first key"),
        ("{}", "first key"),
        ('{"v": 1}', "first key"),
        ('{"v": "record/1"}', "just v, entry"),
        ("{" * 50_000, "not JSON"),
        ('{"v":' * 20_000, "nested deeper"),
        ("\xff", "not UTF-8"),
        ("c2sp.org/tlog-proof@v9\n\n", "first line"),
    ],
)
def test_any_other_file_is_refused_by_name(verify, export, text, said):
    (export / "file").write_bytes(text.encode("latin-1"))
    code, _out, err = verify("file")
    assert code == 1
    assert said in err
    assert err.startswith("file:")


def test_what_strangers_wrote_cannot_play_with_the_terminal(verify, export):
    entry = merkle.seal_entry({}, {}, {"a\x1b[2J": "\u202eb"})
    tree, _ = merkle.Tree().append([merkle.leaf_hash(entry.data)])
    record = merkle.Record(entry, {}, merkle.ProofFile(0, (), signed(tree)))
    (export / "sly.json").write_text(merkle.write_record(record), "utf-8")
    code, out, _err = verify("sly.json")
    assert code == 0
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_neither_django_nor_the_network_is_touched(export):
    script = (
        "import sys, socket; socket.socket = None; from qinglian.cli import main; main.TOPICS = ('verify',);"
        "code = main.main(sys.argv[1:]); assert not [m for m in sys.modules if m.startswith('django')];"
        "raise SystemExit(code)"
    )
    words = ["verify", "record.json", "--trust", "keys.toml"]
    done = subprocess.run([sys.executable, "-c", script, *words], cwd=export, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_how_far_a_log_is_hashed_is_told(export):
    told = []
    asked = batch.Asked(batch.load_trust(export / "keys.toml"), tell=lambda *said: told.append(said))
    batch.verify_log(export / "log", asked)
    assert told == [("hashing the log anew", n / 600, n) for n in (256, 512, 600)]
