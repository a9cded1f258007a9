"""Nobody waits while figures are computed: connections that really are parallel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests import people
from tests.capabilities.test_figures import APRIL

from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.figures import actions


def test_lodging_goes_on_while_figures_are_computed(
    committed: None, at_once: Callable[[list[Any]], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Minutes, where there are many cases: nothing is locked meanwhile."""
    compute, meanwhile = actions._compute, []

    def computing(made: Any, tell: Any) -> Any:
        meanwhile.extend(at_once([lambda: people.chen_asks(secret="meanwhile").number]))
        return compute(made, tell)

    monkeypatch.setattr(actions, "_compute", computing)
    assert actions.compute_all(APRIL) is not None
    assert meanwhile == [Case.objects.get().number]
