"""Reading a register in: rows a second and the most memory, with invented enterprises.

    python bench/import_parties.py [ROWS]

Numbers carry the division 000000, which no enterprise has; names end in （示例）. The file, the database and
everything else lie in a temporary folder that is removed. DATABASE_URL is heeded where it is set: give it an
empty database then.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1].isdigit() else 100_000


def invent(path: Path, rows: int) -> None:
    from qinglian.capabilities.parties.identifiers import check_character

    with path.open("w", encoding="utf-8", newline="") as out:
        out.write("place,number,name_zh_hans,name_en,district\r\n")
        for n in range(rows):
            body = f"91000000MB{n:07}"
            name = f"青禾贸易{n}号（示例）有限公司,Qinghe Trading No. {n} (example) Limited"
            out.write(f"CN,{body}{check_character(body)},{name},示例区\r\n")


def own_memory() -> float:
    """MB that are not pages of a file: SQLite also maps up to 256 MB of its database, which cost nothing."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def measured(file: Path) -> None:
    """In this process: the peak is that of the reading alone, apart from what Django weighs."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from qinglian.capabilities.parties.actions import import_register

    call_command("migrate", verbosity=0)
    before = own_memory()
    for what in ("first", "again"):
        most = before

        def look(_step: str, _done: int, rows: int) -> None:
            nonlocal most
            if rows % 20_000 == 0:
                most = max(most, own_memory())

        began = time.perf_counter()
        done = import_register(file, "bench", timezone.now(), tell=look)
        seconds = time.perf_counter() - began
        print(
            f"{what:>5}: {done.rows:,} rows, {done.made:,} new, {done.unchanged:,} as before: {seconds:.1f} s"
            f", {done.rows / seconds:,.0f} rows/s, most memory {most:.0f} MB ({before:.0f} MB before)",
            flush=True,
        )


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="qinglian-bench-") as folder:
        file = Path(folder) / "register.csv"
        invent(file, ROWS)
        print(f"{file.stat().st_size / 1e6:.0f} MB of CSV", flush=True)
        own = {"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"} | dict(os.environ)
        own |= {"QINGLIAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "qinglian.web.settings"}
        subprocess.run([sys.executable, __file__, "--measure", str(file)], env=own, check=True)


if __name__ == "__main__":
    measured(Path(sys.argv[2])) if sys.argv[1:2] == ["--measure"] else main()
