"""From texts to a matter: in a pack, or from what a database pinned, without any folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qinglian.engines.tables import domains_name
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.files import sha_of, sha_of_all, toml_of
from qinglian.zone.forms import BAD
from qinglian.zone.gather import Gather, raise_if_any
from qinglian.zone.matter import (
    ACTOR_FACTS,
    Action,
    ClockRule,
    Decision,
    Fact,
    Field,
    Matter,
    Routing,
    State,
    Step,
)
from qinglian.zone.sections import matters
from qinglian.zone.sections.bases import basis_of
from qinglian.zone.sections.decisions import check_facts, check_units, decision_of, routing_of
from qinglian.zone.sections.fields import step_of
from qinglian.zone.sections.graph import check_graph, is_whole
from qinglian.zone.sections.handling import check_bindings
from qinglian.zone.sections.references import (
    Known,
    check_actions,
    check_fields,
    check_hours,
    check_references,
)
from qinglian.zone.sections.safeguards import (
    complaint_of,
    facts_of,
    relations_of,
    risks_of,
)
from qinglian.zone.sections.soundness import check_sound
from qinglian.zone.sections.text_files import files_of, said_in
from qinglian.zone.text import Text


def read_matter(pins: Mapping[str, str], main: str, known: Known | None = None) -> Matter:
    """The matter whose TOML is `pins[main]`; pins: relative path → text, with the tables and texts it names.

    Without `known`, its roles, units and calendars are taken as they were when they were pinned.
    Raises Faults with everything that is wrong.
    """
    matter, faults = try_matter(pins, main, known or Known())
    raise_if_any(faults)
    assert matter is not None
    return matter


def try_matter(texts: Mapping[str, str], main: str, known: Known) -> tuple[Matter | None, list[Fault]]:
    """The matter, if it could be built, and everything wrong with it: to be used only without faults."""
    if main not in texts:
        return None, [Fault(_("there is no file %(found)s; add it, or mend the name"), found=main)]
    data, gather = toml_of(texts[main], main)
    clean = None if data is None else matters.FORM.read(data, (), gather)
    if clean is None:
        return None, gather.faults
    if clean["id"] != BAD and main.rpartition("/")[2] != f"{clean['id']}.toml":
        gather.add(
            _("the file is not called after its id; rename it to %(name)s.toml"), ("id",), name=clean["id"]
        )
    return _built(clean, texts, main, known, gather), gather.faults


def _built(
    clean: Mapping[str, Any], texts: Mapping[str, str], main: str, known: Known, gather: Gather
) -> Matter:
    content = clean["content_sensitivity"]
    steps = tuple(step_of(row, content, texts, gather) for row in clean["step"])
    states = tuple(matters.state_of(row) for row in clean["state"])
    decisions = tuple(decision_of(row, texts, gather) for row in clean["action"])
    actions = tuple(
        matters.action_of(row, found, content, texts, gather)
        for row, found in zip(clean["action"], decisions, strict=True)
    )
    clocks = tuple(matters.clock_of(row, gather) for row in clean["clock"])
    basis = tuple(basis_of(row, gather) for row in clean["basis"])
    fields = check_fields(clean["step"], steps, gather)
    check_actions(clean, actions, fields, gather)
    facts = {fact.key: fact for fact in facts_of(clean, fields, known, gather)}
    routing = routing_of(clean, texts, gather)
    _check_tables(clean, decisions, routing, fields, facts, gather)
    if routing:
        check_units(routing.table, known.units, ("routing",), gather)
    names = {*(f"field.{key}" for key in fields), *(f"fact.{key}" for key in facts)}
    check_bindings(clean, actions, clocks, names, known, gather)
    check_references(clean, known, gather)
    check_hours(clean, clocks, known, gather)
    _check_ways(clean, steps, states, actions, clocks, facts, known, gather)
    guide = _guide(clean["guide"], texts, gather)
    pins = {path: texts[path] for path in sorted(_pinned(clean, main)) if path in texts}
    return Matter(
        id=clean["id"],
        version=clean["version"],
        kind=clean["kind"],
        calendar=clean["calendar"],
        number=clean["number"],
        prefix=clean["prefix"],
        title=clean["title"],
        summary=clean["summary"],
        unit=clean["unit"],
        sensitivity=clean["sensitivity"],
        content=clean["content_sensitivity"],
        basis=basis,
        public=clean["public"],
        roles=clean["roles"],
        assign_by=clean["assign_by"],
        lookups=clean["lookups"],
        guide=guide,
        steps=steps,
        states={state.id: state for state in states},
        actions={action.id: action for action in actions},
        clocks={clock.id: clock for clock in clocks},
        initial=next((state.id for state in states if state.initial), BAD),
        sha=sha_of_all({path: sha_of(text.encode()) for path, text in pins.items()}),
        pins=pins,
        facts=facts,
        routing=routing,
        risks=risks_of(clean, actions, gather),
        complaint=complaint_of(clean, fields, actions, known, gather),
        **relations_of(clean, fields, known, gather),
    )


def _check_ways(
    clean: Mapping[str, Any],
    steps: tuple[Step, ...],
    states: tuple[State, ...],
    actions: tuple[Action, ...],
    clocks: tuple[ClockRule, ...],
    facts: Mapping[str, Fact],
    known: Known,
    gather: Gather,
) -> None:
    whole = is_whole(states, actions, clocks)
    if whole:
        check_graph(clean, states, actions, clocks, gather)
    if known.units is not None:  # a pack, and not what a case was opened under
        check_sound(clean, steps, states, actions, clocks, facts, whole, known, gather)


def _check_tables(
    clean: Mapping[str, Any],
    decisions: tuple[Decision | None, ...],
    routing: Routing | None,
    fields: Mapping[str, Field],
    facts: Mapping[str, Fact],
    gather: Gather,
) -> None:
    more = {*ACTOR_FACTS, *clean["lookups"]}
    for row, found in zip(clean["action"], decisions, strict=True):
        if found:
            check_facts(found.table, fields, facts, more, (*row["@"], "decision"), gather)
    if routing:
        check_facts(routing.table, fields, {}, set(), ("routing",), gather)


def _guide(name: str | None, texts: Mapping[str, str], gather: Gather) -> Text | None:
    return None if name is None or name == BAD else said_in(name, texts, ("guide",), gather).text


def _pinned(clean: Mapping[str, Any], main: str) -> set[str]:
    """The paths whose content decides what this matter is."""
    fields = [field for step in clean["step"] for field in step["field"]]
    said = [clean["guide"], *(field["text"] for field in fields), *(row["letter"] for row in clean["action"])]
    tables = [clean["routing"], *(row["decision"] for row in clean["action"])]
    pinned = {main, *_named(field["codes"] for field in fields)}
    for name in _named(said):
        pinned.update(files_of(name))
    for name in _named(tables):
        pinned.update((name, domains_name(name)))
    return pinned


def _named(names: Iterable[str | None]) -> list[str]:
    return [name for name in names if name is not None and name != BAD]
