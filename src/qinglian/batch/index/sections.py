"""The sections of a report: each a heading, perhaps a chart, always the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qinglian.batch.index import charts
from qinglian.batch.index.page import figure, notes, paragraph, section, table
from qinglian.batch.index.sentences import cautions, group_name, node_name, rising, unit_name
from qinglian.batch.index.words import Speaker, chance, change, percent, points
from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.explaining import bridge, contributions, levers
from qinglian.engines.composite.weighing import total_weights
from qinglian.faults import Fault
from qinglian.faults import noop as _

MOST_ROWS = 60
Doubt = Mapping[str, Any]


def below_root(edition: Edition) -> list[str]:
    return [node.code for node in edition.spec.nodes if node.parent == edition.spec.root.code]


def scale(edition: Edition) -> tuple[float, float]:
    rule = edition.spec.normalise
    if rule.method == "z":
        return rule.clip or (rule.to[0] - 3 * rule.to[1], rule.to[0] + 3 * rule.to[1])
    return rule.clip or rule.to


def between(doubt: Doubt, period: int, unit: int, decimals: int) -> str:
    if not doubt:
        return "–"
    return f"{points(doubt['low'][period][unit], decimals)} – {points(doubt['high'][period][unit], decimals)}"


def editions(say: Speaker, edition: Edition, doubt: Doubt) -> str:
    """One unit: its periods. Several: the last period, best first."""
    if len(edition.seen.units) > 1:
        return _league(say, edition, doubt)
    spec, seen, d = edition.spec, edition.seen, edition.spec.publish.decimals
    at = [period for period in range(len(seen.periods)) if edition.part[period, 0]]
    dots = [
        charts.Point(
            seen.periods[p],
            float(edition.total[p, 0]),
            f"{edition.published[p, 0]:.{d}f}",
            *((float(doubt["low"][p][0]), float(doubt["high"][p][0])) if doubt else ()),
        )
        for p in at
    ]
    low, high = scale(edition)
    title = say(_("Score by edition"))
    about = say.join([f"{dot.label}: {dot.text}" for dot in dots])
    inner = below_root(edition)
    head = [
        say(_("edition")),
        say(_("score")),
        say(_("interval")),
        *[node_name(say, edition, c) for c in inner],
    ]
    head += [say(_("points deducted"))] if spec.deductions else []
    head += [say(_("grade"))] if spec.publish.grades else []
    rows = []
    for p in at:
        row = [seen.periods[p], f"{edition.published[p, 0]:.{d}f}", between(doubt, p, 0, d)]
        row += [points(float(edition.nodes[code][p, 0]), d) for code in inner]
        row += [points(float(edition.deducted[p, 0]), d)] if spec.deductions else []
        row += [edition.grade(p, 0)] if spec.publish.grades else []
        rows.append(row)
    share = percent(spec.publish.interval)
    caption = say(
        _("Scores, and intervals that hold the true one with a probability of %(share)s"), share=share
    )
    chart = figure(charts.series(dots, low, high, title, about, "editions"), caption)
    shown = table(title, head, rows, last=bool(spec.publish.grades))
    return section(say(_("Editions")), chart, shown, _alone(say, edition, doubt))


def _league(say: Speaker, edition: Edition, doubt: Doubt) -> str:
    seen, d, last = edition.seen, edition.spec.publish.decimals, len(edition.seen.periods) - 1
    here = [
        u
        for u in np.argsort(-np.nan_to_num(edition.total[last], nan=-np.inf)).tolist()
        if edition.part[last, u]
    ]
    ranks = doubt.get("ranks") or {}
    place = {unit: at for at, unit in enumerate(ranks.get("units", []))}
    dots = [
        charts.Point(
            unit_name(say, edition, seen.units[u]),
            float(edition.total[last, u]),
            f"{edition.published[last, u]:.{d}f}",
            *((float(doubt["low"][last][u]), float(doubt["high"][last][u])) if doubt else ()),
        )
        for u in here[:MOST_ROWS]
    ]
    inner = below_root(edition)
    head = [say(_("unit")), say(_("rank")), say(_("rank interval")), say(_("score")), say(_("interval"))]
    head += [node_name(say, edition, code) for code in inner]
    rows = []
    for u in here:
        at = place.get(seen.units[u])
        span = "–" if at is None else f"{ranks['low'][at]} – {ranks['high'][at]}"
        rows.append(
            [
                unit_name(say, edition, seen.units[u]),
                str(edition.ranks[last, u]),
                span,
                f"{edition.published[last, u]:.{d}f}",
                between(doubt, last, u, d),
                *[points(float(edition.nodes[code][last, u]), d) for code in inner],
            ]
        )
    title = say(_("Scores in %(period)s"), period=seen.periods[last])
    low, high = scale(edition)
    about = say(_("The table below has the same numbers."))
    chart = figure(charts.dots(dots, low, high, title, about, "league"))
    return section(title, chart, table(title, head, rows), _alone(say, edition, doubt))


def _alone(say: Speaker, edition: Edition, doubt: Doubt) -> str:
    """What has no error, below the scores of an index of one period; else it stands with the changes."""
    single = doubt and len(edition.seen.periods) < 2
    return notes(cautions(say, edition, doubt)) if single else ""


def trend(say: Speaker, edition: Edition, doubt: Doubt) -> str:
    """Every change of every unit, under both assumptions; and the probability of an unbroken rise."""
    if not doubt or len(edition.seen.periods) < 2:
        return ""
    d = edition.spec.publish.decimals
    others = {one["unit"]: one for one in doubt["alternative"]}
    several = len(edition.seen.units) > 1
    rho, alternative = edition.spec.uncertainty.correlation, edition.spec.uncertainty.alternative  # type: ignore[union-attr]
    held, other = (
        say(_("probability of a rise, correlation %(rho)s"), rho=f"{r:g}") for r in (rho, alternative)
    )
    head = [
        say(_("from – to")),
        say(_("change")),
        say(_("interval")),
        held,
        other,
        say(_("least change that shows")),
    ]
    rows, steady = [], []
    for claims in doubt["claims"][:MOST_ROWS]:
        twin = others[claims["unit"]]
        who = f"{unit_name(say, edition, claims['unit'])} " if several else ""
        steps = list(zip(claims["changes"], twin["changes"], strict=True))
        if claims["whole"]:
            steps.append((claims["whole"], twin["whole"]))
        for one, two in steps:
            mark = " *" if one["breaks"] else ""
            rows.append(
                [
                    f"{who}{one['first']} – {one['last']}{mark}",
                    change(one["difference"], d),
                    f"{change(one['low'], d)} … {change(one['high'], d)}",
                    chance(one["rise"]),
                    chance(two["rise"]),
                    points(one["detectable"], d),
                ]
            )
        for k, p in claims["steadily"].items():
            if int(k) > 2:
                steady.append([f"{who}{rising(say, k)}", chance(p), chance(twin["steadily"][k])])
    title = say(_("What may be said of the changes"))
    marked = (
        [say(_("* values of some indicators are not comparable across this line."))]
        if any("*" in r[0] for r in rows)
        else []
    )
    tables = [table(say(_("Changes")), head, rows)]
    if steady:
        tables.append(table(say(_("An unbroken rise")), [say(_("claim")), held, other], steady))
    return section(title, *tables, notes([*marked, *cautions(say, edition, doubt)]))


def why(say: Speaker, edition: Edition) -> str:
    """The bridge between the last two periods of a single unit."""
    seen, d = edition.seen, edition.spec.publish.decimals + 1
    at = np.flatnonzero(edition.part[:, 0]).tolist()
    if len(seen.units) > 1 or len(at) < 2:
        return ""
    one = bridge(edition, 0, at[-2], at[-1])
    effects = [(node_name(say, edition, code), effect) for code, effect in one.indicators.items()]
    effects.sort(key=lambda pair: -abs(pair[1]))
    if edition.spec.deductions:
        effects.append((say(_("points deducted")), one.deductions))
    if one.availability:
        effects.append((say(_("indicators that one edition lacks")), one.availability))
    first, last = seen.periods[at[-2]], seen.periods[at[-1]]
    title = say(_("Why it changed from %(first)s to %(last)s"), first=first, last=last)
    dots = [charts.Point(name, effect, change(effect, d)) for name, effect in effects]
    rows = [
        [first, points(one.first, d)],
        *[[name, change(effect, d)] for name, effect in effects],
        [last, points(one.last, d)],
    ]
    about = say(_("The table below has the same numbers."))
    caption = say(_("Effect of each indicator on the total; together they are the whole change"))
    head = [say(_("indicator")), say(_("points of the index"))]
    return section(title, figure(charts.bars(dots, title, about, "bridge")), table(caption, head, rows))


def parts(say: Speaker, edition: Edition) -> str:
    """What a single unit's latest total is made of, and what would move it."""
    seen, spec, d = edition.seen, edition.spec, edition.spec.publish.decimals
    if len(seen.units) > 1:
        return ""
    last = int(np.flatnonzero(edition.part[:, 0])[-1])
    one = contributions(edition, last, 0)
    try:
        found = {lever.code: lever for lever in levers(edition, last, 0)}
    except Fault:  # no fixed scale: nothing can be said of a lever
        found = {}
    share = total_weights(spec, edition.weights)
    head = [say(_("indicator")), say(_("raw value")), say(_("score")), say(_("weight")), say(_("adds"))]
    head += [say(_("could still add")), say(_("one more point needs"))] if found else []
    rows = []
    for at, indicator in enumerate(spec.scored):
        lever = found.get(indicator.code)
        row = [
            say.name(indicator.names),
            _plain(float(edition.stages["impute"][last, 0, at])),
            points(float(edition.stages["normalise"][last, 0, at]), d),
            percent(share[indicator.code]),
            points(one.indicators[indicator.code], d + 1),
        ]
        if found:
            row.append(points(lever.headroom, d + 1) if lever and lever.headroom == lever.headroom else "–")
            row.append(change(lever.per_point, 2) if lever and lever.per_point is not None else "–")
        rows.append(row)
    title = say(_("What the total of %(period)s is made of"), period=seen.periods[last])
    lead = paragraph(
        say(
            _(
                "Starting from %(start)s, the indicators add up to the total before deductions. For means "
                "that are not arithmetic they are Shapley values."
            ),
            start=points(one.first, d),
        )
    )
    return section(title, lead, table(title, head, rows))


