"""Facts, risks, complaints, relations: what a matter says of itself, held against what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qinglian.faults import noop as _
from qinglian.zone.facts import FORM as SOURCE_FORM
from qinglian.zone.facts import SOURCES, source_of
from qinglian.zone.forms import BAD, ID, NAME, Line, Many, OneOf, Record, Said
from qinglian.zone.gather import Gather, short
from qinglian.zone.lines import Path
from qinglian.zone.matter import (
    ACTOR_FACTS,
    CONTROLS,
    CONTROLS_OF,
    RELATIONS,
    SYSTEM,
    Action,
    Complaint,
    Fact,
    Field,
    Related,
    Risk,
)
from qinglian.zone.sections.appeals import check_otherwise
from qinglian.zone.sections.references import Known, resolve

_NAMED = Line(ID, "service-centre", most=60)
FACT = Record(
    {
        "key": Line(NAME, "open_cases", most=60),
        "title": Said(most=200),
        "source": Line(SOURCE_FORM, "registry.enterprise.status", most=120),
    }
)
RISK = Record(
    {
        "id": _NAMED,
        "point": Said(most=300),
        "control": Many(
            Line(f"({'|'.join(CONTROLS_OF)}):{ID}|{'|'.join(CONTROLS)}", "two-persons:refuse", most=80),
            least=1,
            most=10,
        ),
        "figure": Line(r"[a-z][a-z-]*(\.[a-z0-9][a-z0-9-]*)+", "cases.overdue", most=80),
    }
)
COMPLAINT = Record({"otherwise": _NAMED, "suggests": Line(NAME, "about_unit", most=60), "action": _NAMED})
RELATED = Record({"matter": _NAMED, "as": OneOf(RELATIONS)})


def facts_of(
    clean: Mapping[str, Any], fields: Mapping[str, Field], known: Known, gather: Gather
) -> tuple[Fact, ...]:
    for row in clean["fact"]:
        path: Path = row["@"]
        if row["key"] in fields or row["key"] in ACTOR_FACTS or row["key"] in clean["lookups"]:
            gather.add(
                _("%(found)s is already a field or a fact about who acts; choose another name"),
                (*path, "key"),
                found=row["key"],
            )
        _check_source(row["source"], clean, known, (*path, "source"), gather)
    return tuple(Fact(row["key"], row["title"], row["source"]) for row in clean["fact"])


def _check_source(name: str, clean: Mapping[str, Any], known: Known, path: Path, gather: Gather) -> None:
    if name == BAD:
        return
    found = source_of(name)
    if found is None:
        gather.unknown_word(path, name, [source.name for source in SOURCES])
        return
    source, of = found
    match source.of:
        case "standing":
            resolve(gather, path, of, known.standing)
        case "clock":
            resolve(gather, path, of, [row["id"] for row in clean["clock"]])
        case "action":
            resolve(gather, path, of, [row["id"] for row in clean["action"]])


def risks_of(clean: Mapping[str, Any], actions: tuple[Action, ...], gather: Gather) -> tuple[Risk, ...]:
    there = _controls(clean, actions)
    for row in clean["risk"]:
        for place, control in enumerate(row["control"]):
            if control not in there and control != BAD:
                gather.add(
                    _("%(found)s answers no risk here: nothing of the kind stands here; there is: %(known)s"),
                    (*row["@"], "control", place),
                    found=short(control),
                    known=", ".join(sorted(there)),
                )
    return tuple(Risk(row["id"], row["point"], row["control"], row["figure"]) for row in clean["risk"])


def _controls(clean: Mapping[str, Any], actions: tuple[Action, ...]) -> set[str]:
    """Every control that the matter really has. The conflict check stands before each act of the staff."""
    there = {f"clock:{row['id']}" for row in clean["clock"]}
    for action in actions:
        for kind, held in (
            ("two-persons", action.two_persons),
            ("collective", action.collective),
            ("guard", action.guard),
            ("limit", action.limit),
            ("table", action.decision),
        ):
            if held is not None:
                there.add(f"{kind}:{action.id}")
    there |= {key for key in ("routing", "complaint") if clean[key]}
    if any(set(action.by) - {SYSTEM, "applicant"} for action in actions):
        there.add("conflicts")
    return there


def complaint_of(
    clean: Mapping[str, Any],
    fields: Mapping[str, Field],
    actions: tuple[Action, ...],
    known: Known,
    gather: Gather,
) -> Complaint | None:
    row = clean["complaint"]
    if row is None:
        return None
    path: Path = row["@"]
    if clean["kind"] not in ("complaint", "appeal", BAD):
        gather.add(
            _('whom it concerns is resolved in a complaint or an appeal; write kind = "complaint"'), path
        )
    resolve(gather, (*path, "otherwise"), row["otherwise"], known.units)
    if row["otherwise"] == clean["unit"] or clean["unit"] in known.above.get(row["otherwise"], ()):
        gather.add(
            _("%(unit)s itself cannot resolve what concerns it; name a unit that does not stand under it"),
            (*path, "otherwise"),
            unit=clean["unit"],
        )
    _check_suggested(row["suggests"], fields, known, (*path, "suggests"), gather)
    _check_resolving(row["action"], clean, actions, (*path, "action"), gather)
    return Complaint(row["otherwise"], row["suggests"], row["action"])


def _check_suggested(key: str, fields: Mapping[str, Field], known: Known, path: Path, gather: Gather) -> None:
    choices = [field.key for field in fields.values() if field.type == "choice"]
    resolve(gather, path, key, choices)
    if key not in choices or known.units is None:
        return
    words = fields[key].words
    if not set(words) & set(known.units):
        gather.add(_("none of the options of %(field)s is a unit of the zone; add some"), path, field=key)
    if not set(words) - set(known.units):
        gather.add(
            _("somebody may not know which unit it concerns; add an option such as unknown to %(field)s"),
            path,
            field=key,
        )


def _check_resolving(
    name: str, clean: Mapping[str, Any], actions: tuple[Action, ...], path: Path, gather: Gather
) -> None:
    """It is taken by staff, says whom it concerns, and before it nothing sends the case to another unit."""
    resolve(gather, path, name, [action.id for action in actions])
    action = next((each for each in actions if each.id == name), None)
    if action is None or name == BAD:
        return
    if "concerns" not in action.needs:
        gather.add(_('%(action)s says whom it concerns; write needs = ["concerns"]'), path, action=name)
    if {SYSTEM, "applicant"} & set(action.by):
        gather.add(_("%(action)s is taken by the staff alone; mend its `by`"), path, action=name)
    before, todo = set(), [row["id"] for row in clean["state"] if row["initial"]]
    while todo:
        state = todo.pop()
        if state in before:
            continue
        before.add(state)
        todo += [to for each in actions if each.id != name and state in each.from_ for to in each.targets]
    for each in actions:
        if (each.transfer or each.joint) and before & set(each.from_):
            gather.add(
                _(
                    "%(other)s would show the case to another unit before %(action)s was taken; "
                    "mend its `from`"
                ),
                path,
                other=each.id,
                action=name,
            )


def related_of(clean: Mapping[str, Any], known: Known, gather: Gather) -> tuple[Related, ...]:
    rows = clean["related"]
    for row in rows:
        resolve(gather, (*row["@"], "matter"), row["matter"], known.matters)
        if row["as"] == "appeal-of" and known.first.get(row["matter"]) == clean["unit"]:
            gather.add(
                _("%(unit)s would hear the appeal against its own decision; let another unit receive it"),
                row["@"],
                unit=clean["unit"],
            )
    if clean["kind"] == "appeal" and not any(row["as"] == "appeal-of" for row in rows):
        gather.add(
            _('an appeal says against what; write related = [{ matter = "…", as = "appeal-of" }]'), ("kind",)
        )
    return tuple(Related(row["matter"], row["as"]) for row in rows)


def relations_of(
    clean: Mapping[str, Any], fields: Mapping[str, Field], known: Known, gather: Gather
) -> dict[str, Any]:
    """`related`, `related_by` and `otherwise` of a matter."""
    check_otherwise(clean, known, gather)
    return {
        "related": related_of(clean, known, gather),
        "related_by": _related_by(clean, fields, gather),
        "otherwise": clean["otherwise"],
    }


def _related_by(clean: Mapping[str, Any], fields: Mapping[str, Field], gather: Gather) -> str:
    key = clean["related_by"]
    if not key or key == BAD:
        return ""
    resolve(gather, ("related_by",), key, [field.key for field in fields.values() if field.type == "text"])
    if not clean["related"]:
        gather.add(
            _(
                "it is not said to which cases the number may belong; "
                'write related = [{ matter = "…", as = "…" }]'
            ),
            ("related_by",),
        )
    return str(key)
