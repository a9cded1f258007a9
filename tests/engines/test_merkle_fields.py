"""Hidden fields: erase a person's data, and every proof stays valid."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglian.engines import canon, merkle
from qinglian.faults import Fault

ORIGIN, NOW = "log.example/restricted", 1_795_000_000
KEY = merkle.SigningKey(ORIGIN, merkle.ED25519, bytes(32))
TRUST = merkle.parse_trust(
    f'v = "trust/1"\n[[log]]\norigin = "{ORIGIN}"\nkeys = ["{KEY.verifier.text}"]\nthreshold = 0\n'
)
VALUES = {"applicant": "陈大文（示例）", "phone": "13800000000", "amount": "1200.50", "days": 5}
SALTS = {name: sha256(name.encode()).digest() for name in VALUES}


def logged(others=9, place=4):
    """A record of VALUES, logged among other entries."""
    entry = merkle.seal_entry(VALUES, SALTS, {"event": "case_lodged", "day": "2026-11-02"})
    entries = [f"other {number}".encode() for number in range(others)]
    entries.insert(place, entry.data)
    tree, tiles = merkle.Tree().append([merkle.leaf_hash(data) for data in entries])
    store = {tile.path: tile.data for tile in tiles}
    proof = merkle.inclusion_proof(place, tree.size, merkle.TileReader(store.get, tree.size))
    text = merkle.sign_checkpoint(merkle.Checkpoint(ORIGIN, tree.size, tree.root()), [KEY], NOW)
    reveal = {name: (value, SALTS[name]) for name, value in VALUES.items()}
    return merkle.Record(entry, reveal, merkle.ProofFile(place, tuple(proof), text))


def test_a_record_verifies_and_reads_back():
    record = logged()
    text = merkle.write_record(record)
    assert text.startswith('{\n "v": "record/1"')
    assert merkle.read_record(text) == record
    assert merkle.verify_record(merkle.read_record(text), TRUST).checkpoint.size == 10


def test_erase_then_verify():
    erased = logged().without(["applicant", "phone"])
    text = merkle.write_record(erased)
    assert "陈大文" not in text
    assert "13800000000" not in text
    assert erased.withheld == ["applicant", "phone"]
    assert merkle.verify_record(merkle.read_record(text), TRUST).checkpoint.size == 10
    assert merkle.verify_record(erased.without(VALUES), TRUST).checkpoint.size == 10


def test_without_the_salt_a_right_guess_cannot_be_told_from_a_wrong_one():
    entry = logged().entry
    for guess in ("13800000000", "13900000000"):
        with pytest.raises(Fault):
            entry.check("phone", guess, bytes(32))


def test_the_commitment_is_the_hash_that_is_documented():
    found = merkle.commitment("days", 5, b"s" * 32)
    assert found == sha256(b"s" * 32 + b'["days",5]').digest()


def test_an_entry_is_canonical_and_reads_back():
    entry = logged().entry
    assert entry.data.startswith(b'{"fields":{"amount":"')
    assert entry.data.endswith(b'"open":{"day":"2026-11-02","event":"case_lodged"},"v":"entry/1"}')
    assert merkle.read_entry(entry.data) == entry
    with pytest.raises(Fault, match="canonical"):
        merkle.read_entry(json.dumps(entry.document).encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("13800000000", "13800000001"),
        ('"value": 5', '"value": "5"'),
        ('"value": 5', '"value": 5.0'),
        ('"days": {', '"day": {'),
        ("2026-11-02", "2026-11-03"),
        ("index 4", "index 5"),
        ("\\n10\\n", "\\n11\\n"),
        ('"record/1"', '"record/2"'),
        ('"entry/1"', '"entry/2"'),
        ('"salt": "', '"salt": "A'),
        ('"reveal"', '"reveals"'),
        ("log.example", "lug.example"),
    ],
)
def test_an_altered_record_is_refused_by_name(old, new):
    text = merkle.write_record(logged())
    assert old in text
    with pytest.raises(Fault):
        merkle.verify_record(merkle.read_record(text.replace(old, new)), TRUST)


def test_a_value_cannot_be_shown_under_another_field():
    record = logged()
    swapped = {**record.reveal, "phone": record.reveal["applicant"]}
    with pytest.raises(Fault, match=r"^phone: not what was logged"):
        merkle.verify_record(merkle.Record(record.entry, swapped, record.proof), TRUST)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 9), max_size=4))
def test_any_fields_can_be_sealed_and_checked(values):
    key = bytes(31) + b"k"
    salts = {name: merkle.field_salt(key, name) for name in values}
    entry = merkle.seal_entry(values, salts, {})
    assert entry.data == canon.dumps(entry.document)
    for name, value in values.items():
        entry.check(name, value, salts[name])
        with pytest.raises(Fault):
            entry.check(name, value + 1, salts[name])


def test_derived_salts_are_hmacs():
    assert merkle.field_salt(b"k" * 32, "phone") == hmac.new(b"k" * 32, b"phone", sha256).digest()


def test_bad_salts_are_refused():
    for salts in ({}, {"a": bytes(31), "b": b"b" * 32}, {"a": bytes(32), "b": bytes(32)}):
        with pytest.raises(Fault, match="salt"):
            merkle.seal_entry({"a": 1, "b": 2}, salts, {})
    with pytest.raises(Fault, match="entry key"):
        merkle.field_salt(b"short", "a")


def test_an_entry_too_large_for_a_bundle_is_refused():
    with pytest.raises(Fault, match="commitment, not the document"):
        _ = merkle.Entry({"text": "x" * 70_000}, {}).data
