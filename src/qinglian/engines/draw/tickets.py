"""A number for every subject, from the seed and nothing else: no stratum, no department, so draws nest.

Taking the smallest tickets is sampling with permanent random numbers (Ohlsson 1995); with weights it is
sequential Poisson sampling (Ohlsson 1998), in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from qinglian.engines.draw.hashing import Hash

TAG = b"target\0"


def ticket(seed: bytes, pid: str, h: Hash) -> bytes:
    """H(seed ‖ "target" ‖ 0x00 ‖ pid), 32 bytes; the pid's 16 bytes, the seed's 32."""
    return h(seed + TAG + bytes.fromhex(pid))


def smallest(units: Iterable[tuple[Any, ...]], count: int) -> list[str]:
    """The pids of the `count` smallest (ticket, pid, …), in that order."""
    return [unit[1] for unit in sorted(units)[:count]]


def weighted_key(number: bytes, weight: int) -> int:
    """⌊ticket64 · 2³² / weight⌋ of the ticket's first 8 bytes: smaller for the heavy."""
    return (int.from_bytes(number[:8], "big") << 32) // weight


def certain(weights: Sequence[int], count: int) -> int:
    """From what weight on a unit is taken with certainty when `count` are drawn: 2³¹ or more if none is.

    A unit whose weight times the draws left reaches the weight of all units left is certain; it is taken
    out and the rest is asked again. Source: Särndal, Swensson, Wretman 1992, section 3.6.
    """
    rest, total, line = sorted(weights, reverse=True), sum(weights), 2**31
    for weight in rest:
        if count <= 0 or count * weight < total:
            break
        total, count, line = total - weight, count - 1, weight
    return line


def heaviest(units: Sequence[tuple[bytes, str, int]], depth: int, count: int) -> list[str]:
    """The first `depth` pids of units (ticket, pid, weight) when `count` are drawn: those that are certain
    by their tickets, then by key, ticket, pid."""
    line = certain([weight for _ticket, _pid, weight in units], count)
    order = sorted(
        (-1 if weight >= line else weighted_key(number, weight), number, pid) for number, pid, weight in units
    )
    return [pid for _key, _ticket, pid in order[:depth]]
