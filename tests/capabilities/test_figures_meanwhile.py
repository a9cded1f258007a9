"""Nobody waits while figures are computed: connections that really are parallel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import people
from tests.capabilities.test_figures import APRIL

from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.figures import actions, queries
from qinglian.capabilities.figures.correcting import correct
from qinglian.capabilities.figures.models import Batch
from qinglian.capabilities.ledger.actions import open_trees


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


def test_lodging_goes_on_while_published_rows_are_corrected(
    committed: None,
    at_once: Callable[[list[Any]], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Path,
) -> None:
    """In May, so that April is published with it; and what another publishes in between is built upon."""
    settings.DATA = tmp_path  # with keys of its own, as this database is emptied afterwards
    open_trees(people.MONDAY)
    for n in range(5):
        people.chen_asks(secret=f"march {n}")
    assert actions.compute_all(APRIL) is not None
    people.chen_asks(secret="left out")
    for n in range(5):
        people.chen_asks(APRIL, secret=f"april {n}")
    may, compute, meanwhile = APRIL + timedelta(days=31), actions._compute, list[Any]()

    def computing(made: Any, tell: Any) -> Any:
        if not meanwhile:
            meanwhile.extend(at_once([lambda: people.chen_asks(may, secret="meanwhile").number]))
            meanwhile.append(actions.compute_all(may - timedelta(days=1)))  # another publishes
        return compute(made, tell)

    monkeypatch.setattr(actions, "_compute", computing)
    done = correct("cases.lodgings", "2026-03", "one was left out", may)
    assert meanwhile[0] in set(Case.objects.values_list("number", flat=True)) and meanwhile[1] is not None
    assert [(each.through, each.n) for each in done.batches] == [("2026-03", 6)]
    assert done.edition is not None and done.edition.through == "2026-04"
    (table,) = (each for each in queries.table_list() if each.table.id == "cases.lodgings")
    held = queries.table_text("cases.lodgings")
    assert held is not None and (table.n, table.sha) == (11, held.sha)
    assert Batch.objects.filter(table="cases.lodgings").count() == 3, "nothing of the first try was kept"
