"""Enterprises as the first version kept them come through the migration whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

WALK = """
import django; django.setup()
from datetime import UTC, datetime
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

def migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("parties", name)])
    return MigrationExecutor(connection).loader.project_state([("parties", name)]).apps

at = datetime(2026, 3, 2, 2, tzinfo=UTC)
old = migrate("0001_initial").get_model("parties", "Enterprise").objects
code = "91350100M000100Y43"
for place, regno, name in [("CN", code, "甲"), ("CN", code[:4] + "-" + code[4:], "甲"), ("HK", "", "何記"), ("CN", "X 1", "Tern")]:
    old.create(place=place, regno=regno, name=name, stated_at=at)
rows = migrate("0003_enterprise_without_name_and_number").get_model("parties", "Enterprise").objects.order_by("id")
for row in rows:
    print(row.place, *row.names.values_list("script", "name").get(), row.status, row.stated_at == at, row.statement is None,
          *row.identifiers.values_list("kind", "value", "checked", "source").first() or "-")
"""  # noqa: E501


def test_names_numbers_and_moments_are_kept(tmp_path: Path) -> None:
    """In a database of its own: walking back in that of the tests would lift fences of others."""
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'old.sqlite3'}",
    }
    ran = subprocess.run(
        [sys.executable, "-c", WALK], env=os.environ | own, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    code = "uscc 91350100M000100Y43 True stated"
    assert ran.stdout.splitlines() == [
        f"CN zh-Hans 甲 stated True False {code}",
        f"CN zh-Hans 甲 stated True True {code}",  # told apart by a hyphen, and still two
        "HK zh-Hant 何記 stated True False -",
        "CN en Tern stated True False other X1 False stated",
    ]