def spread_shares(say: Speaker, edition: Edition, doubt: Doubt) -> str:
    """Sobol indices of each target."""
    targets = {
        "total": _("the latest total"),
        "change": _("the change since the first edition"),
        "rank-shift": _("the mean shift in rank"),
        "score-shift": _("the mean shift in score; no rank shifts"),
    }
    found = []
    for one in (doubt or {}).get("sobol", []):
        title = say(_("Shares of the spread of %(target)s"), target=say(targets[one["target"]]))
        shares = sorted(one["groups"], key=lambda share: -float(share["total"]))
        dots = [
            charts.Point(
                group_name(say, edition, s["name"]),
                max(0.0, float(s["total"])),
                "< 1%" if float(s["total"]) < 0.005 else percent(s["total"]),
            )
            for s in shares[:12]
        ]
        head = [say(_("source of uncertainty")), say(_("alone")), say(_("with all it meets"))]
        rows = [[group_name(say, edition, s["name"]), *_share(s)] for s in shares]
        about = say(_("The table below has the same numbers."))
        key = f"sobol-{one['target']}"
        found += [figure(charts.bars(dots, title, about, key)), table(title, head, rows)]
        kinds = [[group_name(say, edition, s["name"]), *_share(s)] for s in _kinds(one)]
        if kinds:
            found.append(table(say(_("The same by kind, where a kind has several sources")), head, kinds))
    return section(say(_("Where the uncertainty comes from")), *found)


