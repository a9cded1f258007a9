"""The capability that the how-to page writes stands and answers, as its files are printed there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.tree import DOCS, ROOT, SRC, read

FILE = re.compile(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
TRIED = """
import django; django.setup()
from django.core.management import call_command
from django.test import Client
call_command("makemigrations", "visits", verbosity=0)
from qinglian.capabilities.visits import queries
from qinglian.web.running import collect, refuse_unguarded
refuse_unguarded(); collect()
queries.newest = lambda: []
answer = Client(headers={"host": "localhost"}).get("/en/visits/")
told = answer.content.decode()
assert answer.status_code == 200 and "None yet." in told and 'href="/en/visits/"' in told, told
"""


def test_the_smallest_capability_of_the_page_answers(tmp_path: Path) -> None:
    found = dict(FILE.findall(read(DOCS / "how-to" / "add-a-capability.md")))
    assert {"apps.py", "models.py", "basis.toml", "views.py", "urls.py"} <= set(found)
    source = shutil.copytree(SRC, tmp_path / "src" / "qinglian", ignore=shutil.ignore_patterns("__pycache__"))
    folder = source / "capabilities" / "visits"
    for name, text in {"__init__.py": "", "migrations/__init__.py": "", **found}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("QINGLIAN_", "DATABASE_URL"))}
    ours |= {
        "PYTHONPATH": str(tmp_path / "src"), "QINGLIAN_DATA": str(tmp_path / "var"),
        "QINGLIAN_ZONE": str(ROOT / "zones" / "qianhai"), "DJANGO_SETTINGS_MODULE": "qinglian.web.settings",
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", TRIED], env=ours, capture_output=True, text=True, cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    assert (folder / "migrations" / "0001_initial.py").exists()
