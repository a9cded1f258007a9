"""A witness's judgement: a log that forks, shrinks or signs two heads of one size is caught."""

from __future__ import annotations

import pytest

from qinglian.engines import merkle
from qinglian.faults import Fault

ORIGIN, NOW = "log.example/public", 1_795_000_000
KEY = merkle.SigningKey(ORIGIN, merkle.ED25519, bytes(32))
STRANGER = merkle.SigningKey(ORIGIN, merkle.ED25519, b"x" * 32)
TRUST = merkle.parse_trust(
    f'v = "trust/1"\n[[log]]\norigin = "{ORIGIN}"\nkeys = ["{KEY.verifier.text}"]\nthreshold = 0\n'
)
HONEST = [merkle.leaf_hash(str(number).encode()) for number in range(20)]
FORKED = [*HONEST[:4], merkle.leaf_hash(b"another"), *HONEST[5:]]


def head(leaves, size, key=KEY, origin=ORIGIN):
    tree, _ = merkle.Tree().append(leaves[:size])
    checkpoint = merkle.Checkpoint(origin, size, tree.root())
    return checkpoint, merkle.sign_note(checkpoint.body, [key], NOW).text


def asked(leaves, old, size, **how):
    _tree, tiles = merkle.Tree().append(leaves[:size])
    store = {tile.path: tile.data for tile in tiles}
    proof = merkle.consistency_proof(old, size, merkle.TileReader(store.get, size)) if old <= size else []
    return merkle.request_for(old, proof, head(leaves, size, **how)[1])


def judged(request, last=None):
    return merkle.consider(merkle.parse_request(request.text), TRUST, last)


def test_an_honest_log_is_cosigned_from_nothing_and_as_it_grows():
    last = None
    for old, size in ((0, 6), (6, 6), (6, 8), (8, 20)):
        assert judged(asked(HONEST, old, size), last).status == 200
        last = head(HONEST, size)[0]


def test_two_heads_of_one_size_are_caught():
    verdict = judged(asked(FORKED, 8, 8), head(HONEST, 8)[0])
    assert (verdict.status, verdict.size, verdict.conflict) == (409, 8, True)
    assert "two heads of size 8" in str(verdict.fault)


def test_a_fork_is_caught():
    verdict = judged(asked(FORKED, 8, 12), head(HONEST, 8)[0])
    assert (verdict.status, verdict.conflict) == (422, True)


def test_a_log_that_shrinks_is_caught():
    for old in (0, 6, 8):
        verdict = judged(asked(HONEST, old, 6), head(HONEST, 8)[0])
        assert verdict.status == (409 if old <= 6 else 400)
        assert "shrank" in str(verdict.fault)


def test_who_does_not_know_where_the_witness_stands_is_told():
    verdict = judged(asked(HONEST, 0, 12), head(HONEST, 8)[0])
    assert (verdict.status, verdict.size, verdict.conflict) == (409, 8, False)


def test_strangers_are_turned_away():
    assert judged(asked(HONEST, 0, 6, origin="other.example")).status == 404
    assert judged(asked(HONEST, 0, 6, key=STRANGER)).status == 403
    forged = asked(HONEST, 0, 6).text.replace("\n6\n", "\n7\n")
    assert judged(merkle.parse_request(forged)).status == 403


def test_an_old_size_above_the_new_is_misuse():
    assert judged(asked(HONEST, 9, 8), head(HONEST, 8)[0]).status == 400


def test_a_needless_proof_is_refused_without_calling_it_a_conflict():
    request = merkle.request_for(8, [bytes(32)], head(HONEST, 8)[1])
    verdict = judged(request, head(HONEST, 8)[0])
    assert (verdict.status, verdict.conflict) == (422, False)


def test_a_request_reads_back():
    request = asked(HONEST, 6, 20)
    assert merkle.parse_request(request.text) == request
    assert request.text.startswith("old 6\n")


@pytest.mark.parametrize(
    "text", ["", "old 1", "old 01\n\n", "older 1\n\n", "old 0\nAAAA\n\n", "old 0\n" + "A\n" * 64 + "\n"]
)
def test_a_bent_request_is_refused(text):
    with pytest.raises(Fault):
        merkle.parse_request(text)
