"""Where chance comes from, who has seen it in time, and what a draw is therefore worth."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest
from tests.engines.draw_cases import ROUND, SHARE, SIGNATURE, cases, committed, terms_of

from qinglian.engines.draw import beacon
from qinglian.engines.draw.hashing import hash_named
from qinglian.engines.draw.seed import Attested, Spoken, assurance, check_times, seed_of
from qinglian.engines.draw.sources import share_commitment
from qinglian.faults import Fault

H = hash_named("sha256")


@pytest.fixture(scope="module")
def built():
    return cases()


@pytest.mark.parametrize("library", ["arkworks", "py-ecc"])
def test_round_657413_of_quicknet_is_believed_and_nothing_else(library, monkeypatch):
    if library == "py-ecc":
        monkeypatch.setattr(beacon, "_arkworks", lambda: None)
    elif beacon._arkworks() is None:
        pytest.skip("drand's signatures in milliseconds: no py-arkworks-bls12381 (the extra draw-fast)")
    assert beacon.check_quicknet(ROUND, SIGNATURE).hex().startswith("fc1873a13f3545ae")
    turned = bytes([SIGNATURE[0] ^ 0x20]) + SIGNATURE[1:]  # the point's negative
    forged = [SIGNATURE[:-1] + b"\0", SIGNATURE[:-1], b"\xc0" + bytes(47), b"\xff" * 48, bytes(48), turned]
    for number, signature in [(ROUND + 1, SIGNATURE), *((ROUND, each) for each in forged)]:
        with pytest.raises(Fault, match="not quicknet"):
            beacon.check_quicknet(number, signature)


def test_the_chain_is_the_one_its_hash_says():
    group = bytes.fromhex("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e")
    told = (3).to_bytes(4, "big") + beacon.GENESIS.to_bytes(8, "big") + bytes.fromhex(beacon.PUBLIC_KEY)
    assert hashlib.sha256(told + group + b"quicknet").hexdigest() == beacon.QUICKNET
    assert beacon.round_time(ROUND) == 1692803367 + (ROUND - 1) * 3
    assert all(beacon.round_at(beacon.round_time(ROUND) - k) == ROUND for k in range(3))


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        (Spoken(None, {"court": SHARE, "chamber": None}, "0" * 20), "signature of drand round"),
        (Spoken(b"\1" * 48, {"court": SHARE, "chamber": None}, "0" * 20), "not quicknet"),
        (Spoken(SIGNATURE, {"court": SHARE}, "0" * 20), "share of chamber is missing"),
        (Spoken(SIGNATURE, {"court": b"\3" * 32, "chamber": None}, "0" * 20), "not the share that court"),
        (Spoken(SIGNATURE, {"court": SHARE, "chamber": None}, "0" * 19), "20 digits"),
        (Spoken(SIGNATURE, {"court": SHARE, "chamber": None}, "０" * 20), "20 digits"),
        (Spoken(SIGNATURE, {"court": SHARE, "chamber": None, "friend": SHARE}, "0" * 20), "no witness"),
    ],
)
def test_a_false_source_gives_no_seed(built, spoken, said):
    with pytest.raises(Fault, match=said):
        seed_of(built["drand"][0].commitment, spoken)


def test_what_no_source_was_asked_for_gives_no_seed(built):
    for spoken in (Spoken(SIGNATURE), Spoken(dice="0" * 20)):
        with pytest.raises(Fault, match="do not ask for"):
            seed_of(built["plain"][0].commitment, spoken)


def test_late_attestations_and_late_reveals_are_refused(built):
    commitment = built["drand"][0].commitment
    moment = commitment.terms.moment
    check_times(commitment, Attested(moment - 1, moment - 1))
    for late in (moment, moment + 1):
        with pytest.raises(Fault, match="late attestation"):
            check_times(commitment, Attested(late))
        with pytest.raises(Fault, match="late reveal"):
            check_times(commitment, Attested(None, late))
    hour = committed(terms_of(notice=3_600), built["plain"][1].frame)
    check_times(hour, Attested(hour.terms.moment - 3_601))
    with pytest.raises(Fault, match="late attestation"):
        check_times(hour, Attested(hour.terms.moment - 3_600))


def test_assurance_says_who_stands_behind_the_chance(built):
    commitment, shares = built["drand"][0].commitment, {"court": SHARE, "chamber": None}
    frame = built["plain"][1].frame
    beacon_only = committed(terms_of(sources=[{"type": "drand", "round": ROUND}]), frame)
    dice = committed(terms_of(sources=[{"type": "dice", "count": 20, "time": 100}]), frame)
    assert assurance(commitment, Spoken(shares=shares), Attested(1, 2)) == "A"
    assert assurance(commitment, Spoken(shares=dict.fromkeys(shares)), Attested(1, 2)) == "B"
    assert assurance(beacon_only, Spoken(), Attested(1)) == "B"
    assert assurance(dice, Spoken(), Attested(1)) == "B"
    assert assurance(commitment, Spoken(shares=shares), Attested()) == "C"
    assert assurance(built["plain"][0].commitment, Spoken(), Attested(1, 2)) == "demonstration"


def test_where_nobody_attests_the_reveals_the_last_to_reveal_could_choose(built):
    """Two friends among the witnesses give four seeds once the beacon has spoken: no better than C."""
    commitment = built["drand"][0].commitment
    seeds = set()
    for court in (SHARE, None):
        seeds.add(
            seed_of(commitment, Spoken(SIGNATURE, {"court": court, "chamber": None}, "31415926535897932384"))
        )
        said = Spoken(SIGNATURE, {"court": court, "chamber": None})
        assert assurance(commitment, said, Attested(1)) == "C"
    assert len(seeds) == 2


def test_a_share_from_nowhere_lends_no_weight(built):
    beacon_only = committed(terms_of(sources=[{"type": "drand", "round": ROUND}]), built["plain"][1].frame)
    assert assurance(beacon_only, Spoken(SIGNATURE, {"friend": SHARE}), Attested(1, 2)) == "B"


def test_shares_alone_count_only_if_revealed_after_the_commitment_was_seen(built):
    names = {name: bytes([k]) * 32 for k, name in enumerate(("court", "chamber"))}
    sources = [
        {"type": "share", "who": who, "commit": share_commitment(s, H).hex()} for who, s in names.items()
    ]
    commitment = committed(terms_of(sources=sources), built["plain"][1].frame)
    assert assurance(commitment, Spoken(shares=names), Attested(1, 2)) == "B"
    assert assurance(commitment, Spoken(shares=names), Attested(2, 2)) == "C"
    assert assurance(commitment, Spoken(shares=names | {"court": None}), Attested(1, 2)) == "C"
    with pytest.raises(Fault, match="every source is absent"):
        seed_of(commitment, Spoken(shares=dict.fromkeys(names)))


def test_checking_a_beacon_leaves_the_depth_of_recursion_alone():
    """py-ecc lifts it to 100,000, where a deep JSON file is no longer a RecursionError but the end."""
    said = "import sys; from qinglian.engines.draw.beacon import _curve as begin; begin()"
    said += "; print(sys.getrecursionlimit())"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert int(done.stdout) == 1000
