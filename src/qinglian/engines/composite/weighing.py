"""Weights below each node: stated, equal, from experts' budgets, or from their comparisons in pairs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from qinglian.engines.composite.spec import Spec
from qinglian.faults import Fault
from qinglian.faults import noop as _

# Random index of n criteria, n = 1 to 10. Source: T. L. Saaty, The Analytic Hierarchy Process (1980).
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
Weights = dict[str, NDArray[np.float64]]


def weights_of(spec: Spec) -> Weights:
    """For each node the weights of its children (in the order of `Spec.children`), which add up to 1."""
    if spec.experts:
        return {node.code: _mean(spec, node.code) for node in spec.nodes}
    stated = {node.code: node.weight for node in spec.nodes} | {one.code: one.weight for one in spec.scored}
    found: Weights = {}
    for node in spec.nodes:
        below = spec.children(node.code)
        if spec.weights.method == "equal":
            parts = np.ones(len(below))
        else:
            parts = np.array([float(stated[code] or 0) for code in below])
        found[node.code] = parts / parts.sum()
    return found


def expert_weights(spec: Spec, node: str) -> NDArray[np.float64]:
    """Each expert's weights below a node: array of experts × children, rows adding up to 1."""
    below = spec.children(node)
    table = np.array([[points[code] for code in below] for _name, points in spec.experts])
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def _mean(spec: Spec, node: str) -> NDArray[np.float64]:
    return np.asarray(expert_weights(spec, node).mean(axis=0))


def total_weights(spec: Spec, weights: Weights) -> dict[str, float]:
    """The share of each scored indicator in the whole: the product of weights from the root down."""
    share = {spec.root.code: 1.0}
    waiting = [spec.root.code]
    inner = {node.code for node in spec.nodes}
    while waiting:
        node = waiting.pop()
        for code, weight in zip(spec.children(node), weights[node], strict=True):
            share[code] = share[node] * float(weight)
            if code in inner:
                waiting.append(code)
    return {one.code: share[one.code] for one in spec.scored}


def from_budget(spec: Spec, budget: Mapping[str, Mapping[str, float]], faults: list[Fault]) -> Spec:
    """The spec with each expert's points kept. Each gives 100 points among the children of every node."""
    for expert, points in budget.items():
        for node in spec.nodes:
            below = spec.children(node.code)
            lacking = [code for code in below if code not in points]
            total = sum(points.get(code, 0) for code in below)
            if lacking or abs(total - 100) > 1e-9:
                faults.append(
                    Fault(
                        _(
                            "%(expert)s gives %(total)s points below %(node)s, not 100 (nothing to: "
                            "%(names)s); ask again"
                        ),
                        key=expert,
                        expert=expert,
                        total=f"{total:g}",
                        node=node.code,
                        names=", ".join(lacking) or "–",
                    )
                )
    if not budget:
        faults.append(Fault(_("no expert is in the file; add their rows")))
    return Spec(**{**vars(spec), "experts": tuple(budget.items())})


def from_pairs(spec: Spec, pairs: Mapping[str, Mapping[tuple[str, str], float]], faults: list[Fault]) -> Spec:
    """The spec with each expert's weights by the principal eigenvector, and the worst consistency ratio by
    node.

    Source: T. L. Saaty (1980): CI = (λmax − n)/(n − 1), CR = CI/RI.
    """
    experts, worst = [], dict[str, float]()
    for expert, ratios in pairs.items():
        points: dict[str, float] = {}
        for node in spec.nodes:
            below = spec.children(node.code)
            matrix = _matrix(below, ratios)
            if matrix is None:
                faults.append(
                    Fault(
                        _("%(expert)s has not compared each pair below %(node)s; ask again"),
                        key=expert,
                        expert=expert,
                        node=node.code,
                    )
                )
                continue
            vector, ratio = eigenweights(matrix)
            points |= dict(zip(below, vector.tolist(), strict=True))
            worst[node.code] = max(worst.get(node.code, 0.0), ratio)
            if ratio > (spec.weights.most_inconsistent or 0.0):
                faults.append(
                    Fault(
                        _(
                            "the comparisons of %(expert)s below %(node)s contradict each other: consistency "
                            "ratio %(ratio)s, more than %(most)s; ask again"
                        ),
                        key=expert,
                        expert=expert,
                        node=node.code,
                        ratio=f"{ratio:.3f}",
                        most=spec.weights.most_inconsistent,
                    )
                )
        experts.append((expert, points))
    return Spec(**{**vars(spec), "experts": tuple(experts), "inconsistency": worst})


def eigenweights(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """(weights that add up to 1, consistency ratio) of a positive reciprocal n × n matrix, n from 1 to 10."""
    size = len(matrix)
    if size > len(RANDOM_INDEX):
        raise Fault(
            _("more than %(most)d criteria in one comparison; split the node"), most=len(RANDOM_INDEX)
        )
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    if size < 3:
        return vector / vector.sum(), 0.0
    index = (float(values[first].real) - size) / (size - 1)
    return vector / vector.sum(), max(0.0, index / RANDOM_INDEX[size - 1])


def _matrix(codes: tuple[str, ...], ratios: Mapping[tuple[str, str], float]) -> NDArray[np.float64] | None:
    matrix = np.eye(len(codes))
    for row, a in enumerate(codes):
        for column, b in enumerate(codes[row + 1 :], row + 1):
            ratio = ratios.get((a, b)) or (1 / ratios[b, a] if (b, a) in ratios else 0.0)
            if not ratio:
                return None
            matrix[row, column], matrix[column, row] = ratio, 1 / ratio
    return matrix
