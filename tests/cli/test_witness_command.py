"""`qinglian witness`: a second process that a dishonest log cannot get past."""

from __future__ import annotations

import http.client
import os
import re
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from qinglian.batch.witness import Witness, new_state, read_keys, read_state, write_state
from qinglian.batch.witness_http import Server, ask, size_in
from qinglian.cli import main
from qinglian.engines import merkle
from qinglian.faults import Fault

ORIGIN, NOW = "log.example/public", 1_795_000_000
KEY = merkle.SigningKey(ORIGIN, merkle.ED25519, bytes(32))
KEYS = [merkle.SigningKey("w.example/hk", kind, bytes([kind]) * 32) for kind in (4, 6)]
VERIFIERS = [key.verifier for key in KEYS]
TRUST = f'v = "trust/1"\n[[log]]\norigin = "{ORIGIN}"\nkeys = ["{KEY.verifier.text}"]\nthreshold = 0\n'
HONEST = [merkle.leaf_hash(b"%d" % number) for number in range(600)]
FORKED = [*HONEST[:2], merkle.leaf_hash(b"another"), *HONEST[3:]]


def asked(leaves, old, size):
    tree, tiles = merkle.Tree().append(leaves[:size])
    store = {tile.path: tile.data for tile in tiles}
    proof = merkle.consistency_proof(old, size, merkle.TileReader(store.get, size)) if old <= size else []
    head = merkle.Checkpoint(ORIGIN, size, tree.root())
    return merkle.request_for(old, proof, merkle.sign_checkpoint(head, [KEY], NOW))


@pytest.fixture
def state(tmp_path):
    new_state(tmp_path / "state.json")
    return tmp_path / "state.json"


@pytest.fixture
def witness(state):
    return Witness(KEYS, merkle.parse_trust(TRUST), state, lambda: NOW)


@pytest.fixture
def served(witness):
    told = []
    server = Server(("127.0.0.1", 0), witness, lambda request, answer: told.append(answer))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", told
    server.shutdown()
    server.server_close()


def test_an_honest_log_gets_cosignatures_that_verify(served):
    url, _told = served
    for old, size in ((0, 5), (5, 5), (5, 300), (300, 600)):
        request = asked(HONEST, old, size)
        status, lines = ask(url, request)
        assert status == 200
        text = merkle.with_cosignatures(request.note.text, lines, VERIFIERS)
        assert merkle.open_checkpoint(text, ORIGIN, VERIFIERS)[1] == {VERIFIERS[0]: NOW, VERIFIERS[1]: NOW}


def test_a_log_that_forks_shrinks_or_signs_two_heads_is_caught_and_the_evidence_kept(served, state):
    url, told = served
    assert ask(url, asked(HONEST, 0, 300))[0] == 200
    before = state.read_bytes()
    assert ask(url, asked(FORKED, 300, 300))[0] == 409
    assert ask(url, asked(FORKED, 300, 400))[0] == 422
    status, body = ask(url, asked(HONEST, 0, 200))
    assert (status, size_in(body)) == (409, 300)
    assert [answer.conflict for answer in told] == [False, True, True, False]
    assert state.read_bytes() == before
    kept = [place.read_text("utf-8") for place in sorted(state.with_name("state.json.conflicts").iterdir())]
    assert len(kept) == 2
    for text in kept:
        notes = re.split(r"\n(?=log\.example)", text)
        assert all(merkle.parse_note(note).signed_by([KEY.verifier]) for note in notes)
    assert ask(url, asked(HONEST, 300, 301))[0] == 200


def test_a_log_learns_where_the_witness_stands(served):
    url, _told = served
    ask(url, asked(HONEST, 0, 300))
    status, body = ask(url, asked(HONEST, 0, 400))
    assert (status, body) == (409, "300\n")
    assert ask(url, asked(HONEST, size_in(body), 400))[0] == 200


def posted(url, method, path, body=None, headers=None):
    line = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    line.request(method, path, body, headers or {})
    answer = line.getresponse()
    return answer.status, answer.headers["Content-Type"], answer.read()


