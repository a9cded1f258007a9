"""Guards, and decision tables that are proved before they decide."""

from __future__ import annotations

from qinglian.engines.tables.domains import Domain
from qinglian.engines.tables.findings import Dead, Gap, Overlap, Proof
from qinglian.engines.tables.guards import Guard
from qinglian.engines.tables.header import domains_name
from qinglian.engines.tables.proof import prove, settled_by_order
from qinglian.engines.tables.reading import read_table, table_sha
from qinglian.engines.tables.table import Answer, Policy, Row, Table
from qinglian.faults import Faults

__all__ = [
    "Answer", "Dead", "Domain", "Gap", "Guard", "Overlap", "Policy", "Proof", "Row", "Table",
    "domains_name", "prove", "read_sound_table", "read_table", "settled_by_order", "table_sha",
]  # fmt: skip


def read_sound_table(csv_text: str, domains_text: str, name: str = "table.csv") -> Table:
    """The table, only if it is proved sound; else Faults with every gap, dead row and conflict (or whatever
    `read_table` finds)."""
    table = read_table(csv_text, domains_text, name)
    if faults := prove(table).faults():
        raise Faults(faults)
    return table
