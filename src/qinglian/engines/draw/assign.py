"""Inspectors to visits by one min-cost flow for each department, and the prices that prove it is cheapest.

The solver works on the cheapest arcs of each visit; prices over all arcs then show that no arc left out
would have helped, else it is put in and solved again. So the answer is that of the whole network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from qinglian.engines.draw.arcs import COST_BYTES, SPAN, STEP, Posts, arc_bytes, arc_costs, unit_cost
from qinglian.engines.draw.hashing import Hash
from qinglian.faults import Fault
from qinglian.faults import noop as _

NEAREST = 28
OUT_OF_REACH = 2**50
Assignment = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Solved:
    """pid → its inspectors (sorted). prices: `staff` by inspector in list order; `visits` by subject, a pair
    (price of the visit, price of its place for the unqualified)."""

    assignment: Assignment
    staff: tuple[int, ...]
    visits: tuple[tuple[int, int], ...]


def parts() -> Any:
    """numpy and OR-tools' graphs, brought in when a network is solved; Fault without them."""
    try:
        import numpy
        from ortools.graph.python import max_flow, min_cost_flow
    except ImportError:
        raise Fault(_("inspectors are assigned by OR-tools; say: pip install 'qinglian[draw]'")) from None
    return SimpleNamespace(np=numpy, max_flow=max_flow, min_cost_flow=min_cost_flow)


def cost_table(posts: Posts, seed: bytes, h: Hash, np: Any) -> Any:
    """All arc costs as an int64 array, visits × inspectors; the same numbers as `arc_costs`."""
    count = len(posts.staff)
    rows = b"".join([arc_bytes(seed, pid, count, h) for pid in posts.targets])
    shape, strides = (len(posts.targets), count), (COST_BYTES * count, COST_BYTES)
    eight = np.ndarray(shape, ">u8", rows + bytes(8 - COST_BYTES), 0, strides)
    return (eight >> (64 - 8 * COST_BYTES)).astype(np.int64)


def assign(posts: Posts, seed: bytes, h: Hash) -> Solved:
    """The cheapest full assignment of one department's visits, with its prices.

    Raises Fault, naming what is short, if some post cannot be filled. Source: min-cost flow (Ahuja,
    Magnanti, Orlin 1993, chapter 9); optimal if and only if such prices exist (theorem 9.3).
    """
    kit = parts()
    np = kit.np
    refuse_few(posts)
    cost = cost_table(posts, seed, h, np)
    table = Table(np, posts, cost)
    near = table.nearest(NEAREST)
    while True:
        chosen = table.solve(kit, near)
        if chosen is None:
            if near.all() or (near == table.open).all():
                raise the_cut(posts, table, kit)
            near = table.open if near.sum() * 4 > table.open.sum() else table.nearest(4 * NEAREST) | near
            continue
        prices = table.prices(chosen, near)
        missing = table.open & ~near & table.cheaper(chosen, prices) if prices else near
        if prices and not missing.any():
            return table.told(chosen, prices)
        near = (near | missing) if prices else table.open


