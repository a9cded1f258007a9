"""What the report says in words: each sentence is a template filled from computed numbers, none is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qinglian.batch.index.words import Speaker, change, percent, points, told
from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.weighing import total_weights
from qinglian.faults import noop as _

MOST_NAMES = 12
METHODS = {
    "none": _("none applied"),
    "goalposts": _("fixed goalposts"),
    "min-max": _("least and most of the units"),
    "z": _("z scores"),
    "rank": _("ranks"),
    "distance-to-target": _("distance to target"),
    "mean": _("mean of the units"),
    "median": _("median of the units"),
    "group-mean": _("mean of the group"),
    "group-median": _("median of the group"),
    "log": _("logarithm"),
    "winsorise": _("winsorising"),
    "winsorise-log": _("winsorising, else a logarithm"),
    "stated": _("stated in the spec"),
    "equal": _("equal weights"),
    "budget": _("points given by experts"),
    "ahp": _("experts’ comparisons in pairs"),
    "arithmetic": _("arithmetic mean"),
    "geometric": _("geometric mean"),
    "harmonic": _("harmonic mean"),
    "power": _("power mean"),
}
ROUNDING = {"half-up": _("half up"), "half-even": _("half to even")}
KINDS = {
    "sampling": _("sampling error"),
    "counts": _("counting error"),
    "sources": _("spread of sources"),
    "missing": _("missing values"),
    "weights": _("weights"),
    "methods": _("choice of methods"),
}
ORIGINS = {
    "register": _("registers"),
    "survey": _("surveys"),
    "expert": _("experts"),
    "external": _("others’ indices"),
    "": _("not stated"),
}
STAGES = {
    "impute": _("missing values"),
    "treat": _("outliers"),
    "winsorise": _("outliers"),
    "normalise": _("scale"),
    "goalposts": _("width of the goalposts"),
    "weights": _("weights"),
    "aggregate": _("kind of mean"),
}


def group_name(say: Speaker, edition: Edition, name: str) -> str:
    """`sampling:P1` → sampling error: the indicator's name."""
    kind, _colon, rest = name.partition(":")
    label = say(KINDS[kind])
    if not rest or kind == "weights":
        return label
    stage, _colon, node = rest.partition(":")
    if kind == "methods":
        parts = [say(STAGES[stage]), *([node_name(say, edition, node)] if node else [])]
        return say.of(label, say.join(parts))
    return say.of(label, node_name(say, edition, rest))


def node_name(say: Speaker, edition: Edition, code: str) -> str:
    names = {node.code: node.names for node in edition.spec.nodes}
    names |= {one.code: one.names for one in edition.spec.indicators}
    return say.name(names[code]) if code in names else code


def unit_name(say: Speaker, edition: Edition, unit: str) -> str:
    names = edition.spec.unit_names.get(unit)
    return say.name(names) if names else unit


def opening(say: Speaker, edition: Edition, doubt: Mapping[str, Any], unit: int) -> list[str]:
    """The latest score and its interval; what may be said of the whole series; the latest change."""
    spec, seen = edition.spec, edition.seen
    d = spec.publish.decimals
    last = max(period for period in range(len(seen.periods)) if edition.part[period, unit])
    who = unit_name(say, edition, seen.units[unit])
    score = f"{edition.published[last, unit]:.{d}f}"
    if not doubt:
        return [say(_("%(unit)s, %(period)s: %(score)s."), unit=who, period=seen.periods[last], score=score)]
    said = [
        say(
            _(
                "%(unit)s, %(period)s: %(score)s; with a probability of %(share)s between %(low)s and "
                "%(high)s."
            ),
            unit=who,
            period=seen.periods[last],
            score=score,
            share=percent(doubt["interval"]),
            low=points(doubt["low"][last][unit], d),
            high=points(doubt["high"][last][unit], d),
        )
    ]
    claims = next((one for one in doubt["claims"] if one["unit"] == seen.units[unit]), None)
    if claims:
        said += [*_series(say, claims), *_latest(say, edition, claims)]
        said += [*_broken(say, edition, claims), *_exact(say, doubt)]
    return said


def ranking(say: Speaker, edition: Edition, doubt: Mapping[str, Any]) -> list[str]:
    """Of several units: who stands first and how surely, and how far a rank may be off."""
    count = str(int(edition.part[-1].sum()))
    said = [say(_("%(count)s units; a rank without its interval says little."), count=count)]
    found = (doubt or {}).get("ranks")
    if not found:
        return said
    places = [1 + high - low for low, high in zip(found["low"], found["high"], strict=True)]
    units, totals = found["units"], edition.total[-1]
    best = max(units, key=lambda unit: float(totals[edition.seen.units.index(unit)]))
    first = say(
        _("%(unit)s stands first; the probability that it does is %(p)s."),
        unit=unit_name(say, edition, best),
        p=told(say, found["matrix"][units.index(best)][0]),
    )
    second = say(
        _("The %(share)s interval of a rank holds %(places)s places on average, %(most)s at most."),
        share=percent(doubt["interval"]),
        places=points(sum(places) / len(places), 1),
        most=str(max(places)),
    )
    return [*said, first, second, *_exact(say, doubt)]


