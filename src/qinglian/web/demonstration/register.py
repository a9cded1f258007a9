"""The invented enterprises as a register: written as CSV and read in by the verb of parties."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from qinglian.capabilities.parties.actions import import_register
from qinglian.web.demonstration.naming import Firm

COLUMNS = {"zh-Hans": "name_zh_hans", "zh-Hant": "name_zh_hant", "en": "name_en", "pt": "name_pt"}
SOURCE = "演示登记册（示例）"


def keep_in_register(firms: Iterable[Firm], now: datetime) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "register.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, ["place", "number", *COLUMNS.values(), "name_since", "district"])
            writer.writeheader()
            for firm in firms:
                names = {COLUMNS[language]: name for language, name in firm.names.items()}
                about = {"place": firm.place, "number": firm.number, "district": firm.district}
                writer.writerow(about | names | {"name_since": firm.since.isoformat()})
        import_register(file, SOURCE, now)
