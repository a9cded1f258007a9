"""Signed notes, keys, checkpoints, proof files and the trust file, against texts that others made."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglian.engines import merkle
from qinglian.faults import Fault

# The example of C2SP signed-note, Verifier keys.
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The key pair of the tests of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT + "\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# A checkpoint of a public log of 1.4 thousand million entries, with the cosignature of a public witness.
CT_ORIGIN = "arche2025h1.staging.ct.transparency.dev"
CT_KEY = CT_ORIGIN + "+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
CT_WITNESS = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
CT_NOTE = f"""{CT_ORIGIN}
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— {CT_ORIGIN} ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
"""  # noqa: E501
# The ML-DSA-44 log of the tests of filippo.io/torchwood, cmd/litewitness: first line the key.
MLDSA_KEY, _, MLDSA_NOTE = (Path(__file__).parent / "vectors/mldsa44.txt").read_text("utf-8").partition("\n")

ORIGIN, NOW = "log.example/public", 1_795_000_000
LOG = [merkle.SigningKey(ORIGIN, kind, bytes([kind]) * 32) for kind in (merkle.ED25519, merkle.MLDSA44)]
WITNESSES = {
    name: [merkle.SigningKey(f"{name}.example", kind, bytes([seed + kind]) * 32) for kind in (4, 6)]
    for seed, name in ((10, "hk"), (20, "mo"), (30, "sz"))
}
HEAD = merkle.Checkpoint(ORIGIN, 7, bytes(range(32)))


def trust_text(threshold=2):
    witnesses = "".join(
        f'[[witness]]\nname = "{name}"\nkeys = {[key.verifier.text for key in keys]}\n'
        for name, keys in WITNESSES.items()
    )
    keys = [key.verifier.text for key in LOG]
    log = f'[[log]]\norigin = "{ORIGIN}"\nkeys = {keys}\nthreshold = {threshold}\n'
    return f'v = "trust/1"\n{log}witnesses = {list(WITNESSES)}\n{witnesses}'


TRUST = merkle.parse_trust(trust_text())


def signed(*names, keys=LOG):
    text = merkle.sign_note(HEAD.body, keys, NOW).text
    return text + "".join(merkle.cosign(HEAD.body, WITNESSES[name], NOW + 60) for name in names)


def test_the_examples_of_the_specification_and_of_go_verify():
    assert merkle.parse_note(SPEC_NOTE).signed_by([merkle.VerifierKey.parse(SPEC_KEY)])
    assert merkle.parse_note(GO_NOTE).signed_by([merkle.VerifierKey.parse(GO_KEY)])
    assert merkle.VerifierKey.parse(SPEC_KEY).text == SPEC_KEY


def test_a_go_key_signs_the_very_bytes_that_go_signs():
    key = merkle.SigningKey.parse(GO_SECRET)
    assert merkle.sign_note(GO_TEXT, [key], NOW).text == GO_NOTE
    assert (key.text, key.verifier.text) == (GO_SECRET, GO_KEY)


def test_a_public_log_and_its_witness_verify():
    keys = [merkle.VerifierKey.parse(text) for text in (CT_KEY, CT_WITNESS)]
    checkpoint, signed_by = merkle.open_checkpoint(CT_NOTE, CT_ORIGIN, keys)
    assert checkpoint.size == 1432088532
    assert list(signed_by.values()) == [None, 0x6A122120]
    for field in ("1432088532", "U7WM"):
        with pytest.raises(Fault, match="signature"):
            merkle.open_checkpoint(CT_NOTE.replace(field, field[::-1]), CT_ORIGIN, keys)


def test_a_foreign_ml_dsa_44_checkpoint_verifies():
    key = merkle.VerifierKey.parse(MLDSA_KEY)
    checkpoint, signed_by = merkle.open_checkpoint(MLDSA_NOTE, "example.com/mldsa-log", [key])
    assert (checkpoint.size, signed_by) == (1, {key: 0})
    with pytest.raises(Fault, match=r"ML-DSA-44 signature of example\.com/mldsa-log is false"):
        merkle.open_checkpoint(MLDSA_NOTE.replace("\n1\n", "\n2\n"), "example.com/mldsa-log", [key])


def test_the_ml_dsa_message_is_laid_out_as_the_specification_says():
    from qinglian.engines.merkle.keys import cosigned_message

    assert cosigned_message("w1", 258, merkle.Checkpoint("log", 7, b"\xaa" * 32)) == (
        b"subtree/v1\n\x00"
        + b"\x02w1"
        + b"\0\0\0\0\0\0\x01\x02"
        + b"\x03log"
        + bytes(8)
        + bytes(7)
        + b"\x07"
        + b"\xaa" * 32
    )


def test_a_checkpoint_is_signed_both_ways_and_opens():
    text = merkle.sign_checkpoint(HEAD, LOG, NOW)
    checkpoint, signed_by = merkle.open_checkpoint(text, ORIGIN, [key.verifier for key in LOG])
    assert checkpoint == HEAD
    assert list(signed_by.values()) == [None, NOW]
    assert merkle.parse_note(text).text == text


def test_a_secret_key_is_not_shown():
    assert "AQEB" not in repr(LOG[0]) + str(LOG[0])
    with pytest.raises(Fault) as caught:
        merkle.SigningKey.parse(GO_SECRET.replace("c74f20a3", "00000000"))
    assert GO_SECRET[-10:] not in str(caught.value)


@pytest.mark.parametrize(
    "bend",
    [
        lambda text: text.replace("\n7\n", "\n07\n"),
        lambda text: text.replace("\n7\n", "\n+7\n"),
        lambda text: text.replace("\n7\n", "\n99999999999999999999\n"),
        lambda text: text.replace("\n7\n", "\n\n7\n"),
        lambda text: text.replace("\n7\n", "\n٧\n"),
        lambda text: text.replace("AAECAw", "AAECA"),
        lambda text: text.replace("Hh8=", "Hh9="),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("— ", "- "),
        lambda text: text.replace("— ", "—  "),
        lambda text: text[:-1],
        lambda text: text[: text.index("—")],
        lambda text: text + "— name\n",
        lambda text: text + "— na+me AAAAAAAA\n",
        lambda text: text + "— name AAAA\n",
        lambda text: text + "— name AAAAAAAA\n" * 70,
        lambda text: text + "\n",
        lambda text: "",
        lambda text: "\n\n",
        lambda text: text.replace("log.example", "other.example", 1),
    ],
)
def test_a_bent_checkpoint_is_refused_by_name(bend):
    with pytest.raises(Fault):
        TRUST.accept(bend(signed("hk", "mo")))


@given(st.data())
def test_no_altered_character_goes_unnoticed(data):
    text = signed("hk", "mo", keys=LOG)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"]))
    bent = text[:place] + other + text[place + 1 :]
    if bent != text:
        with pytest.raises(Fault):
            TRUST.accept(bent)


READERS = (
    merkle.parse_note,
    merkle.parse_checkpoint,
    merkle.parse_request,
    merkle.parse_tile_path,
    merkle.parse_trust,
    merkle.read_proof,
    merkle.read_record,
    merkle.SigningKey.parse,
    merkle.VerifierKey.parse,
)


@given(st.text() | st.text(st.sampled_from("\n— a+1=AB\ud800")))
def test_any_text_is_read_or_refused(text):
    for read in READERS:
        try:
            read(text)
        except Fault:
            pass


def test_enough_witnesses_are_counted_by_name():
    accepted = TRUST.accept(signed("hk", "sz"))
    assert (accepted.checkpoint, accepted.witnesses, accepted.latest) == (HEAD, ("hk", "sz"), NOW + 60)
    with pytest.raises(Fault, match="1 of the 2 witnesses"):
        TRUST.accept(signed("hk"))


def test_one_witness_signing_twice_is_one_witness():
    with pytest.raises(Fault, match="1 of the 2 witnesses"):
        TRUST.accept(signed("hk", "hk"))


def test_a_key_type_that_is_listed_must_have_signed():
    with pytest.raises(Fault, match="each type of key"):
        TRUST.accept(signed("hk", "mo", keys=LOG[:1]))
    half = merkle.cosign(HEAD.body, WITNESSES["mo"][:1], NOW)
    with pytest.raises(Fault, match="1 of the 2 witnesses"):
        TRUST.accept(signed("hk") + half)


def test_signatures_of_strangers_are_passed_over():
    stranger = merkle.SigningKey("who.example", merkle.COSIGNATURE, bytes(32))
    assert TRUST.accept(signed("hk", "mo") + merkle.cosign(HEAD.body, [stranger], NOW)).checkpoint == HEAD


def test_a_checkpoint_older_than_asked_is_stale():
    assert TRUST.accept(signed("hk", "mo"), not_before=NOW + 60)
    with pytest.raises(Fault, match="stale"):
        TRUST.accept(signed("hk", "mo"), not_before=NOW + 61)


def test_cosignatures_of_known_keys_are_added_once_and_others_left_out():
    keys = [key.verifier for key in WITNESSES["hk"]]
    lines = merkle.cosign(HEAD.body, WITNESSES["hk"] + WITNESSES["mo"], NOW)
    once = merkle.with_cosignatures(signed(), lines, keys)
    assert len(merkle.parse_note(once).signatures) == 4
    again = merkle.with_cosignatures(once, merkle.cosign(HEAD.body, WITNESSES["hk"], NOW + 5), keys)
    assert len(merkle.parse_note(again).signatures) == 4
    other = merkle.Checkpoint(ORIGIN, 8, HEAD.root)
    with pytest.raises(Fault, match="false"):
        merkle.with_cosignatures(signed(), merkle.cosign(other.body, WITNESSES["hk"], NOW), keys)
    with pytest.raises(Fault, match="known key"):
        merkle.with_cosignatures(signed(), merkle.cosign(HEAD.body, WITNESSES["mo"], NOW), keys)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('v = "trust/1"', "", "first line"),
        ('"trust/1"', '"trust/2"', "first line"),
        ("threshold = 2", "threshold = 4", "0 to 3"),
        ("threshold = 2", "threshold = true", "0 to 3"),
        ("threshold = 2", "", "0 to 3"),
        ("threshold = 2", "threshold = 2\ncolour = 1", "unknown key 'colour'"),
        ("'mo', 'sz']", "'mo', 'mo']", "list each witness once"),
        ("'mo', 'sz']", "'mo', 'gz']", "list each witness once"),
        ('name = "mo"', 'name = "hk"', "stands twice"),
        ('name = "mo"', 'name = "m o"', "cannot name"),
        ("[[log]]", "[log]", "tables"),
        (ORIGIN + '"', 'log.example/other"', "another name"),
        (LOG[0].verifier.text, WITNESSES["hk"][0].verifier.text, "wrong type"),
        (WITNESSES["mo"][0].verifier.text, WITNESSES["hk"][0].verifier.text, "same key"),
        (LOG[0].verifier.id.hex(), "00000000", "does not fit"),
        ("[[witness]]", "[[witness", "not TOML"),
    ],
)
def test_a_bent_trust_file_is_refused_by_name(old, new, said):
    text = trust_text()
    assert old in text
    with pytest.raises(Fault, match=said):
        merkle.parse_trust(text.replace(old, new))


def test_a_proof_file_reads_back():
    proof = [bytes([number]) * 32 for number in range(3)]
    for extra in (None, b"", b"entry"):
        text = merkle.write_proof(5, proof, signed("hk"), extra)
        found = merkle.read_proof(text)
        assert (found.index, list(found.proof), found.checkpoint, found.extra) == (
            5,
            proof,
            signed_again(found),
            extra,
        )


def signed_again(found):
    assert merkle.parse_checkpoint(merkle.parse_note(found.checkpoint).body) == HEAD
    return found.checkpoint


def test_the_head_of_the_example_in_tlog_proof_reads():
    text = (
        "c2sp.org/tlog-proof@v1\nindex 73894\n"
        "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n\n"
        "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n"
    )
    found = merkle.read_proof(text)
    assert (found.index, len(found.proof), found.extra) == (73894, 2, None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("proof@v1", "proof@v2"),
        ("index 5", "index 05"),
        ("index 5\n", ""),
        ("extra ", "extra"),
        ("AQEB", "AQE"),
        ("\n\n", "\n"),
    ],
)
def test_a_bent_proof_file_is_refused(old, new):
    text = merkle.write_proof(5, [b"\1" * 32], "log\n", b"x")
    with pytest.raises(Fault):
        merkle.read_proof(text.replace(old, new))


def test_wrong_keys_do_not_sign():
    with pytest.raises(Fault, match="named"):
        merkle.sign_checkpoint(HEAD, WITNESSES["hk"], NOW)
    with pytest.raises(Fault, match="Ed25519"):
        merkle.sign_checkpoint(HEAD, LOG[1:], NOW)
    with pytest.raises(Fault, match="cosignature keys"):
        merkle.cosign(HEAD.body, LOG, NOW)
    with pytest.raises(Fault):
        merkle.SigningKey("a b", 1, bytes(32))
    with pytest.raises(Fault):
        merkle.SigningKey("a", 2, bytes(32))
