"""A table and its domains, from two CSV texts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from qinglian.engines.tables.domains import Domain, read_domains
from qinglian.engines.tables.header import DECISION, Header, domains_name, read_header, unmatched
from qinglian.engines.tables.sheets import Sheet, full_width_fault, normal_text, read_sheet
from qinglian.engines.tables.table import Policy, Row, Table
from qinglian.engines.tables.values import shown
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

ROW_LIMIT = 2_000
SIZE_LIMIT = 1_000_000
ANY = "-"
OTHERWISE = "otherwise"


def table_sha(csv_text: str, domains_text: str) -> str:
    r"""SHA-256, in hex, of table, one zero byte, domains: UTF-8, no byte order mark, lines ended by LF.

    For files kept so: `(cat t.csv; printf '\0'; cat t.domains.csv) | sha256sum`.
    """
    return hashlib.sha256(f"{normal_text(csv_text)}\0{normal_text(domains_text)}".encode()).hexdigest()


def read_table(csv_text: str, domains_text: str, name: str = "table.csv") -> Table:
    """The decision table of two CSV texts; name is the table's file, for messages.

    Raises Faults with file, line and mend of everything that is wrong in either text. What a table answers
    is not judged here: `prove` does that.
    """
    faults: list[Fault] = []
    sheet = _read(csv_text, name, faults)
    beside = _read(domains_text, domains_name(name), faults)
    domains: dict[str, Domain] | None = None
    try:
        domains = read_domains(beside) if beside else None
    except Faults as found:
        faults += [fault.at(file=domains_name(name)) for fault in found.faults]
    if sheet is None:
        raise Faults(faults)
    header = read_header(sheet, name)
    reader = _RowReader(header, domains or {}, name)
    rows = reader.rows(sheet)
    loose = unmatched(header, domains, name, sheet.header[0]) if domains is not None else []
    faults = [*header.faults, *reader.faults, *loose, *faults]
    if faults or domains is None:
        raise Faults(faults)
    facts = tuple(header.facts.values())
    used = {fact: domains[fact] for fact in facts}
    columns = tuple(header.outputs.values())
    return Table(name, header.policy, facts, columns, used, rows, table_sha(csv_text, domains_text))


def _read(text: str, file: str, faults: list[Fault]) -> Sheet | None:
    try:
        return read_sheet(text)
    except Fault as fault:
        faults.append(fault.at(file=file))
        return None


class _RowReader:
    """Reads on after a fault, so that everything is told at once; a fact without domain goes unread."""

    def __init__(self, header: Header, domains: Mapping[str, Domain], name: str) -> None:
        self.header, self.domains, self.name = header, domains, name
        self.faults: list[Fault] = []
        self.seen: dict[str, int] = {}

    def fault(self, template: str, line: int, key: str | None = None, **params: object) -> None:
        self.faults.append(Fault(template, file=self.name, line=line, key=key, **params))

    def rows(self, sheet: Sheet) -> tuple[Row, ...]:
        line, count = sheet.header[0], len(sheet.rows)
        values = sum(
            len(self.domains[fact].values) for fact in self.header.facts.values() if fact in self.domains
        )
        if not count:
            self.fault(_("the table has no rows; write at least one"), line)
        if count > ROW_LIMIT or count * values > SIZE_LIMIT:
            self.fault(
                _("%(rows)d rows over %(values)d declared values are too many to be proved; split the table"),
                line,
                rows=count,
                values=values,
            )
            return ()
        found = [self.row(at, cells) for at, cells in sheet.rows if self.has_width(at, cells)]
        for row in found[:-1]:
            if row.otherwise:
                self.fault(_("the row of `otherwise` must be the last; move it down"), row.line)
        return tuple(found)

    def has_width(self, line: int, cells: list[str]) -> bool:
        if len(cells) == self.header.width:
            return True
        self.fault(
            _("the row has %(count)d cells, the header %(width)d; add or remove commas"),
            line,
            count=len(cells),
            width=self.header.width,
        )
        return False

    def row(self, line: int, cells: list[str]) -> Row:
        self.check_id(line, cells[0])
        outcome = {name: cells[place] for place, name in self.header.outputs.items()}
        if outcome.get(DECISION) == "":
            self.fault(_("the row decides nothing; fill the cell"), line, "=>decision")
        asked = {fact: cells[place] for place, fact in self.header.facts.items()}
        otherwise = OTHERWISE in asked.values()
        if otherwise:
            self.check_otherwise(line, asked)
            asked = dict.fromkeys(asked, ANY)
        masks = tuple([self.mask(line, fact, cell) for fact, cell in asked.items()])
        return Row(cells[0], line, masks, outcome, otherwise)

    def check_id(self, line: int, row_id: str) -> None:
        if not row_id:
            self.fault(_("the row has no number; write one in the first column"), line)
        elif row_id in self.seen:
            self.fault(
                _("the row number %(row)s stands on line %(other)d already; give each row its own"),
                line,
                row=row_id,
                other=self.seen[row_id],
            )
        self.seen.setdefault(row_id, line)

    def check_otherwise(self, line: int, asked: Mapping[str, str]) -> None:
        if self.header.policy is not Policy.COLLECT:
            self.fault(_("`otherwise` belongs to #collect tables; here write a last row of - instead"), line)
        elif set(asked.values()) != {OTHERWISE}:
            self.fault(_("`otherwise` stands for every fact of its row or for none; fill the row"), line)

    def mask(self, line: int, fact: str, cell: str) -> int:
        if fault := full_width_fault(cell):
            self.faults.append(fault.at(file=self.name, line=line, key=fact))
        elif not cell:
            self.fault(_("the cell is empty; write - for any value"), line, fact)
        elif domain := self.domains.get(fact):
            return domain.every if cell == ANY else self.union(line, domain, cell)
        return 0

    def union(self, line: int, domain: Domain, cell: str) -> int:
        mask = 0
        for part in cell.split("|"):
            found = domain.mask_of(part.strip())
            if found is None:
                self.fault(
                    _("“%(value)s” is neither a value nor whole bands of %(values)s; write those"),
                    line,
                    domain.fact,
                    value=shown(part),
                    values=domain,
                )
            mask |= found or 0
        return mask