def test_the_answers_are_those_of_the_specification(served):
    url, _told = served
    good = asked(HONEST, 0, 5).text.encode()
    assert posted(url, "POST", "/add-checkpoint", good)[:2] == (200, "text/plain; charset=utf-8")
    assert posted(url, "POST", "/add-checkpoint", good)[:2] == (409, "text/x.tlog.size")
    assert posted(url, "POST", "/add-checkpoint", b"\xff")[0] == 400
    assert posted(url, "POST", "/add-checkpoint", b"old 0\n\n")[0] == 400
    assert posted(url, "POST", "/add-checkpoint", good.replace(b"log.example", b"lug.example"))[0] == 404
    assert posted(url, "POST", "/add-checkpoint", good.replace(b"\n5\n", b"\n6\n"))[0] == 403
    assert posted(url, "POST", "/elsewhere", good)[0] == 404
    assert posted(url, "GET", "/add-checkpoint")[0] == 404
    assert posted(url, "POST", "/add-checkpoint", b"", {"Content-Length": "99999999"})[0] == 413
    assert posted(url, "POST", "/add-checkpoint", b"", {"Content-Length": "٣".encode()})[0] == 411


def test_of_many_rival_heads_at_once_one_is_signed(served, state):
    url, _told = served
    rivals = [asked([*HONEST[:9], merkle.leaf_hash(b"rival %d" % number)], 0, 10) for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda rival: ask(url, rival)[0], rivals))
    assert sorted(statuses) == [200] + [409] * 11
    signed = rivals[statuses.index(200)]
    assert read_state(state) == {ORIGIN: signed.note.text}