def _series(say: Speaker, claims: Mapping[str, Any]) -> list[str]:
    whole = claims["whole"]
    if not whole:
        return []
    every = str(len(claims["changes"]) + 1)
    return [
        say(
            _(
                "The probability that it rose in every one of the %(count)s editions from %(first)s to "
                "%(last)s is %(p)s."
            ),
            count=every,
            first=whole["first"],
            last=whole["last"],
            p=told(say, claims["steadily"][every]),
        ),
        say(
            _("The probability that %(last)s is higher than %(first)s is %(p)s."),
            last=whole["last"],
            first=whole["first"],
            p=told(say, whole["rise"]),
        ),
    ]


def _latest(say: Speaker, edition: Edition, claims: Mapping[str, Any]) -> list[str]:
    if not claims["changes"]:
        return []
    d = edition.spec.publish.decimals
    step = claims["changes"][-1]
    small = abs(float(step["difference"])) < float(step["detectable"])
    template = (
        _(
            "From %(first)s to %(last)s it changed by %(change)s, less than the %(least)s that these "
            "data can tell from no change."
        )
        if small
        else _(
            "From %(first)s to %(last)s it changed by %(change)s, more than the %(least)s that these "
            "data can tell from no change."
        )
    )
    return [
        say(
            template,
            first=step["first"],
            last=step["last"],
            change=change(step["difference"], d),
            least=points(step["detectable"], d),
        )
    ]


def _broken(say: Speaker, edition: Edition, claims: Mapping[str, Any]) -> list[str]:
    """How much of the total was measured in another way before: the claims above reach across it."""
    steps = [*claims["changes"], *([claims["whole"]] if claims["whole"] else [])]
    codes = {code for step in steps for code in step["breaks"]}
    if not codes:
        return []
    share = total_weights(edition.spec, edition.weights)
    starts = sorted({step["last"] for step in claims["changes"] if step["breaks"]})
    return [
        say(
            _(
                "From %(periods)s on, %(share)s of the total is measured in another way than before: a "
                "change across that line may come from this alone."
            ),
            periods=say.join(starts),
            share=percent(sum(share[code] for code in codes)),
        )
    ]


def _exact(say: Speaker, doubt: Mapping[str, Any]) -> list[str]:
    """The share of the total that no source of error moves, beside the probabilities."""
    fixed = doubt["without_error"]
    if not fixed["indicators"]:
        return []
    template = _(
        "No error is stated for %(share)s of the total, which counts as exact: to that extent these "
        "probabilities are too sure."
    )
    return [say(template, share=percent(fixed["share"]))]


def cautions(say: Speaker, edition: Edition, doubt: Mapping[str, Any]) -> list[str]:
    """What stands beside every probability: the other assumption, what has no error, what is not
    comparable."""
    said: list[str] = []
    if len(edition.seen.periods) > 1 and edition.spec.uncertainty:
        said.append(
            say(
                _(
                    "The errors of one indicator in two editions are taken to have the correlation "
                    "%(stated)s; the tables show %(other)s beside it. This is an assumption."
                ),
                stated=f"{edition.spec.uncertainty.correlation:g}",
                other=f"{edition.spec.uncertainty.alternative:g}",
            )
        )
    fixed = doubt["without_error"]
    if fixed["indicators"]:
        said.append(
            say(
                _(
                    "No error is stated for %(names)s. They carry %(share)s of the total and count as "
                    "exact, so the intervals are too narrow to that extent."
                ),
                names=listed(say, edition, fixed["indicators"]),
                share=percent(fixed["share"]),
            )
        )
    broken: dict[str, list[str]] = {}
    for one in edition.spec.scored:
        for period in one.breaks:
            broken.setdefault(period, []).append(say.name(one.names))
    for period, names in sorted(broken.items()):
        said.append(
            say(
                _(
                    "From %(period)s on, %(names)s are not comparable with the years before: a change "
                    "across that line may come from the way of asking."
                ),
                period=period,
                names=say.join(names),
            )
        )
    return said


def listed(say: Speaker, edition: Edition, codes: list[str]) -> str:
    """Names of indicators; only how many, where they are many."""
    if len(codes) > MOST_NAMES:
        return say(_("%(count)s indicators"), count=str(len(codes)))
    return say.join([node_name(say, edition, code) for code in codes])


def rising(say: Speaker, k: str) -> str:
    return say(_("rising in each of the last %(count)s editions"), count=k)
