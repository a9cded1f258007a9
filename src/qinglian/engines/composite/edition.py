"""One computation of an index, all stages kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qinglian.engines.composite import cleaning, treating
from qinglian.engines.composite.normalising import Scale
from qinglian.engines.composite.observations import Array, Observations
from qinglian.engines.composite.publishing import deductions, grade, ranks, rounded
from qinglian.engines.composite.spec import Spec
from qinglian.engines.composite.tree import Tree
from qinglian.engines.composite.weighing import Weights, weights_of


@dataclass(frozen=True)
class Edition:
    """Stages are arrays of periods × units × scored indicators; nodes are node → periods × units.

    part: which unit takes part in which period. deducted: points taken off the root, periods × units. `total`
    is the root less deductions, exact; `published` is rounded. ranks: 1 is best, 0 takes no part.
    """

    spec: Spec
    seen: Observations
    part: NDArray[np.bool_]
    stages: Mapping[str, Array]
    errors: Array
    scale: Scale
    weights: Weights
    nodes: Mapping[str, Array]
    deducted: Array

    @cached_property
    def total(self) -> Array:
        return np.asarray(self.nodes[self.spec.root.code] - self.deducted)

    @cached_property
    def published(self) -> Array:
        return rounded(self.total, self.spec.publish)

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        return ranks(self.published if self.spec.publish.rank_on == "published" else self.total)

    def grade(self, period: int, unit: int) -> str:
        """The grade of a published score, or nothing where the index has no grades."""
        return grade(float(self.published[period, unit]), self.spec.publish)

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Cells that were imputed."""
        return np.isnan(self.stages["denominate"]) & ~np.isnan(self.stages["impute"]) & self.part[..., None]


def compute(spec: Spec, seen: Observations) -> Edition:
    """The index of every unit and period. Raises Fault or Faults wherever a stage is not defined by these
    data."""
    raw, errors = cleaning.denominated(spec, seen)
    selected = np.stack([seen.value[..., seen.of(one.code)] for one in spec.scored], axis=-1)
    part = cleaning.available(spec, seen, selected)
    raw = np.where(part[..., None], raw, np.nan)
    whole = cleaning.imputed(spec.impute, spec, seen, raw, part)
    cleaning.refuse_missing(spec, seen, whole, part)
    treatment = treating.fit(spec.treat, spec.scored, whole)
    scale = Scale(spec.normalise, spec.scored, seen.periods, treatment)
    scores = scale(whole)
    stages = {
        "select": selected,
        "denominate": raw,
        "impute": whole,
        "treat": treatment(whole),
        "normalise": scores,
    }
    weights = weights_of(spec)
    cells = scores.reshape(-1, scores.shape[-1])
    found = Tree(spec).values(cells, weights, skip=spec.missing == "skip")
    nodes = {code: np.where(part, value.reshape(part.shape), np.nan) for code, value in found.items()}
    return Edition(spec, seen, part, stages, errors, scale, weights, nodes, deductions(spec, seen))
