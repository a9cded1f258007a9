"""Indexes that nobody asks, taken away where they stand: no table is built anew for it.

Django would build a table of SQLite anew to change one index of it, and lose the triggers that keep events.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


class DropIndex(migrations.AlterField):
    """A field that says `db_index=False` from now on: its plain index is dropped, nothing else is touched."""

    def database_forwards(self, app_label: str, editor: Any, from_state: Any, to_state: Any) -> None:
        table, column = self._place(app_label, from_state)
        for name in _plain(editor.connection, table, column):
            editor.execute(f"DROP INDEX {editor.quote_name(name)}")

    def database_backwards(self, app_label: str, editor: Any, from_state: Any, to_state: Any) -> None:
        table, column = self._place(app_label, to_state)
        if not _plain(editor.connection, table, column):
            model = to_state.apps.get_model(app_label, self.model_name)
            name = editor._create_index_name(table, [column])[:30]
            editor.execute(models.Index(fields=[self.name], name=name).create_sql(model, editor))

    def _place(self, app_label: str, state: Any) -> tuple[str, str]:
        model = state.apps.get_model(app_label, self.model_name)
        return model._meta.db_table, model._meta.get_field(self.name).column

    def describe(self) -> str:
        return f"Drop the index of {self.name} on {self.model_name}"


def _plain(connection: Any, table: str, column: str) -> list[str]:
    """Names of indexes on this column alone that nothing depends on: not unique, and of all rows."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            found = cursor.execute(f"PRAGMA index_list({table})").fetchall()
            names = [row[1] for row in found if not row[2] and row[3] == "c" and not row[4]]
            of = {n: [r[2] for r in cursor.execute(f"PRAGMA index_info({n})").fetchall()] for n in names}
            return [name for name, columns in of.items() if columns == [column]]
        cursor.execute(
            "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
            " JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]"
            " WHERE x.indrelid = %s::regclass AND x.indnatts = 1 AND NOT x.indisunique AND x.indpred IS NULL"
            " AND a.attname = %s",
            [table, column],
        )
        return [name for (name,) in cursor.fetchall()]
