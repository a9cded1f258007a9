"""The [uncertainty] of a spec: typed sources; what a kind does not have cannot be written under it."""

from __future__ import annotations

from qinglian.engines.composite.fields import Fields
from qinglian.engines.composite.spec import MEANS, Source, Uncertainty
from qinglian.faults import noop as _

KINDS = ("sampling", "counts", "sources", "missing", "weights", "methods")
ALTERNATIVES = {
    "impute": ("mean", "median", "group-mean", "group-median"),
    "treat": ("none", "log", "winsorise", "winsorise-log"),
    "winsorise": (),
    "normalise": ("goalposts", "min-max", "z", "rank", "distance-to-target"),
    "goalposts": (),
    "aggregate": MEANS,
}


def read_uncertainty(each: Fields) -> Uncertainty:
    """Runs, seed, correlation between editions, and the sources."""
    found = Uncertainty(
        each.whole("runs", 0, 100),
        each.whole("seed", 0),
        each.real("correlation", 0.0, 0, 1),
        each.real("alternative", 0.5, 0, 1),
        tuple(_source(one) for one in each.each("source")),
    )
    if not each.has("runs") or not each.has("seed"):
        each.wrong("", _("write runs (100 or more) and seed: what is drawn must be drawn again by others"))
    if not found.sources:
        each.wrong("source", _("no source of uncertainty; write one or more [[uncertainty.source]]"))
    each.done()
    return found


def _source(one: Fields) -> Source:
    kind = one.choice("kind", KINDS)
    readers = {
        "sampling": _sampling,
        "counts": _counts,
        "sources": _sources,
        "weights": _weights,
        "methods": _methods,
    }
    found = readers[kind](one) if kind in readers else Source("missing")
    one.done()
    return found


def _sampling(one: Fields) -> Source:
    model = one.choice("model", ("normal", "logit"), "normal")
    scale = one.real("scale", 1.0, 1e-9) if model == "logit" else 1.0
    return Source("sampling", model, one.texts("indicators"), scale=scale)


def _counts(one: Fields) -> Source:
    model = one.choice("model", ("gamma", "beta"))
    return Source("counts", model, one.texts("indicators"), scale=one.real("scale", 1.0, 1e-9))


def _sources(one: Fields) -> Source:
    z, population = one.decimal("z"), one.whole("population", 0)
    return Source(
        "sources", node=one.text("node"), z=None if z is None else float(z), population=population or None
    )


def _weights(one: Fields) -> Source:
    model = one.choice("model", ("noise", "dirichlet", "bootstrap"))
    if model == "bootstrap":
        return Source("weights", model)
    size = one.real("size", 0.0, 1e-9, 1.0 if model == "noise" else 1e9)
    if not one.has("size"):
        one.wrong("size", _("say how far weights may move"))
    return Source("weights", model, one.texts("below"), size=size)


def _methods(one: Fields) -> Source:
    stage = one.choice("stage", tuple(ALTERNATIVES))
    alternatives = one.texts("alternatives")
    known = ALTERNATIVES.get(stage, ())
    if len(alternatives) < 2 or len(set(alternatives)) != len(alternatives):
        one.wrong("alternatives", _("list two or more different alternatives"))
    for name in alternatives:
        if known and name not in known:
            one.wrong(
                "alternatives",
                _("%(value)r is not known here; known are %(known)s"),
                value=name,
                known=", ".join(known),
            )
        if stage == "winsorise" and not name.isdigit():
            one.wrong("alternatives", _('write numbers of points, for example ["1", "3", "5"]'))
        if stage == "goalposts" and not _widening(name):
            one.wrong("alternatives", _('write by how much the goalposts widen, for example ["0", "0.1"]'))
    node = one.text("node", "") if stage == "aggregate" else ""
    to = one.pair("z", (50.0, 15.0)) if "z" in alternatives and one.has("z") else None
    return Source("methods", stage=stage, alternatives=alternatives, node=node, z_to=to)


def _widening(text: str) -> bool:
    try:
        return -0.5 < float(text) < 10
    except ValueError:
        return False