def _kinds(one: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Kinds of several groups; a kind of one group is that group."""
    names = [share["name"].partition(":")[0] for share in one["groups"]]
    return [kind for kind in one["kinds"] if names.count(kind["name"]) > 1]


def _share(one: Mapping[str, Any]) -> list[str]:
    return [
        f"{_two(one[name])} ({_two(one[name + '_low'])} … {_two(one[name + '_high'])})"
        for name in ("first", "total")
    ]


def _two(value: str) -> str:
    return change(value, 2).removeprefix("+")


def effective(say: Speaker, edition: Edition, doubt: Doubt) -> str:
    """Stated weights beside what the units' scores make of them."""
    found = (doubt or {}).get("effective_weights") or {}
    if not found:
        return ""
    rows = [
        [node_name(say, edition, code), f"{float(stated) * 100:.1f}%", f"{float(ratio):.2f}"]
        for code, (stated, ratio) in sorted(found.items(), key=lambda pair: -float(pair[1][1]))
    ]
    title = say(_("What the weights come to"))
    lead = paragraph(
        say(
            _(
                "The squared correlation of an indicator with the total: near 0, it hardly decides anything, "
                "whatever its weight."
            )
        )
    )
    head = [say(_("indicator")), say(_("weight")), say(_("squared correlation with the total"))]
    return section(title, lead, table(title, head, rows))


def shown_only(say: Speaker, edition: Edition) -> str:
    """Ambiguous indicators: their values, and why nobody scores them."""
    shown = [one for one in edition.spec.indicators if one.role == "ambiguous"]
    if not shown or len(edition.seen.units) > 1:
        return ""
    periods = edition.seen.periods
    head = [say(_("indicator")), *periods, say(_("why it is not scored"))]
    rows: list[Sequence[str]] = [
        [
            say.name(one.names),
            *[_plain(float(v)) for v in edition.seen.value[:, 0, edition.seen.of(one.code)]],
            say.pick(one.reason),
        ]
        for one in shown
    ]
    title = say(_("Shown, not scored"))
    return section(title, table(title, head, rows, last=1))


def _plain(value: float) -> str:
    return "–" if value != value else f"{value:.6g}"
