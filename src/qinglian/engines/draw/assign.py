"""Inspectors to visits by one min-cost flow for each department, and the prices that prove it is cheapest.

The solver works on the cheapest arcs of each visit; prices over all arcs then show that no arc left out
would have helped, else it is put in and solved again. So the answer is that of the whole network.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from qinglian.engines.draw.arcs import COST_BYTES, SPAN, STEP, Posts, cost_table
from qinglian.engines.draw.checking import Assignment, Solved
from qinglian.engines.draw.hashing import Hash
from qinglian.faults import Fault
from qinglian.faults import noop as _

NEAREST = 14
OUT_OF_REACH = 2**50
BAND = 256  # visits looked at in one step, so that arrays stay near the processor


def parts() -> Any:
    """numpy and OR-tools' graphs, brought in when a network is solved; Fault without them."""
    try:
        import numpy
        from ortools.graph.python import max_flow, min_cost_flow
    except ImportError:
        raise Fault(_("inspectors are assigned by OR-tools; say: pip install 'qinglian[draw]'")) from None
    return SimpleNamespace(np=numpy, max_flow=max_flow, min_cost_flow=min_cost_flow)


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
            if (near == table.open).all():
                raise the_cut(posts, table, kit)
            near = table.open if near.sum() * 4 > table.open.sum() else table.nearest(8 * NEAREST) | near
            continue
        prices, wider = table.settled(chosen, near)
        if prices is not None:
            return table.told(chosen, prices)
        near = table.open if (wider == near).all() else wider


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

        Costs are even over 0 … 2⁴⁰, so a line through them finds about as many as sorting would; a visit that
        finds too few looks three times as far, then at all.
        """
        np, posts = self.np, self.posts
        near = np.zeros(self.cost.shape, bool)
        few = np.ones(len(near), bool)
        for wide in (count, 3 * count, len(self.share) * 8):
            line = np.full(len(self.share), wide / len(self.share))
            line[self.qualified] = max(line[0], wide / 2 / max(1, self.qualified.sum()))
            below = np.minimum(line * 2.0 ** (8 * COST_BYTES), 2.0**60).astype(np.int64)
            near[few] = self.open[few] & (self.cost[few] < below)
            leads = (near & self.qualified).sum(axis=1)
            few = (near.sum(axis=1) < 3 * posts.demand) | (leads < 3 * posts.leads)
            if not few.any():
                break
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

    def settled(self, chosen: Any, near: Any) -> tuple[Any, Any]:
        """(prices by which no open arc would have helped, the arcs looked at); prices None if one would have.

        Arcs looked at in addition change the prices, but seldom what is cheapest; so they are asked first.
        """
        while (prices := self.prices(chosen, near)) is not None:
            missing = self.cheaper(chosen, near, prices)
            if not missing.any():
                return prices, near
            near = near | missing
        return None, near

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
        ways = self.ways(near & ~chosen)
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

    def ways(self, arcs: Any) -> list[tuple[Any, Any, Any, Any]]:
        """Arcs to the qualified, then to others, grouped by visit: (visits that have any, where each begins,
        columns, costs)."""
        np, found = self.np, []
        rows, columns = np.nonzero(arcs)
        weights = self.cost[rows, columns]
        for kind in (self.qualified[columns], ~self.qualified[columns]):
            visits, starts = np.unique(rows[kind], return_index=True)
            found.append((visits, starts, columns[kind], weights[kind]))
        return found

    def cheaper(self, chosen: Any, near: Any, prices: Any) -> Any:
        """The open arcs outside `near` that would cost less than the prices say their visit is worth."""
        np, (staff, visit, place) = self.np, prices
        found = np.zeros(self.cost.shape, bool)
        for begin in range(0, len(visit), BAND):
            band = slice(begin, begin + BAND)
            worth = np.where(self.qualified[None, :], visit[band, None], place[band, None]) - staff[None, :]
            found[band] = (self.cost[band] < worth) & self.open[band] & ~near[band] & ~chosen[band]
        return found

    def told(self, chosen: Any, prices: Any) -> Solved:
        staff, visit, place = prices
        names = [one.iid for one in self.posts.staff]
        columns = self.np.nonzero(chosen)[1].reshape(-1, self.posts.demand)
        taken = [tuple([names[k] for k in row]) for row in columns.tolist()]
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
