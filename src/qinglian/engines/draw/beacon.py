"""drand's quicknet, checked offline, and a beacon for demonstrations that is no beacon.

Quicknet: BLS12-381, signatures on G1, hashed to the curve as in RFC 9380, unchained. Source:
docs.drand.love, scheme bls-unchained-g1-rfc9380; the chain's hash binds key, period and genesis.
"""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from qinglian.faults import Fault
from qinglian.faults import noop as _

QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
PUBLIC_KEY = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
GENESIS, PERIOD = 1692803367, 3
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
SIGNATURE_SIZE = 48
DEMONSTRATION_PERIOD = 60


def round_time(number: int) -> int:
    """The POSIX second of a quicknet round: genesis + (round − 1) · 3."""
    return GENESIS + (number - 1) * PERIOD


def round_at(second: int) -> int:
    """The first quicknet round that is published at or after a POSIX second; at least 1."""
    return max(1, -(-(second - GENESIS) // PERIOD) + 1)


def demonstration_time(number: int) -> int:
    """The POSIX second of a demonstration round: one a minute, counted from 1970."""
    return number * DEMONSTRATION_PERIOD


def demonstration_value(number: int) -> bytes:
    """What the demonstration beacon says: a hash of the round's number, which everybody knows before."""
    return hashlib.sha256(b"Qinglian demonstration beacon\0" + number.to_bytes(8, "big")).digest()


def check_quicknet(number: int, signature: bytes) -> bytes:
    """The round's randomness, SHA-256 of its signature (48 bytes), if quicknet made it; else Fault.

    e(signature, g2) = e(H(round), key), the signature in the subgroup. Source: RFC 9380; drand's
    scheme bls-unchained-g1-rfc9380: the message is SHA-256 of the round as 8 bytes, big-endian.
    By arkworks where the extra `draw-fast` is installed, else by py-ecc, fifty times as slow.
    """
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    holds = _by_arkworks if _arkworks() else _by_py_ecc
    try:
        if len(signature) != SIGNATURE_SIZE or not holds(message, signature):
            raise ValueError
    except ValueError:
        raise _false(number) from None
    return hashlib.sha256(signature).digest()


def _by_arkworks(message: bytes, signature: bytes) -> bool:
    """Reading a point checks curve and subgroup; the point must write itself as it was read."""
    curve = _arkworks()
    point = curve.G1Point.from_compressed_bytes(signature)
    if bytes(point.to_compressed_bytes()) != signature or point == curve.G1Point.identity():
        return False
    key = curve.G2Point.from_compressed_bytes(bytes.fromhex(PUBLIC_KEY))
    hashed = curve.G1Point.hash_to_curve(message, DST)
    return bool(curve.GT.pairing(point, curve.G2Point()) == curve.GT.pairing(hashed, key))


def _by_py_ecc(message: bytes, signature: bytes) -> bool:
    curve = _curve()
    point = curve.decompress_G1(int.from_bytes(signature, "big"))
    if curve.is_inf(point) or not curve.is_inf(curve.multiply(point, curve.curve_order)):
        return False
    hashed = curve.hash_to_G1(message, DST, hashlib.sha256)
    both = curve.pairing(curve.G2, point, False) * curve.pairing(_key(), curve.neg(hashed), False)
    return bool(curve.final_exponentiate(both) == curve.FQ12.one())


def _false(number: int) -> Fault:
    return Fault(
        _("not quicknet’s signature of round %(round)s; fetch that round again from any relay"), round=number
    )


@lru_cache(maxsize=1)
def _arkworks() -> Any:
    try:
        import py_arkworks_bls12381 as found
    except ImportError:
        return None
    return found


@lru_cache(maxsize=1)
def _curve() -> Any:
    depth = sys.getrecursionlimit()
    try:
        from py_ecc import optimized_bls12_381 as curve
        from py_ecc.bls import hash_to_curve, point_compression
    except ImportError:
        raise Fault(
            _("a drand signature is checked by py-ecc; say: pip install 'qinglian[draw]'"), key="sources"
        ) from None
    finally:
        sys.setrecursionlimit(depth)  # py-ecc lifts it to 100,000: a file nested deep would end the process
    return SimpleNamespace(**{**vars(hash_to_curve), **vars(point_compression), **vars(curve)})


@lru_cache(maxsize=1)
def _key() -> Any:
    data = bytes.fromhex(PUBLIC_KEY)
    return _curve().decompress_G2((int.from_bytes(data[:48], "big"), int.from_bytes(data[48:], "big")))
