"""A decision table in a matter: sound, of known facts, and every outcome leads to a state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from qinglian.engines.tables import Domain, Table, domains_name, read_sound_table
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _
from qinglian.zone.answers import COMPARED
from qinglian.zone.facts import NUMBER, source_of
from qinglian.zone.forms import BAD
from qinglian.zone.gather import Gather, short_list
from qinglian.zone.lines import Path
from qinglian.zone.matter import Decision, Fact, Field, Routing
from qinglian.zone.sections.references import resolve


def routing_of(clean: Mapping[str, Any], texts: Mapping[str, str], gather: Gather) -> Routing | None:
    """The table whose decision is a unit; each of its facts is a field or something looked up."""
    name, path = clean["routing"], ("routing",)
    if name is None or name == BAD:
        return None
    table = _sound(name, texts, path, gather)
    if table is not None and table.policy != "first":
        gather.add(_("a case goes to one unit; let the first header cell of the table be #"), path)
    return Routing(name, table) if table else None


def decision_of(row: Mapping[str, Any], texts: Mapping[str, str], gather: Gather) -> Decision | None:
    """The table an action names, read and proved; None, with the faults told, when it cannot be used."""
    name, path = row["decision"], (*row["@"], "decision")
    if name is None or name == BAD:
        return None
    table = _sound(name, texts, path, gather)
    if table is None:
        return None
    _check_outcomes(row["outcomes"], table, (*row["@"], "outcomes"), gather)
    return Decision(name, table, dict(row["outcomes"]))


def _sound(name: str, texts: Mapping[str, str], path: Path, gather: Gather) -> Table | None:
    missing = [file for file in (name, domains_name(name)) if file not in texts]
    for file in missing:
        gather.add(_("there is no file %(found)s; add it, or mend the name"), path, found=file)
    return None if missing else _table(name, texts, gather)


def _table(name: str, texts: Mapping[str, str], gather: Gather) -> Table | None:
    try:
        return read_sound_table(texts[name], texts[domains_name(name)], name=name)
    except (Fault, Faults) as error:
        for fault in error.faults if isinstance(error, Faults) else [error]:
            gather.faults.append(fault.at(file=name))
    return None


def _check_outcomes(outcomes: Mapping[str, str], table: Table, path: Path, gather: Gather) -> None:
    for outcome in sorted(set(table.outcomes) - set(outcomes)):
        gather.add(
            _("the table can decide %(outcome)s, and no state is given for it; add it to outcomes"),
            path,
            outcome=outcome,
        )
    for outcome in sorted(set(outcomes) - set(table.outcomes)):
        gather.add(
            _("the table never decides %(outcome)s; remove it from outcomes"),
            (*path, outcome),
            outcome=outcome,
        )


def check_facts(
    table: Table,
    fields: Mapping[str, Field],
    facts: Mapping[str, Fact],
    more: Collection[str],
    path: Path,
    gather: Gather,
) -> None:
    """What the table asks for is a field or a fact, of which it takes all values, or a named lookup."""
    for name in table.facts:
        if name in fields:
            _check_domain(fields[name], table.domains[name], path, gather)
        elif name in facts:
            _check_source(facts[name], table.domains[name], path, gather)
        elif name not in more:
            gather.add(
                _(
                    "the table asks for the fact %(fact)s, "
                    "which is neither a field nor named in lookups; declare it"
                ),
                path,
                fact=name,
            )


def _check_domain(field: Field, domain: Domain, path: Path, gather: Gather) -> None:
    if COMPARED.get(field.type, "list") == "list" or (field.type == "money" and len(field.currencies) > 1):
        gather.add(
            _("the table asks for %(fact)s, which has no single value to decide by; ask for another field"),
            path,
            fact=field.key,
        )
        return
    absent = [value for value in field.words if value != BAD and domain.index_of(value) is None]
    if (field.show or not field.required) and domain.index_of(None) is None:
        absent.append("missing")
    _tell_absent(field.key, absent, path, gather)


def _check_source(fact: Fact, domain: Domain, path: Path, gather: Gather) -> None:
    found = source_of(fact.source)
    if found is None:
        return
    numbers = found[0].answers == NUMBER
    wanted: tuple[object, ...] = (0, 1, 10**6) if numbers else found[0].answers
    absent = [str(value) for value in wanted if domain.index_of(value) is None]
    if numbers and domain.index_of(None) is None:
        absent.append("missing")
    _tell_absent(fact.key, absent, path, gather)


def _tell_absent(key: str, absent: list[str], path: Path, gather: Gather) -> None:
    if absent:
        gather.add(
            _(
                "the field %(fact)s can be %(found)s, "
                "which its domain does not hold; add it to the domains file"
            ),
            path,
            fact=key,
            found=short_list(absent),
        )


def check_units(table: Table, units: Collection[str] | None, path: Path, gather: Gather) -> None:
    """Every decision of a routing table is a unit."""
    for unit in table.outcomes:
        resolve(gather, path, unit, units)