def test_nothing_is_signed_when_the_state_cannot_be_kept(witness, monkeypatch):
    def full(*_words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qinglian.batch.witness.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        witness.answer(asked(HONEST, 0, 5))
    monkeypatch.undo()
    assert read_state(witness.state) == {}
    assert witness.answer(asked(FORKED, 0, 5)).status == 200


def test_a_witness_that_cannot_keep_its_state_answers_500(served, state):
    url, _told = served
    state.write_text("{}", "utf-8")
    status, body = ask(url, asked(HONEST, 0, 5))
    assert (status, body) == (500, "the witness cannot keep its state\n")


@pytest.mark.parametrize(
    "text", ["", "{}", '{"v":"witness-state/1"}', '{"v":"witness-state/1","heads":{"a":"b"}}', "\xff"]
)
def test_a_damaged_state_is_refused_by_name(state, text):
    state.write_bytes(text.encode("latin-1"))
    with pytest.raises(Fault, match=r"state\.json"):
        read_state(state)


def test_a_head_filed_under_another_log_is_refused(state):
    write_state(state, {"other.example": asked(HONEST, 0, 5).note.text})
    with pytest.raises(Fault, match="not a witness’s state"):
        read_state(state)


def test_an_address_that_is_none_and_a_witness_that_is_away_are_named():
    for url in ("ftp://w.example", "w.example", "http://w.example:x", "http://["):
        with pytest.raises(Fault, match="no address"):
            ask(url, asked(HONEST, 0, 5))
    with pytest.raises(Fault, match="does not answer"):
        ask("http://127.0.0.1:9", asked(HONEST, 0, 5))


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(main, "TOPICS", ("witness",))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keys.toml").write_text(TRUST, "utf-8")

    def run(*words):
        code = main.main(["--lang", "en", "witness", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def run(state="w.json", trust="keys.toml", listen="127.0.0.1:0"):
    return ("run", "--key", "key.toml", "--state", state, "--trust", trust, "--listen", listen)


KEYGEN = ("keygen", "--name", "w.example/hk", "--key", "key.toml", "--state", "w.json")


def test_keygen_makes_two_keys_that_only_the_owner_reads_and_show_prints_their_public_halves(
    command, tmp_path
):
    code, out, _err = command(*KEYGEN)
    assert code == 0
    assert [merkle.VerifierKey.parse(line).kind for line in out.splitlines()] == [4, 6]
    assert stat.S_IMODE(os.stat(tmp_path / "key.toml").st_mode) == 0o600
    assert "PRIVATE" not in out
    assert command("show", "--key", "key.toml")[1] == out
    write_state(tmp_path / "w.json", {ORIGIN: asked(HONEST, 0, 5).note.text})
    assert "log.example/public: 5 entries" in command("show", "--key", "key.toml", "--state", "w.json")[1]


def test_keygen_replaces_no_file(command, tmp_path):
    command(*KEYGEN)
    before = (tmp_path / "key.toml").read_bytes()
    assert command(*KEYGEN)[0] == 1
    assert command(*KEYGEN[:-1], "another.json")[0] == 1
    assert (tmp_path / "key.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("keygen", "--name", "a b", "--key", "k", "--state", "s"), "cannot name a key"),
        (("show", "--key", "keys.toml"), "not a file of witness keys"),
        (("show", "--key", "nothing"), "cannot be read"),
        (run(state="gone.json"), "gone.json"),
        (run(trust="key.toml"), "trust file"),
        (run(listen="8430"), "write 127"),
    ],
)
def test_misuse_is_named(command, words, said):
    command(*KEYGEN)
    code, _out, err = command(*words)
    assert code == 1
    assert said in err


def test_a_damaged_key_file_is_refused_without_repeating_it(command, tmp_path):
    command(*KEYGEN)
    text = (tmp_path / "key.toml").read_text("utf-8")
    secret = re.findall(r"\+([\w+/=]{20,})", text)[0]
    for bent in (
        text.replace("+PRIVATE", "").replace("PRIVATE+", ""),
        text.replace(secret[:8], "AAAAAAAA"),
        text[:-4],
    ):
        (tmp_path / "key.toml").write_text(bent, "utf-8")
        code, out, err = command("show", "--key", "key.toml")
        assert (code, out) == (1, "")
        assert secret[8:] not in err


SCRIPT = (
    "import sys; from qinglian.cli import main; main.TOPICS = ('witness',);"
    "raise SystemExit(main.main(sys.argv[1:]))"
)


@pytest.fixture
def started(command, tmp_path):
    """Two processes of one witness, on one key and one state file."""
    command(*KEYGEN)
    words = [sys.executable, "-c", SCRIPT, "--lang", "en", "witness", *run()]
    both = [subprocess.Popen(words, cwd=tmp_path, stdout=-1, stderr=-1, text=True) for _ in range(2)]
    yield (
        both,
        [
            re.search(r"http://\S+", process.stdout.readline())[0].removesuffix("/add-checkpoint")
            for process in both
        ],
    )
    for process in both:
        process.kill()
        process.communicate()


def test_two_processes_on_one_state_never_sign_rival_heads(started, tmp_path):
    both, urls = started
    honest, forked = asked(HONEST, 0, 9), asked(FORKED, 0, 9)
    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(lambda pair: ask(*pair)[0], zip(urls, (honest, forked), strict=True)))
    assert sorted(statuses) == [200, 409]
    won = (honest, forked)[statuses.index(200)]
    assert read_state(tmp_path / "w.json") == {ORIGIN: won.note.text}
    assert len(read_keys(tmp_path / "key.toml")) == 2
    for process in both:
        process.terminate()
    said = [process.communicate(timeout=10) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert "cosigned log.example/public at 9 entries" in said[0][0] + said[1][0]
    assert "refused log.example/public at 9 entries" in said[0][1] + said[1][1]


def test_a_witness_killed_after_signing_still_knows_what_it_signed(started, tmp_path):
    both, urls = started
    assert ask(urls[0], asked(HONEST, 0, 9))[0] == 200
    both[0].kill()
    assert ask(urls[1], asked(FORKED, 9, 9))[0] == 409
    assert ask(urls[1], asked(HONEST, 9, 12))[0] == 200