@dataclass
class Table:
    """One department's network as arrays: rows are visits, columns inspectors."""

    np: Any
    posts: Posts
    cost: Any

    def __post_init__(self) -> None:
        np, posts = self.np, self.posts
        self.open = np.ones(self.cost.shape, bool)
        rows = {pid: row for row, pid in enumerate(posts.targets)}
        columns = {one.iid: column for column, one in enumerate(posts.staff)}
        for pid, iid in posts.barred:
            if pid in rows and iid in columns:
                self.open[rows[pid], columns[iid]] = False
        self.qualified = np.array([one.qualified for one in posts.staff], bool)
        self.share = np.array(posts.shares(), np.int64)
        self.limit = np.array([posts.limit(one) for one in posts.staff], np.int64)

    def nearest(self, count: int) -> Any:
        """The open arcs among about the `count` cheapest of each visit, and half as many to the qualified.

        Costs are even over 0 … 2⁴⁰, so a line through them finds about as many as sorting would.
        """
        line = self.np.full(len(self.share), count / len(self.share))
        line[self.qualified] = max(line[0], count / 2 / max(1, self.qualified.sum()))
        near = self.open & (self.cost < (line * 2.0 ** (8 * COST_BYTES)).astype(self.np.int64))
        leads = (near & self.qualified).sum(axis=1)
        few = (near.sum(axis=1) < 3 * self.posts.demand) | (leads < 3 * self.posts.leads)
        near[few] = self.open[few]
        return near

    def units(self) -> tuple[Any, Any, Any]:
        """The arcs from the source to inspectors: (column, capacity, cost), costs rising with load."""
        np = self.np
        flat = np.clip(self.share - SPAN, 0, self.limit)
        columns, room, price, used = [np.arange(len(flat))], [flat], [np.zeros_like(flat)], flat
        for step in range(1, 2 * SPAN + 1):
            last = step == 2 * SPAN
            upto = self.limit if last else np.clip(self.share - SPAN + step, 0, self.limit)
            columns.append(columns[0])
            room.append(upto - used)
            price.append(np.full_like(flat, step * STEP))
            used = upto
        return np.concatenate(columns), np.concatenate(room), np.concatenate(price)

    def solve(self, kit: Any, near: Any) -> Any:
        """A boolean array of the arcs taken, optimal over the arcs of `near`; None if posts stay unfilled."""
        np, posts = self.np, self.posts
        visits, staff = self.cost.shape
        row, column = np.nonzero(near)
        heads = np.where(self.qualified[column], row, visits + row) + 1 + staff
        unit_column, room, price = self.units()
        flow = kit.min_cost_flow.SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(np.zeros_like(unit_column), unit_column + 1, room, price)
        first = flow.num_arcs()
        flow.add_arcs_with_capacity_and_unit_cost(
            column + 1, heads, np.ones_like(row), self.cost[row, column]
        )
        each = np.arange(visits)
        free = np.full(visits, posts.demand - posts.leads)
        flow.add_arcs_with_capacity_and_unit_cost(
            each + visits + 1 + staff, each + 1 + staff, free, np.zeros_like(free)
        )
        flow.set_nodes_supplies(np.array([0]), np.array([posts.total]))
        flow.set_nodes_supplies(each + 1 + staff, np.full(visits, -posts.demand))
        status = flow.solve()
        if status == flow.INFEASIBLE:
            return None
        if status != flow.OPTIMAL:
            raise Fault(
                _("%(department)s: the network is too large for the solver"), department=posts.department
            )
        taken = flow.flows(np.arange(first, first + len(row))) > 0
        chosen = np.zeros(self.cost.shape, bool)
        chosen[row[taken], column[taken]] = True
        return chosen

    def prices(self, chosen: Any, near: Any) -> Any:
        """Shortest distances from the source over what could still change (Bellman 1958, Ford 1956).

        None if they do not settle, which a cheaper circuit would cause.
        """
        np, posts = self.np, self.posts
        load = chosen.sum(axis=0)
        staff = np.clip(load + 1 - self.share + SPAN, 0, 2 * SPAN) * STEP
        staff = np.where(load < self.limit, staff, OUT_OF_REACH)
        visit = np.full(len(posts.targets), 2 * OUT_OF_REACH)
        place = visit.copy()
        plain = (chosen & ~self.qualified).sum(axis=1)
        ways = [self.ways(near & ~chosen & kind) for kind in (self.qualified, ~self.qualified)]
        back_row, back = np.nonzero(chosen)
        back_cost, back_lead = self.cost[back_row, back], self.qualified[back]
        for _sweep in range(4 * len(staff) + 50):
            before = (staff.copy(), visit.copy(), place.copy())
            for worth, (rows, starts, column, weight) in zip((visit, place), ways, strict=True):
                if len(rows):
                    best = np.minimum.reduceat(staff[column] + weight, starts)
                    worth[rows] = np.minimum(worth[rows], best)
            visit = np.where(plain < posts.demand - posts.leads, np.minimum(visit, place), visit)
            place = np.where(plain > 0, np.minimum(place, visit), place)
            np.minimum.at(staff, back, np.where(back_lead, visit[back_row], place[back_row]) - back_cost)
            if all((a == b).all() for a, b in zip(before, (staff, visit, place), strict=True)):
                return staff, visit, place
        return None

    def ways(self, arcs: Any) -> tuple[Any, Any, Any, Any]:
        """Arcs grouped by visit: (visits that have any, where each begins, columns, costs)."""
        row, column = self.np.nonzero(arcs)
        rows, starts = self.np.unique(row, return_index=True)
        return rows, starts, column, self.cost[row, column]

    def cheaper(self, chosen: Any, prices: Any) -> Any:
        """Where an arc not taken would cost less than the prices say its visit is worth."""
        staff, visit, place = prices
        worth = self.np.where(self.qualified[None, :], visit[:, None], place[:, None])
        return ~chosen & (self.cost + staff[None, :] < worth)

    def told(self, chosen: Any, prices: Any) -> Solved:
        staff, visit, place = prices
        names = [one.iid for one in self.posts.staff]
        columns = self.np.nonzero(chosen)[1].tolist()  # row by row, so each visit's posts follow each other
        each = range(0, len(columns), self.posts.demand)
        taken = (tuple(names[k] for k in columns[at : at + self.posts.demand]) for at in each)
        found: Assignment = dict(zip(self.posts.targets, taken, strict=True))
        pairs = tuple(zip(visit.tolist(), place.tolist(), strict=True))
        return Solved(found, tuple(staff.tolist()), pairs)


