"""What a spec must be, beyond its form: one tree, weights that sum, methods that have what they need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from qinglian.engines.composite.spec import Indicator, Spec
from qinglian.faults import Fault
from qinglian.faults import noop as _

SPEC, ROWS = "spec.toml", "indicators.csv"
GIVEN = {"goalposts": ("low", "high"), "distance-to-target": ("target",)}


def check(spec: Spec, faults: list[Fault]) -> None:
    """Adds every fault of the spec as a whole."""
    faults.extend(_tree(spec))
    if not faults:
        for find in (_weights, _roles, _needs, _doubts):
            faults.extend(find(spec))


def _tree(spec: Spec) -> Iterator[Fault]:
    codes = Counter([node.code for node in spec.nodes] + [one.code for one in spec.indicators])
    for code in [code for code, count in codes.items() if count > 1]:
        yield Fault(_("%(code)r stands twice or is empty; give each its own code"), file=SPEC, code=code)
    roots = [node.code for node in spec.nodes if not node.parent]
    if len(roots) != 1:
        yield Fault(
            _("the tree has %(count)d roots (%(names)s); one node, and one only, has no parent"),
            file=SPEC,
            count=len(roots),
            names=", ".join(roots),
        )
    parents = {node.code: node.parent for node in spec.nodes}
    for node in spec.nodes:
        yield from _known(node.parent, parents, SPEC, node.code)
        if not spec.children(node.code):
            yield Fault(
                _("nothing stands below this node; give it indicators, or leave it out"),
                file=SPEC,
                key=node.code,
            )
        seen, at = {node.code}, node.parent
        while at in parents and at not in seen:
            seen.add(at)
            at = parents[at]
        if at in seen:
            yield Fault(_("the node stands above itself; mend its parent"), file=SPEC, key=node.code)
    for one in spec.scored:
        for fault in _known(one.parent, parents, ROWS, one.code):
            yield fault.at(line=one.line)


def _known(parent: str, parents: dict[str, str], file: str, code: str) -> Iterator[Fault]:
    if parent and parent not in parents:
        yield Fault(
            _("the parent %(parent)r is no node; known are %(known)s"),
            file=file,
            key=code,
            parent=parent,
            known=", ".join(parents),
        )


def _weights(spec: Spec) -> Iterator[Fault]:
    if spec.weights.method != "stated":
        return
    weights = {node.code: node.weight for node in spec.nodes} | {one.code: one.weight for one in spec.scored}
    for node in spec.nodes:
        below = [(code, weights[code]) for code in spec.children(node.code)]
        lacking = [code for code, weight in below if weight is None]
        if lacking:
            yield Fault(
                _("a weight is missing of %(names)s; write it, or choose equal weights"),
                file=SPEC,
                key=node.code,
                names=", ".join(lacking),
            )
            continue
        total = sum(weight for _code, weight in below if weight is not None)
        if spec.weights.total is not None and total != spec.weights.total:
            yield Fault(
                _("the weights below add up to %(total)s, not to %(wanted)s: %(names)s; mend one of them"),
                file=SPEC,
                key=node.code,
                total=total,
                wanted=spec.weights.total,
                names=", ".join(f"{code} {weight}" for code, weight in below),
            )


def _roles(spec: Spec) -> Iterator[Fault]:
    by_code = {one.code: one for one in spec.indicators}
    for one in spec.indicators:
        if one.denominator and _role(by_code, one.denominator) not in ("denominator", "scored", "ambiguous"):
            yield Fault(
                _("the denominator %(code)r is no indicator of this file; add it with direction denominator"),
                file=ROWS,
                line=one.line,
                key=one.code,
                code=one.denominator,
            )
    for deduction in spec.deductions:
        if _role(by_code, deduction.indicator) != "deduction":
            yield Fault(
                _("%(code)r is no indicator with direction deduction; add it to indicators.csv"),
                file=SPEC,
                key=deduction.code,
                code=deduction.indicator,
            )


def _role(by_code: dict[str, Indicator], code: str) -> str:
    return by_code[code].role if code in by_code else ""


def _needs(spec: Spec) -> Iterator[Fault]:
    method, reference = spec.normalise.method, spec.normalise.reference
    needed = GIVEN.get(method, ("mean", "sd") if (method, reference) == ("z", "given") else ())
    for one in spec.scored:
        for name in needed:
            if getattr(one, name) is None:
                yield Fault(
                    _("the method %(method)s needs %(name)s; write it in this row"),
                    file=ROWS,
                    line=one.line,
                    key=one.code,
                    method=method,
                    name=name,
                )
        if "sd" in needed and one.sd is not None and one.sd <= 0:
            yield Fault(_("a standard deviation is above 0"), file=ROWS, line=one.line, key=one.code)
    if reference == "given" and method != "z":
        yield Fault(
            _("only z scores have given means and standard deviations; choose another reference"),
            file=SPEC,
            key="normalise.reference",
        )
    if spec.impute.group and spec.impute.group not in spec.groups:
        yield Fault(
            _("units.csv has no column %(name)r; add it"),
            file=SPEC,
            key="impute.group",
            name=spec.impute.group,
        )
    treated = [one for one in spec.scored if one.treat]
    if treated and spec.treat.method.startswith("winsorise"):
        yield Fault(
            _("a treatment of single indicators and winsorising exclude each other; keep one"),
            file=ROWS,
            line=treated[0].line,
            key=treated[0].code,
        )


def _doubts(spec: Spec) -> Iterator[Fault]:
    for place, source in enumerate(spec.uncertainty.sources if spec.uncertainty else ()):
        key = f"uncertainty.source[{place}]"
        codes = {one.code for one in spec.scored}
        nodes = {node.code for node in spec.nodes}
        known = codes if source.kind in ("sampling", "counts") else nodes
        wrong = [
            code
            for code in (*source.indicators, *([source.node] if source.node else []))
            if code not in known
        ]
        if wrong:
            yield Fault(
                _("%(value)r is not known here; known are %(known)s"),
                file=SPEC,
                key=key,
                value=", ".join(wrong),
                known=", ".join(sorted(known)),
            )
        else:
            yield from (fault.at(file=SPEC, key=key) for fault in _stage(spec, place))


def _stage(spec: Spec, place: int) -> Iterator[Fault]:
    """Varying what this index does not have is refused, whatever it would have meant elsewhere."""
    sources = spec.uncertainty.sources if spec.uncertainty else ()
    source = sources[place]
    absent = _(
        "the index has no stage %(stage)s that could vary; leave this source out, or give the index "
        "that stage"
    )
    if source.kind == "missing" and spec.impute.method == "none":
        yield Fault(absent, stage="impute")
    if source.kind == "sources" and spec.missing != "skip":
        yield Fault(
            _('the spread of sources needs missing = "skip": each draw takes some sources and not others')
        )
    if (
        source.kind == "weights"
        and source.model == "bootstrap"
        and spec.weights.method not in ("budget", "ahp")
    ):
        yield Fault(_("there are no experts to draw from; choose weights by budget or ahp, or another model"))
    if source.kind == "methods":
        has = {
            "impute": spec.impute.method != "none",
            "treat": spec.treat.method != "none",
            "winsorise": spec.treat.method.startswith("winsorise"),
            "goalposts": spec.normalise.method == "goalposts",
        }
        if not has.get(source.stage, True):
            yield Fault(absent, stage=source.stage)
        nominal = {
            "impute": spec.impute.method,
            "treat": spec.treat.method,
            "winsorise": str(spec.treat.most),
            "normalise": spec.normalise.method,
            "goalposts": "0",
            "aggregate": next(
                (n.aggregate.method for n in spec.nodes if n.code == (source.node or spec.root.code)), ""
            ),
        }[source.stage]
        if has.get(source.stage, True) and nominal not in source.alternatives:
            yield Fault(
                _("the alternatives leave out what the index itself does, %(value)s; add it"), value=nominal
            )
        if "z" in source.alternatives and nominal != "z" and source.z_to is None:
            yield Fault(
                _('z scores as an alternative need a mean and a standard deviation; write z = ["50", "15"]')
            )
    twin = [
        one
        for one in sources[:place]
        if (one.kind, one.stage, one.node, one.indicators)
        == (source.kind, source.stage, source.node, source.indicators)
    ]
    if twin:
        yield Fault(_("the same source of uncertainty stands twice; keep one"))
