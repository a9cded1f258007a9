"""Weights made to agree with what is known of everybody: post-stratification, raking, trimming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qinglian.engines.survey.design import Array, Calibration, Codes, Design
from qinglian.faults import Fault
from qinglian.faults import noop as _

ROUNDS = 1000
CLOSE = 1e-10


@dataclass(frozen=True)
class Margin:
    """What is known: a cell for each answer, and the total of each cell."""

    name: str
    cell: Codes
    totals: Array


def margin(name: str, labels: Sequence[str], totals: Mapping[str, float]) -> Margin:
    """A margin from labels and known totals. Raises Fault for a label without total, a total without answers,
    or one that is not above 0."""
    known = list(totals)
    place = {label: at for at, label in enumerate(known)}
    strange = sorted({label for label in labels if label not in place})
    absent = sorted(set(known) - set(labels))
    if strange:
        raise Fault(
            _("no total is known of %(names)s; add it, or join the cells"), key=name, names=", ".join(strange)
        )
    if absent:
        raise Fault(
            _("nobody answered in %(names)s; join the cell with another"), key=name, names=", ".join(absent)
        )
    sums = np.array([float(totals[label]) for label in known])
    if (sums <= 0).any():
        raise Fault(_("a known total is a number above 0; mend it"), key=name)
    return Margin(name, np.array([place[label] for label in labels], np.int64), sums)


def poststratify(design: Design, known: Margin) -> Design:
    """Weights times (known total / weighted total) of each cell."""
    weight = _scaled(design.weight, known)
    return replace(design, weight=weight, calibration=Calibration((known.cell,), design.weight))


def rake(design: Design, margins: Sequence[Margin], trim: tuple[float, float] | None = None) -> Design:
    """Weights by iterative proportional fitting to every margin (Deming and Stephan, 1940).

    trim: least and largest weight as multiples of the mean weight, held while raking goes on. Raises Fault if
    the margins have different totals, or cannot all be met.
    """
    sums = [float(one.totals.sum()) for one in margins]
    if max(sums) - min(sums) > 1e-6 * max(sums):
        raise Fault(
            _("the margins add up to different totals: %(totals)s; mend them"),
            totals=", ".join(f"{one.name} {total:g}" for one, total in zip(margins, sums, strict=True)),
        )
    weight, mean = design.weight * (sums[0] / design.weight.sum()), sums[0] / design.answers
    for _round in range(ROUNDS):
        for one in margins:
            weight = _scaled(weight, one)
        if trim:
            weight = np.clip(weight, trim[0] * mean, trim[1] * mean)
        if _distance(weight, margins) < CLOSE:
            calibration = Calibration(tuple(one.cell for one in margins), design.weight)
            return replace(design, weight=weight, calibration=calibration)
    raise Fault(
        _(
            "raking does not come to rest: the margins contradict each other or the trimming; join "
            "cells, or trim less"
        ),
        key=", ".join(one.name for one in margins),
    )


def trim(design: Design, largest: float) -> Design:
    """Weights above `largest` become it, and what is cut off is shared equally among the others.

    As R survey's trimWeights does once (T. Lumley); some may then exceed `largest` again.
    """
    over = design.weight > largest
    if over.all():
        raise Fault(_("every weight is above the limit; raise it"))
    cut = float((design.weight[over] - largest).sum())
    return replace(design, weight=np.where(over, largest, design.weight + cut / (~over).sum()))


def _scaled(weight: Array, known: Margin) -> Array:
    sums = np.bincount(known.cell, weights=weight, minlength=len(known.totals))
    if (sums <= 0).any():
        raise Fault(
            _("without one cluster a cell is empty; join cells, or use Taylor errors"), key=known.name
        )
    return np.asarray(weight * (known.totals / sums)[known.cell])


def _distance(weight: Array, margins: Sequence[Margin]) -> float:
    return max(
        float(np.abs(np.bincount(one.cell, weights=weight, minlength=len(one.totals)) / one.totals - 1).max())
        for one in margins
    )