def refuse_few(posts: Posts) -> None:
    """Nothing if the bare numbers could suffice; Fault naming the department and what is short, if not.

    Needs no network and no seed, so it can be asked before any ceremony.
    """
    leads = [one for one in posts.staff if one.qualified]
    for people, wanted, template in (
        (posts.staff, posts.demand, FEW_STAFF),
        (leads, posts.leads, FEW_LEADS),
    ):
        room = sum(posts.limit(one) for one in people)
        if len(people) < wanted or room < wanted * len(posts.targets):
            raise Fault(
                template,
                department=posts.department,
                subjects=len(posts.targets),
                posts=wanted * len(posts.targets),
                inspectors=len(people),
                room=room,
            )


def the_cut(posts: Posts, table: Table, kit: Any) -> Fault:
    """What stops a full assignment: the smallest set of subjects that asks for more than can reach it.

    Source: max-flow min-cut (Ford and Fulkerson 1956).
    """
    np, (visits, staff) = kit.np, table.cost.shape
    sink = 1 + staff + 2 * visits
    row, column = np.nonzero(table.open)
    each = np.arange(visits)
    heads = np.where(table.qualified[column], row, visits + row) + 1 + staff
    flow = kit.max_flow.SimpleMaxFlow()
    flow.add_arcs_with_capacity(np.zeros(staff, int), np.arange(staff) + 1, table.limit)
    flow.add_arcs_with_capacity(column + 1, heads, np.ones_like(row))
    lead_room = np.full(visits, posts.demand - posts.leads)
    flow.add_arcs_with_capacity(each + visits + 1 + staff, each + 1 + staff, lead_room)
    flow.add_arcs_with_capacity(each + 1 + staff, np.full(visits, sink), np.full(visits, posts.demand))
    flow.solve(0, sink)
    reached = np.zeros(sink + 1, bool)
    reached[np.array(flow.get_source_side_min_cut())] = True
    short = ~reached[each + 1 + staff]
    near = table.open[short].any(axis=0)
    return Fault(
        CUT,
        department=posts.department,
        subjects=int(short.sum()),
        posts=int(short.sum()) * posts.demand,
        leads=int(short.sum()) * posts.leads,
        room=int(flow.optimal_flow() - posts.demand * (visits - short.sum())),
        inspectors=int(near.sum()),
        qualified=int((near & table.qualified).sum()),
    )


FEW_STAFF = _(
    "%(department)s: %(subjects)s subjects need %(posts)s posts, but its %(inspectors)s inspectors can take"
    " %(room)s; draw fewer, or add inspectors"
)
FEW_LEADS = _(
    "%(department)s: %(subjects)s subjects need %(posts)s qualified leads, but its %(inspectors)s qualified"
    " inspectors can take %(room)s; draw fewer, or add inspectors"
)
CUT = _(
    "%(department)s: %(subjects)s subjects need %(posts)s posts, %(leads)s of them qualified leads, but the"
    " %(inspectors)s inspectors who may meet them, %(qualified)s of them qualified, can take %(room)s; add"
    " inspectors, or raise the limit"
)


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
    for pid, row, prices in zip(posts.targets, rows, solved.visits, strict=True):
        _check_visit(posts, pid, row, prices, solved.staff, arc_costs(seed, pid, len(posts.staff), h))


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
