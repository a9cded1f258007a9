"""The design file of a survey: columns, calibration, variance, what to estimate, and who answered."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from qinglian.engines.composite.fields import Fields
from qinglian.engines.composite.spec import Names
from qinglian.engines.survey.design import LONE
from qinglian.engines.survey.rates import Dispositions
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

VERSION = "survey-design/1"
STATISTICS = ("mean", "proportion", "total", "ratio", "quantile")
VARIANCES = ("taylor", "jackknife", "brr", "bootstrap")
COLUMNS = ("weight", "stratum", "cluster", "population", "period", "unit", "mode")


@dataclass(frozen=True)
class Asked:
    """One figure: of which column, of whom. values: answers that count as 1, for a proportion. scale: what
    the result is multiplied by, 100 for per cent."""

    indicator: str
    statistic: str
    column: str
    values: tuple[str, ...] = ()
    under: str = ""
    share: float = 0.5
    scale: float = 1.0
    domain: str = ""
    domain_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """columns: role → column, of COLUMNS. margins: column → known totals. responses: period →
    dispositions."""

    survey: str
    names: Names
    columns: Mapping[str, str]
    missing: tuple[str, ...]
    lone: str
    interval: float
    margins: Mapping[str, Mapping[str, float]]
    trim: tuple[float, float] | None
    variance: str
    fay: float
    replicates: int
    seed: int
    asked: tuple[Asked, ...]
    responses: Mapping[str, Dispositions]


def read_plan(text: str) -> Plan:
    """The plan in a design file. Raises Faults with every key that is unknown, missing or wrong."""
    faults: list[Fault] = []
    try:
        top = Fields(tomllib.loads(text), "", faults)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Fault(_("not TOML: %(reason)s; mend the text there"), reason=str(error)) from None
    if top.text("v", "") != VERSION:
        top.wrong("v", _('not a survey design; its first line is v = "%(version)s"'), version=VERSION)
    columns, variance = top.inner("columns"), top.inner("variance")
    plan = Plan(
        survey=top.text("survey"),
        names=top.names(),
        columns={role: columns.text(role) for role in COLUMNS if columns.has(role)},
        missing=top.texts("missing") or ("",),
        lone=top.choice("lone", LONE, "refuse"),
        interval=top.real("interval", 0.9, 0.5, 0.999),
        margins={name: totals for name, totals in map(_margin, top.each("margin"))},
        trim=top.pair("trim", (0.0, 0.0)) if top.has("trim") else None,
        variance=variance.choice("method", VARIANCES, "taylor"),
        fay=variance.real("fay", 0.0, 0, 0.999),
        replicates=variance.whole("replicates", 500, 50),
        seed=variance.whole("seed", 1),
        asked=tuple(_asked(each) for each in top.each("estimate")),
        responses={period: counts for period, counts in map(_response, top.each("response"))},
    )
    columns.done()
    variance.done()
    top.done()
    _whole(plan, top)
    if faults:
        raise Faults(faults)
    return plan


def _whole(plan: Plan, top: Fields) -> None:
    if not plan.asked:
        top.wrong("estimate", _("nothing is asked for; write one or more [[estimate]]"))
    names = [one.indicator for one in plan.asked]
    for name in sorted({name for name in names if names.count(name) > 1}):
        top.wrong("estimate", _("%(code)r stands twice or is empty; give each its own code"), code=name)
    if plan.variance == "jackknife" and any(one.statistic == "quantile" for one in plan.asked):
        top.wrong(
            "variance.method",
            _("the jackknife does not know the error of a quantile; use taylor, brr or bootstrap"),
        )
    if plan.trim and (not plan.margins or not 0 < plan.trim[0] < 1 < plan.trim[1]):
        top.wrong("trim", _('trimming goes with margins and stands around 1, for example ["0.3", "3"]'))


def _margin(each: Fields) -> tuple[str, dict[str, float]]:
    column = each.text("column")
    table = each.table.get("totals", {}) if each.has("totals") else {}
    inner = Fields(table, f"{each.place}.totals", each.faults)
    totals = {name: inner.real(name, 0.0, 1e-12) for name in inner.table}
    if not totals:
        each.wrong("totals", _("no totals; write one for each answer of the column"))
    each.done()
    return column, totals


def _asked(each: Fields) -> Asked:
    statistic = each.choice("statistic", STATISTICS)
    one = Asked(
        indicator=each.text("indicator"),
        statistic=statistic,
        column=each.text("column"),
        values=each.texts("values") if statistic == "proportion" else (),
        under=each.text("under") if statistic == "ratio" else "",
        share=each.real("share", 0.5, 1e-6, 1 - 1e-6) if statistic == "quantile" else 0.5,
        scale=each.real("scale", 1.0, 1e-12),
        domain=each.text("domain", ""),
        domain_values=each.texts("domain_values"),
    )
    if statistic == "proportion" and not one.values:
        each.wrong("values", _("a proportion needs the answers that count; write values"))
    if bool(one.domain) != bool(one.domain_values):
        each.wrong("domain", _("a domain is a column and the values that are in it; write both, or neither"))
    each.done()
    return one


def _response(each: Fields) -> tuple[str, Dispositions]:
    names = ("complete", "partial", "refusal", "no_contact", "other", "unknown_unit", "unknown_other")
    counts = {name: each.whole(name, 0) for name in names}
    eligible = each.decimal("eligible")
    period = each.text("period", "")
    each.done()
    return period, Dispositions(**counts, eligible=None if eligible is None else float(eligible))
