"""The annex: how the index was made, written from the spec itself, and how to check it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qinglian.batch.index.page import notes, paragraph, section, table
from qinglian.batch.index.sections import Doubt
from qinglian.batch.index.sentences import METHODS, ORIGINS, ROUNDING, group_name, node_name, unit_name
from qinglian.batch.index.words import Speaker, percent
from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.spec import Indicator, Spec
from qinglian.engines.composite.weighing import expert_weights, total_weights
from qinglian.faults import noop as _


def method(say: Speaker, edition: Edition, doubt: Doubt) -> str:
    spec = edition.spec
    tables = [_stages(say, edition), _indicators(say, edition), _origins(say, edition)]
    if spec.experts:
        tables.append(_experts(say, edition))
    if doubt:
        names = [group_name(say, edition, name) for name in doubt["groups"]]
        lead = say(
            _(
                "%(runs)s runs with seed %(seed)s; in each run the same draws of weights and methods hold "
                "for all editions."
            ),
            runs=str(doubt["runs"]),
            seed=str(doubt["seed"]),
        )
        tables += [paragraph(lead), notes(names)]
    return section(say(_("How it was made")), *tables, _imputed(say, edition))


def _stages(say: Speaker, edition: Edition) -> str:
    spec = edition.spec
    rule, treat = spec.normalise, spec.treat
    scaled = say.join([say(METHODS[rule.method]), f"{rule.to[0]:g} – {rule.to[1]:g}"])
    if rule.method in ("min-max", "z", "rank", "distance-to-target"):
        scaled = say.join([scaled, _reference(say, rule.reference)])
    treated = say.join(
        [node_name(say, edition, spec.scored[at].code) for at in edition.scale.treatment.touched]
    )
    how = say(METHODS[treat.method]) if treat.method != "none" or not treated else say(METHODS["log"])
    outliers = say.of(how, treated) if treated else how
    rows = [
        [say(_("missing values")), say(METHODS[spec.impute.method])],
        [say(_("outliers")), outliers],
        [say(_("scale")), scaled],
        [say(_("weights")), say(METHODS[spec.weights.method])],
        *[
            [say.of(say(_("mean of")), say.name(node.names)), _mean(say, spec, node.code)]
            for node in spec.nodes
        ],
    ]
    for one in spec.deductions:
        most = "–" if one.cap is None else f"{one.cap:g}"
        text = say(_("%(points)s points each, at most %(most)s"), points=f"{one.per_case:g}", most=most)
        rows.append([say.name(one.names), text])
    rows.append(
        [
            say(_("decimals and rounding")),
            say.join([str(spec.publish.decimals), say(ROUNDING[spec.publish.rounding])]),
        ]
    )
    return table(say(_("Stages")), [say(_("stage")), say(_("method"))], rows, words=2)


def _reference(say: Speaker, reference: str) -> str:
    named = {
        "each-period": _("within each period"),
        "pooled": _("over all periods"),
        "given": _("with given parameters"),
    }
    return say(named[reference]) if reference in named else reference


def _mean(say: Speaker, spec: Spec, code: str) -> str:
    how = next(node.aggregate for node in spec.nodes if node.code == code)
    floor = "" if how.floor is None else say(_(", no less than %(floor)s"), floor=f"{how.floor:g}")
    return f"{say(METHODS[how.method])}{floor}"


def _indicators(say: Speaker, edition: Edition) -> str:
    spec, share = edition.spec, total_weights(edition.spec, edition.weights)
    head = [
        say(_("indicator")),
        say(_("part of")),
        say(_("data source")),
        say(_("unit of measure")),
        say(_("direction")),
        say(_("goalposts")),
        say(_("weight in the total")),
    ]
    rows = [
        [
            say.name(one.names),
            node_name(say, edition, one.parent),
            say(ORIGINS[one.source]),
            say.pick(one.unit) or "–",
            say(_("more is better")) if one.direction > 0 else say(_("less is better")),
            _posts(one),
            f"{share[one.code] * 100:.1f}%",
        ]
        for one in spec.scored
    ]
    return table(say(_("Indicators")), head, rows, words=5)


def _posts(one: Indicator) -> str:
    return "–" if one.low is None or one.high is None else f"{one.low:g} – {one.high:g}"


def _origins(say: Speaker, edition: Edition) -> str:
    share = total_weights(edition.spec, edition.weights)
    sums: dict[str, float] = {}
    for one in edition.spec.scored:
        sums[one.source] = sums.get(one.source, 0.0) + share[one.code]
    rows = [[say(ORIGINS[name]), percent(total)] for name, total in sorted(sums.items(), key=lambda p: -p[1])]
    return table(
        say(_("Where the data come from")), [say(_("data source")), say(_("weight in the total"))], rows
    )


def _experts(say: Speaker, edition: Edition) -> str:
    rows = []
    names = [name for name, _points in edition.spec.experts]
    for node in edition.spec.nodes:
        table_of = expert_weights(edition.spec, node.code)
        for at, code in enumerate(edition.spec.children(node.code)):
            rows.append([node_name(say, edition, code), *[f"{row[at] * 100:.1f}" for row in table_of]])
    return table(say(_("Weights by expert, in per cent")), [say(_("branch or indicator")), *names], rows)


def _imputed(say: Speaker, edition: Edition) -> str:
    count = int(edition.filled.sum())
    if not count:
        return ""
    every = int(edition.part.sum()) * len(edition.spec.scored)
    said = {"count": str(count), "all": str(every)}
    return paragraph(say(_("%(count)s of %(all)s values were missing and stand for others’."), **said))


def check(say: Speaker, edition: Edition, manifest: Mapping[str, Any]) -> str:
    """Versions, hashes of what went in, and the commands that compute it again."""
    rows = [
        [name, sha]
        for name, sha in manifest["files"].items()
        if name.startswith("spec/") or name == "data.csv"
    ]
    rows += [
        ["qinglian", str(manifest["engine"])],
        ["numpy", str(manifest["numpy"])],
        ["python", str(manifest["python"])],
    ]
    lead = say(
        _(
            "The folder of this report holds the spec, the data and the result. With it anybody computes "
            "the edition again:"
        )
    )
    commands = (
        "qinglian verify DIR --trust keys.toml\nqinglian index compute DIR/spec DIR/data.csv --out AGAIN"
    )
    units = ", ".join(unit_name(say, edition, unit) for unit in edition.seen.units[:3])
    if len(edition.seen.units) > 3:
        units += " …"
    about = say(
        _("Index %(index)s, version %(version)s; units: %(units)s."),
        index=edition.spec.index,
        version=edition.spec.version,
        units=units,
    )
    head = [say(_("file or program")), say(_("SHA-256 or version"))]
    return section(
        say(_("Check it yourself")),
        paragraph(about),
        paragraph(lead),
        f"<pre>{commands}</pre>",
        table(say(_("What went in")), head, rows, words=2),
    )
