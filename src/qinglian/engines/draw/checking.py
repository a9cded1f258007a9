"""An assignment held against its prices, without a solver; and who takes a place after an avoidance."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from qinglian.engines.draw.arcs import Posts, arc_costs, cost_table, unit_cost
from qinglian.engines.draw.hashing import Hash
from qinglian.faults import Fault
from qinglian.faults import noop as _

BAND = 512  # visits looked at in one step
EXACT = 2**60  # below it sums of prices fit the arrays
Assignment = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Solved:
    """pid → its inspectors (sorted). prices: `staff` by inspector in list order; `visits` by subject, a pair
    (price of the visit, price of its place for the unqualified)."""

    assignment: Assignment
    staff: tuple[int, ...]
    visits: tuple[tuple[int, int], ...]


def check_assignment(posts: Posts, solved: Solved, seed: bytes, h: Hash) -> None:
    """Nothing if the assignment is full, allowed and cheapest by its prices; Fault, by name, otherwise.

    No solver: one pass over all arcs. Source: reduced cost optimality, as in `assign`.
    """
    by_name = {one.iid: number for number, one in enumerate(posts.staff)}
    if set(solved.assignment) != set(posts.targets) or len(solved.visits) != len(posts.targets):
        raise Fault(
            _("%(department)s: not just the subjects drawn are assigned"), department=posts.department
        )
    if len(solved.staff) != len(posts.staff):
        raise Fault(
            _("%(department)s: prices are missing; fetch the file again"), department=posts.department
        )
    load = [0] * len(posts.staff)
    rows = []
    for pid in posts.targets:
        row = _allowed(posts, pid, solved.assignment[pid], by_name)
        rows.append(row)
        for number in row:
            load[number] += 1
    for number, share in enumerate(posts.shares()):
        _check_load(posts, number, load[number], share, solved.staff[number])
    _check_visits(posts, rows, solved, seed, h)


def _check_visits(posts: Posts, rows: Sequence[set[int]], solved: Solved, seed: bytes, h: Hash) -> None:
    """Every arc held against the prices: as arrays where numpy is at hand, else one by one."""
    np: Any = None
    with suppress(ImportError):
        import numpy as np
    if np is None or max(map(abs, chain(solved.staff, *solved.visits)), default=0) >= EXACT:
        for pid, row, prices in zip(posts.targets, rows, solved.visits, strict=True):
            _check_visit(posts, pid, row, prices, solved.staff, arc_costs(seed, pid, len(posts.staff), h))
        return
    staff, lead = np.array(solved.staff, np.int64), np.array([one.qualified for one in posts.staff], bool)
    columns = {one.iid: column for column, one in enumerate(posts.staff)}
    barred: dict[str, list[int]] = {}
    for pid, iid in posts.barred:
        if iid in columns:
            barred.setdefault(pid, []).append(columns[iid])
    for begin in range(0, len(rows), BAND):
        targets = posts.targets[begin : begin + BAND]
        cost = cost_table(replace(posts, targets=targets), seed, h, np)
        visit, place = np.array(solved.visits[begin : begin + BAND], np.int64).T[:, :, None]
        taken, closed = np.zeros(cost.shape, bool), np.zeros(cost.shape, bool)
        for number, pid in enumerate(targets):
            taken[number, list(rows[begin + number])] = True
            closed[number, barred.get(pid, [])] = True
        worth = np.where(lead, visit, place) - staff
        wrong = np.where(taken, cost > worth, (cost < worth) & ~closed).any()
        plain = (taken & ~lead).sum(axis=1)[:, None]
        free = (plain < posts.demand - posts.leads) & (place < visit)
        if wrong or (free | ((plain > 0) & (visit < place))).any():
            raise _not_cheapest(posts)


def _allowed(posts: Posts, pid: str, names: Sequence[str], by_name: dict[str, int]) -> set[int]:
    strangers = [iid for iid in names if iid not in by_name]
    row = {by_name[iid] for iid in names if iid in by_name}
    if strangers or len(row) != posts.demand or len(names) != posts.demand:
        raise Fault(
            _("%(pid)s: %(posts)s different inspectors of %(department)s must visit"),
            pid=pid,
            posts=posts.demand,
            department=posts.department,
        )
    if sum(posts.staff[number].qualified for number in row) < posts.leads:
        raise Fault(_("%(pid)s: no qualified lead is among its inspectors"), pid=pid)
    if any((pid, iid) in posts.barred for iid in names):
        raise Fault(_("%(pid)s: an inspector with a declared conflict was assigned"), pid=pid)
    return row


def _not_cheapest(posts: Posts) -> Fault:
    return Fault(
        _("%(department)s: the assignment is not the cheapest, so somebody chose; refuse it"),
        department=posts.department,
    )


def _check_load(posts: Posts, number: int, load: int, share: int, price: int) -> None:
    limit = posts.limit(posts.staff[number])
    if load > limit:
        raise Fault(
            _("%(iid)s has %(load)s visits, above the limit of %(limit)s"),
            iid=posts.staff[number].iid,
            load=load,
            limit=limit,
        )
    above = load < limit and price > unit_cost(load + 1, share)
    below = load > 0 and price < unit_cost(load, share)
    if above or below:
        raise _not_cheapest(posts)


def _check_visit(
    posts: Posts, pid: str, row: set[int], prices: tuple[int, int], staff: Sequence[int], costs: Sequence[int]
) -> None:
    visit, place = prices
    plain = sum(not posts.staff[number].qualified for number in row)
    if plain < posts.demand - posts.leads and place < visit:
        raise _not_cheapest(posts)
    if plain > 0 and visit < place:
        raise _not_cheapest(posts)
    for number, (one, price, cost) in enumerate(zip(posts.staff, staff, costs, strict=True)):
        worth = (visit if one.qualified else place) - price
        wrong = cost > worth if number in row else cost < worth and (pid, one.iid) not in posts.barred
        if wrong:
            raise _not_cheapest(posts)


def instead(posts: Posts, assignment: Assignment, pid: str, leaves: str, seed: bytes, h: Hash) -> str:
    """Who takes the place of inspector `leaves` at `pid`, after an accepted avoidance; all else stays.

    The cheapest by load and arc, then by iid, among those who may. `posts.barred` must hold the new pair.
    Raises Fault if nobody may, or if `leaves` does not visit `pid`.
    """
    if leaves not in assignment.get(pid, ()):
        raise Fault(_("%(iid)s is not assigned to %(pid)s"), iid=leaves, pid=pid)
    stay = [iid for iid in assignment[pid] if iid != leaves]
    load: dict[str, int] = {}
    for names in assignment.values():
        for iid in names:
            load[iid] = load.get(iid, 0) + 1
    leads = sum(one.qualified for one in posts.staff if one.iid in stay)
    costs, shares = arc_costs(seed, pid, len(posts.staff), h), posts.shares()
    found = [
        (unit_cost(load.get(one.iid, 0) + 1, share) + cost, one.iid)
        for one, cost, share in zip(posts.staff, costs, shares, strict=True)
        if one.iid not in stay
        and one.iid != leaves
        and (pid, one.iid) not in posts.barred
        and (one.qualified or leads >= posts.leads)
        and load.get(one.iid, 0) < posts.limit(one)
    ]
    if not found:
        raise Fault(
            _("nobody may take the place of %(iid)s at %(pid)s; add an inspector"), iid=leaves, pid=pid
        )
    return min(found)[1]
