"""The network of posts: which inspector may take which visit, and what each such arc costs.

A visit is one department's part of one subject: `inspectors` posts, of which `qualified` need a qualified
lead. An inspector serves one department, so nobody stands twice at one subject. The cost of an arc is a
hash that nobody chose; the cost of a further visit rises with the share of work an inspector already has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qinglian.engines.draw.hashing import Hash, stream, streams
from qinglian.engines.draw.rows import Inspector
from qinglian.engines.draw.terms import Terms
from qinglian.faults import Fault
from qinglian.faults import noop as _

COST_BYTES = 5
ASSIGN = b"assign\0"
STEP = 2**42  # four times the dearest arc, so that load comes before tickets
SPAN = 8  # so many visits around the share the cost rises: prices stay within what solvers hold


@dataclass(frozen=True)
class Posts:
    """One department's task: its visits (pids, sorted), its inspectors (sorted by iid) and who may not meet.

    barred: pairs (pid, iid). costs come from `arc_costs`.
    """

    department: str
    targets: Sequence[str]
    staff: Sequence[Inspector]
    demand: int
    leads: int
    most: int | None
    barred: frozenset[tuple[str, str]]

    @property
    def total(self) -> int:
        return len(self.targets) * self.demand

    def share(self, inspector: Inspector) -> int:
        """The whole visits of an inspector's fair share: ⌊posts · availability / all availability⌋."""
        return self.total * inspector.availability // (sum(one.availability for one in self.staff) or 1)

    def shares(self) -> list[int]:
        whole = sum(one.availability for one in self.staff) or 1
        return [self.total * one.availability // whole for one in self.staff]

    def limit(self, inspector: Inspector) -> int:
        """The most visits an inspector may have: the department's limit by availability, or one a subject."""
        if self.most is None:
            return len(self.targets)
        return min(len(self.targets), self.most * inspector.availability // 100)


def unit_cost(load: int, share: int) -> int:
    """The cost of an inspector's visit number `load` (from 1): it rises by STEP from 8 visits below the share
    to 8 above, so work is even on both sides of it."""
    return min(max(0, load - share + SPAN), 2 * SPAN) * STEP


def arc_bytes(seed: bytes, pid: str, count: int, h: Hash) -> bytes:
    """COST_BYTES for each of a subject's arcs to inspectors 0 … count − 1 of a department's sorted list.

    They are `stream` of H(seed ‖ "assign" ‖ 0x00 ‖ pid).
    """
    return stream(h(seed + ASSIGN + bytes.fromhex(pid)), COST_BYTES * count, h)


def arc_costs(seed: bytes, pid: str, count: int, h: Hash) -> list[int]:
    """The costs (40 bits each) of a subject's arcs, as whole numbers.

    Two optima have equal cost with a chance below arcs / 2⁴⁰ (isolation lemma).
    """
    data = arc_bytes(seed, pid, count, h)
    return [int.from_bytes(data[at : at + COST_BYTES], "big") for at in range(0, len(data), COST_BYTES)]


def cost_table(posts: Posts, seed: bytes, h: Hash, np: Any) -> Any:
    """All arc costs as an int64 array, visits × inspectors; the same numbers as `arc_costs`."""
    count = len(posts.staff)
    rows = b"".join(
        streams([seed + ASSIGN + bytes.fromhex(pid) for pid in posts.targets], COST_BYTES * count, h)
    )
    shape, strides = (len(posts.targets), count), (COST_BYTES * count, COST_BYTES)
    eight = np.ndarray(shape, ">u8", rows + bytes(8 - COST_BYTES), 0, strides)
    return (eight >> (64 - 8 * COST_BYTES)).astype(np.int64)


def posts_of(
    terms: Terms,
    visits: Mapping[str, Iterable[str]],
    inspectors: Sequence[Inspector],
    barred: Iterable[tuple[str, str]],
) -> list[Posts]:
    """One task for each department that drew somebody. Fault for an inspector of no known department."""
    for one in inspectors:
        if one.department not in terms.departments:
            raise Fault(_("the terms know no department %(name)s"), name=one.department)
    pairs = frozenset(barred)
    found = []
    for name, department in sorted(terms.departments.items()):
        targets = sorted(pid for pid, names in visits.items() if name in names)
        staff = sorted(one for one in inspectors if one.department == name)
        if targets:
            found.append(
                Posts(
                    name, targets, staff, department.inspectors, department.qualified, department.most, pairs
                )
            )
    return found
