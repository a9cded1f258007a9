"""Presets against published figures, and against a second computation in decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from statistics import mean, stdev

import numpy as np
import pytest
from tests.engines.composite_specs import PRESETS, long, preset

from qinglian.engines.composite.doubt import spread
from qinglian.engines.composite.edition import Edition, compute
from qinglian.engines.composite.observations import read_observations
from qinglian.engines.composite.spec import Source

# A worked example of a country X by Transparency International (infographic to the CPI 2015): 63, error 1.
COUNTRY_X = (61, 63, 61, 65, 65)


def cpi(name: str) -> Edition:
    """Country X, one with two sources only, and one with thirteen, so that every source has data."""
    spec = preset(name)
    cells = [("X", "2015", f"S{at:02d}", value) for at, value in enumerate(COUNTRY_X, 1)]
    cells += [("few", "2015", "S01", 40), ("few", "2015", "S02", 50)]
    cells += [("many", "2015", f"S{at:02d}", 20 + 3 * at) for at in range(1, 14)]
    return compute(spec, read_observations(long(cells), spec))


def error(edition: Edition) -> Source:
    assert edition.spec.uncertainty is not None
    return edition.spec.uncertainty.sources[0]


def test_the_example_of_transparency_international() -> None:
    edition = cpi("cpi-2012")
    assert edition.published[0, 0] == 63
    standard = spread(edition, error(edition))[0, 0]
    assert standard == pytest.approx(stdev(COUNTRY_X) / 5**0.5, rel=1e-12)
    assert round(standard) == 1
    assert error(edition).z == 1.64


def test_fewer_than_three_sources_give_no_score() -> None:
    edition = cpi("cpi-2012")
    assert np.isnan(edition.total[0, 1]) and edition.ranks[0, 1] == 0


def test_from_2020_the_error_knows_that_there_are_thirteen_sources() -> None:
    old, new = cpi("cpi-2012"), cpi("cpi-2020")
    factor = spread(new, error(new))[0, 0] / spread(old, error(old))[0, 0]
    assert factor == pytest.approx(((13 - 5) / 12) ** 0.5, rel=1e-12)
    assert spread(new, error(new))[0, 2] == 0  # all thirteen have spoken


def test_scores_are_rounded_half_up_and_ranked_as_rounded() -> None:
    spec = preset("cpi-2012")
    values = {"a": (62, 62, 63.5), "b": (62, 63, 63), "c": (61, 62, 62), "all": tuple(range(40, 53))}
    cells = [(u, "2015", f"S{at:02d}", v) for u, row in values.items() for at, v in enumerate(row, 1)]
    edition = compute(spec, read_observations(long(cells), spec))
    by_hand = [
        int((sum(map(Decimal, map(str, row))) / len(row)).quantize(Decimal(1), ROUND_HALF_UP))
        for row in values.values()
    ]
    assert edition.published[0].tolist() == by_hand == [63, 63, 62, 46]
    assert edition.ranks[0].tolist() == [1, 1, 3, 4]


def test_the_figures_of_kaia_in_2017() -> None:
    spec = preset("acrc-2017")
    cells = [("KAIA", "2017", "external", "8.35"), ("KAIA", "2017", "internal", "7.87")]
    edition = compute(spec, read_observations(long(cells), spec))
    assert edition.total[0, 0] == pytest.approx(8.35 * 0.763 + 7.87 * 0.237, rel=1e-12)
    assert edition.published[0, 0] == 8.24


def test_the_rules_of_2022_take_points_off_after_weighing() -> None:
    spec = preset("acrc-2022")
    cells = [("a", "2022", "perceived", 82), ("a", "2022", "effort", 85), ("a", "2022", "points", "2.4")]
    edition = compute(spec, read_observations(long(cells), spec))
    assert (
        edition.published[0, 0] == float(Decimal("0.6") * 82 + Decimal("0.4") * 85 - Decimal("2.4")) == 80.8
    )
    assert edition.grade(0, 0) == ""  # the bounds of the grades are not at hand


def test_one_zone_by_hand_in_plain_python() -> None:
    """The same five editions, a second time: no arrays, no code of ours."""
    import math

    spec = preset("one-zone")
    edition = compute(spec, read_observations((PRESETS / "one-zone" / "data.csv").read_text("utf-8"), spec))
    rows = [
        line.split(",") for line in (PRESETS / "one-zone" / "data.csv").read_text("utf-8").splitlines()[1:]
    ]
    for place, year in enumerate(("2022", "2023", "2024", "2025", "2026")):
        raw = {row[2]: float(row[3]) for row in rows if row[1] == year}

        def part(code: str, low: float, high: float, raw: dict[str, float] = raw) -> float:
            return min(1.0, max(0.0, (raw[code] - low) / (high - low))) * 100

        control = math.exp(
            0.3 * math.log(part("C1", 50, 100))
            + 0.3 * math.log(part("C2", 60, 100))
            + 0.4 * math.log(part("C3", 50, 100))
        )
        days = (math.log(raw["O3"]) - math.log(0.5)) / (math.log(20) - math.log(0.5)) * 100
        opportunity = 0.4 * (100 - part("O1", 5, 50)) + 0.3 * (100 - days) + 0.3 * part("O5", 0, 100)
        perception = (
            0.3 * part("P1", 1, 5)
            + 0.3 * (100 - part("P2", 0, 10))
            + 0.2 * part("P3", 40, 95)
            + 0.2 * (100 - part("P4", 0, 3))
        )
        total = 0.3 * control + 0.3 * opportunity + 0.4 * perception - min(5, 0.5 * raw["D1"])
        assert edition.total[place, 0] == pytest.approx(total, rel=1e-12)


def test_the_mean_of_a_preset_of_thirteen_is_a_plain_mean() -> None:
    edition = cpi("cpi-2020")
    assert edition.total[0, 2] == pytest.approx(mean(20 + 3 * at for at in range(1, 14)))
