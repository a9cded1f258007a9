"""The first line of a table: its policy, its facts and its `=>` columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qinglian.engines.tables.domains import Domain
from qinglian.engines.tables.sheets import Sheet, full_width_fault
from qinglian.engines.tables.table import Policy
from qinglian.engines.tables.values import shown
from qinglian.faults import Fault
from qinglian.faults import noop as _

FACT_LIMIT = 100
ARROW = "=>"
DECISION = "decision"
_POLICIES = {"#": Policy.FIRST, "#collect": Policy.COLLECT}


@dataclass(slots=True)
class Header:
    """facts and outputs by their place in a row (from 0)."""

    width: int
    policy: Policy = Policy.FIRST
    facts: dict[int, str] = field(default_factory=dict)
    outputs: dict[int, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def domains_name(name: str) -> str:
    """`FILE.domains.csv` for `FILE.csv`."""
    return f"{name.removesuffix('.csv')}.domains.csv"


def read_header(sheet: Sheet, name: str) -> Header:
    """The header as far as it can be read; `faults` holds all that is wrong in it, with its line."""
    line, cells = sheet.header
    header = Header(len(cells))
    policy = _policy(cells[0])
    if isinstance(policy, Policy):
        header.policy = policy
    else:
        header.faults.append(policy)
    for place, cell in enumerate(cells[1:], start=1):
        _add(header, place, cell)
    if DECISION not in header.outputs.values():
        header.faults.append(Fault(_("the column =>decision is missing; add it")))
    if not header.facts:
        header.faults.append(Fault(_("the table has no fact; add a column for at least one")))
    if len(header.facts) > FACT_LIMIT:
        header.faults.append(Fault(_("the table has more than %(limit)d facts; split it"), limit=FACT_LIMIT))
    for fault in header.faults:
        fault.at(file=name, line=line)
    return header


def _policy(cell: str) -> Policy | Fault:
    if cell in _POLICIES:
        return _POLICIES[cell]
    if cell.startswith(("#;", "#\t", "#collect;", "#collect\t")):
        return Fault(_("the cells are not separated by commas; save the file as CSV with commas"))
    return full_width_fault(cell) or Fault(
        _("the first header cell is “%(cell)s”; write # (first row that fits) or #collect (all that fit)"),
        cell=shown(cell),
    )


def _add(header: Header, place: int, cell: str) -> None:
    if fault := full_width_fault(cell):
        header.faults.append(fault)
    known, name = header.facts, cell
    if cell.startswith(ARROW):
        known, name = header.outputs, cell.removeprefix(ARROW).strip()
    if not name:
        header.faults.append(
            Fault(_("column %(column)d has no name; name it, or empty all its cells"), column=place + 1)
        )
    elif name in known.values():
        header.faults.append(Fault(_("the column %(column)s stands twice; keep one"), column=cell))
    known[place] = name


def unmatched(header: Header, domains: Mapping[str, Domain], name: str, line: int) -> list[Fault]:
    """A fault for each fact without a domain, and for each domain without a column."""
    asked = [fact for fact in header.facts.values() if fact]
    faults = [
        Fault(
            _("the fact has no domain; add its line to %(domains)s"),
            file=name,
            line=line,
            key=fact,
            domains=domains_name(name),
        )
        for fact in asked
        if fact not in domains
    ]
    return faults + [
        Fault(
            _("the fact is declared, but is no column of %(table)s; remove the line or add the column"),
            file=domains_name(name),
            line=domain.line,
            key=fact,
            table=name,
        )
        for fact, domain in domains.items()
        if fact not in asked
    ]
