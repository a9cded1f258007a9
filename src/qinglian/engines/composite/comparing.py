"""The bridge between two editions of an index whose specs differ: in steps that add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from qinglian.engines.composite.edition import Edition, compute
from qinglian.engines.composite.observations import Observations
from qinglian.engines.composite.spec import Spec
from qinglian.faults import Fault
from qinglian.faults import noop as _

STEPS = ("removed", "values", "weights", "methods", "added")


@dataclass(frozen=True)
class Steps:
    """first + Σ effects = last. effects by STEPS: indicators taken out, values, weights and tree, methods,
    new ones.

    removed and added name the indicators.
    """

    first: float
    last: float
    effects: Mapping[str, float]
    removed: tuple[str, ...]
    added: tuple[str, ...]


def compare(old: Edition, new: Edition, unit: str, first: str, last: str) -> Steps:
    """Why `unit` has another total in period `last` of `new` than in period `first` of `old`. The order of
    steps is fixed; each is a whole computation. An indicator that is divided by another one than before is
    taken out and new."""
    before = {one.code: one.denominator for one in old.spec.scored}
    after = {one.code: one.denominator for one in new.spec.scored}
    common = {code for code, below in before.items() if after.get(code) == below}
    if not common:
        raise Fault(_("the two editions share no indicator; there is nothing to bridge"))
    few_old, few_new = _restricted(old.spec, common), _restricted(new.spec, common)
    groups = {
        column: {**few_old.groups.get(column, {}), **few_new.groups.get(column, {})}
        for column in {*few_old.groups, *few_new.groups}
    }
    moved = replace(few_old, groups=groups)
    reweighed = _with_weights(moved, few_new)
    totals = [
        _total(old.spec, old.seen, unit, first),
        _total(few_old, old.seen, unit, first),
        _total(moved, new.seen, unit, last),
        _total(reweighed, new.seen, unit, last),
        _total(few_new, new.seen, unit, last),
        _total(new.spec, new.seen, unit, last),
    ]
    effects = {name: totals[at + 1] - totals[at] for at, name in enumerate(STEPS)}
    return Steps(
        totals[0], totals[-1], effects, tuple(sorted({*before} - common)), tuple(sorted({*after} - common))
    )


def _total(spec: Spec, seen: Observations, unit: str, period: str) -> float:
    for name, known in ((unit, seen.units), (period, seen.periods)):
        if name not in known:
            raise Fault(
                _("%(value)r is not known here; known are %(known)s"), value=name, known=", ".join(known)
            )
    here = [one for one in spec.deductions if one.indicator in seen.codes]
    edition = compute(replace(spec, deductions=tuple(here)), seen)
    return float(edition.total[seen.periods.index(period), seen.units.index(unit)])


def _restricted(spec: Spec, codes: set[str]) -> Spec:
    """The spec with those scored indicators only, and without nodes that become empty."""
    kept = tuple(one for one in spec.indicators if one.role != "scored" or one.code in codes)
    spec = replace(spec, indicators=kept)
    while True:
        nodes = tuple(node for node in spec.nodes if spec.children(node.code))
        if len(nodes) == len(spec.nodes):
            return spec
        spec = replace(spec, nodes=nodes)


def _with_weights(old: Spec, new: Spec) -> Spec:
    """The old methods on the new tree with the new weights."""
    newer = {one.code: one for one in new.indicators}
    aggregates = {node.code: node.aggregate for node in old.nodes}
    indicators = tuple(
        replace(one, parent=newer[one.code].parent, weight=newer[one.code].weight)
        if one.code in newer and one.role == "scored"
        else one
        for one in old.indicators
    )
    by_code = {one.code: one for one in indicators}
    ordered = [by_code[one.code] for one in new.indicators if one.code in by_code]
    others = [one for one in indicators if one.code not in newer]
    nodes = tuple(replace(node, aggregate=aggregates.get(node.code, node.aggregate)) for node in new.nodes)
    return replace(
        old,
        indicators=(*ordered, *others),
        nodes=nodes,
        weights=new.weights,
        experts=new.experts,
        inconsistency=new.inconsistency,
    )
