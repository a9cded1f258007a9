"""A spec's files → a checked `Spec`. Everything wrong is told at once, with file, line or key, and the
mend."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from qinglian.engines.composite import tables
from qinglian.engines.composite.checks import check
from qinglian.engines.composite.fields import Fields
from qinglian.engines.composite.reading_doubt import read_uncertainty
from qinglian.engines.composite.spec import (
    MEANS,
    Aggregate,
    Availability,
    Deduction,
    Impute,
    Node,
    Normalise,
    Publish,
    Spec,
    Treat,
    Weights,
)
from qinglian.engines.composite.weighing import from_budget, from_pairs
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

T = TypeVar("T")
VERSION = "index-spec/1"
FILES = ("spec.toml", "indicators.csv", "units.csv", "experts.csv")
IMPUTE = ("none", "mean", "median", "group-mean", "group-median")
TREAT = ("none", "log", "winsorise", "winsorise-log")
NORMALISE = ("none", "goalposts", "min-max", "z", "rank", "distance-to-target")
WEIGHTS = ("stated", "equal", "budget", "ahp")


def read_spec(files: Mapping[str, str]) -> Spec:
    """The spec that the texts make; names of files as in FILES, of which the last two may be absent.

    Raises Faults with every unknown key, weight that does not sum, reversed goalpost, stage that is not
    there, …
    """
    faults: list[Fault] = []
    for name in files:
        if name not in FILES:
            faults.append(
                Fault(_("not a file of a spec; known are %(known)s"), file=name, known=", ".join(FILES))
            )
    for name in FILES[:2]:
        if name not in files:
            faults.append(Fault(_("the file is missing; write it"), file=name))
    if faults:
        raise Faults(faults)
    indicators = _of(
        "indicators.csv", faults, lambda own: tables.read_indicators(files["indicators.csv"], own)
    )
    names, groups = (
        ({}, {})
        if "units.csv" not in files
        else _of("units.csv", faults, lambda own: tables.read_units(files["units.csv"], own))
    )
    spec = _of("spec.toml", faults, lambda own: _spec(_toml(files["spec.toml"]), own))
    if faults:
        raise Faults(faults)
    parts = {"indicators": indicators, "unit_names": names, "groups": groups}
    spec = Spec(**{**vars(spec), **parts})
    check(spec, faults)
    if not faults and spec.weights.method in ("budget", "ahp"):
        spec = _of("experts.csv", faults, lambda own: _with_experts(spec, files.get("experts.csv"), own))
    if faults:
        raise Faults(faults)
    return spec


def _of(file: str, faults: list[Fault], read: Callable[[list[Fault]], T]) -> T:
    own: list[Fault] = []
    found = read(own)
    faults.extend(fault.at(file=file) for fault in own)
    return found


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Fault(
            _("not TOML: %(reason)s; mend the text there"), file="spec.toml", reason=str(error)
        ) from None


def _spec(data: Mapping[str, Any], faults: list[Fault]) -> Spec:
    top = Fields(dict(data), "", faults)
    if top.text("v", "") != VERSION:
        top.wrong("v", _('not an index; its first line is v = "%(version)s"'), version=VERSION)
    select = top.inner("select")
    spec = Spec(
        index=top.text("index"),
        version=top.text("version"),
        names=top.names(),
        demonstration=top.yes("demonstration", False),
        evaluator=top.names("evaluator") if top.has("evaluator") else {},
        indicators=(),
        nodes=tuple(_node(each) for each in top.each("node")),
        units=select.texts("units"),
        periods=select.texts("periods"),
        availability=_availability(top.inner("availability")),
        impute=_impute(top.inner("impute")),
        treat=_treat(top.inner("treat")),
        normalise=_normalise(top.inner("normalise")),
        weights=_weights(top.inner("weights")),
        missing=cast(Any, top.choice("missing", ("refuse", "skip"), "refuse")),
        deductions=tuple(_deduction(each) for each in top.each("deduction")),
        publish=_publish(top.inner("publish")),
        uncertainty=read_uncertainty(top.inner("uncertainty")) if top.has("uncertainty") else None,
    )
    select.done()
    top.done()
    return spec


def _node(each: Fields) -> Node:
    floor = each.decimal("floor")
    aggregate = Aggregate(
        method=cast(Any, each.choice("aggregate", MEANS, "arithmetic")),
        exponent=each.real("exponent", 1.0),
        floor=None if floor is None else float(floor),
    )
    node = Node(each.text("code"), each.names(), each.text("parent", ""), each.decimal("weight"), aggregate)
    if node.weight is not None and node.weight <= 0:
        each.wrong("weight", _("a weight is a number above 0; %(value)r is none"), value=str(node.weight))
    if (aggregate.method == "power") != each.has("exponent") or aggregate.exponent == 0:
        each.wrong("exponent", _("a power mean needs an exponent other than 0, and no other mean has one"))
    each.done()
    return node


def _availability(each: Fields) -> Availability:
    below = cast(Any, each.choice("below", ("refuse", "leave-out"), "refuse"))
    found = Availability(each.real("min_share", 0.0, 0, 1), each.whole("min_count", 0), below)
    each.done()
    return found


def _impute(each: Fields) -> Impute:
    method = each.choice("method", IMPUTE, "none")
    found = Impute(method, each.text("group") if method.startswith("group-") else "")
    each.done()
    return found


def _treat(each: Fields) -> Treat:
    method = each.choice("method", TREAT, "none")
    found = Treat(method)
    if method.startswith("winsorise"):
        found = Treat(method, each.whole("most", 5, 1), each.real("skew", 2.0, 0), each.real("kurtosis", 3.5))
    each.done()
    return found


def _normalise(each: Fields) -> Normalise:
    method = each.choice("method", NORMALISE)
    clip = each.pair("clip", (0.0, 0.0)) if each.has("clip") else None
    found = Normalise(method, each.pair("to", (0.0, 100.0)), each.text("reference", "each-period"), clip)
    if found.to[0] == found.to[1] or (method != "z" and found.to[0] > found.to[1]):
        each.wrong("to", _("the scale is reversed or empty; write the lower end first"))
    if clip and clip[0] >= clip[1]:
        each.wrong("clip", _("the scale is reversed or empty; write the lower end first"))
    each.done()
    return found


def _weights(each: Fields) -> Weights:
    method = each.choice("method", WEIGHTS)
    total = each.decimal("sum") if method == "stated" and each.table.get("sum") != "parts" else None
    if method == "stated" and not each.has("sum"):
        each.wrong(
            "sum",
            _(
                'say what the weights below one node add up to: "1", "100", or "parts" where only their '
                "proportion counts"
            ),
        )
    most = each.real("most_inconsistent", 0.0, 0, 1) if method == "ahp" else None
    if method == "ahp" and not each.has("most_inconsistent"):
        each.wrong("most_inconsistent", _('say the largest consistency ratio you accept, for example "0.1"'))
    each.done()
    return Weights(method, total, most)


def _deduction(each: Fields) -> Deduction:
    cap = each.decimal("cap")
    found = Deduction(
        each.text("code"),
        each.names(),
        each.text("indicator"),
        each.real("per_case", 0.0, 0),
        None if cap is None else float(cap),
    )
    each.done()
    return found


def _publish(each: Fields) -> Publish:
    grades = each.table.get("grades", {}) if each.has("grades") else {}
    inner = Fields(grades, f"{each.place}.grades", each.faults)
    ladder = [(name, inner.real(name, 0.0)) for name in grades] if isinstance(grades, dict) else []
    found = Publish(
        each.whole("decimals", 1),
        each.choice("rounding", ("half-up", "half-even"), "half-up"),
        each.real("interval", 0.9, 0.5, 0.999),
        tuple(sorted(ladder, key=lambda pair: -pair[1])),
        each.choice("rank_on", ("published", "exact"), "published"),
    )
    each.done()
    return found


def _with_experts(spec: Spec, text: str | None, faults: list[Fault]) -> Spec:
    if text is None:
        faults.append(Fault(_("the file is missing; write it")))
        return spec
    if spec.weights.method == "budget":
        budget = tables.read_budget(text, faults)
        return spec if faults else from_budget(spec, budget, faults)
    pairs = tables.read_pairs(text, faults)
    return spec if faults else from_pairs(spec, pairs, faults)
