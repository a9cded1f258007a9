"""Entries are never changed or deleted, apart from being given their place once: the database refuses it."""

from django.db import migrations

SAME = (
    "OLD.tree_id IS NULL AND NEW.tree_id IS NOT NULL AND OLD.data = NEW.data AND OLD.kind = NEW.kind "
    "AND OLD.log = NEW.log AND OLD.at = NEW.at AND OLD.id = NEW.id"
)
SQLITE = [
    "CREATE TRIGGER ledger_entry_update BEFORE UPDATE ON ledger_entry WHEN NOT (" + SAME + ") "
    "BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END",
    "CREATE TRIGGER ledger_entry_delete BEFORE DELETE ON ledger_entry "
    "BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END",
]
POSTGRES = [
    "CREATE OR REPLACE FUNCTION ledger_entry_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'UPDATE' AND " + SAME + " THEN RETURN NEW; END IF; "
    "RAISE EXCEPTION 'entries are append-only'; END $$",
    "CREATE TRIGGER ledger_entry_stands BEFORE UPDATE OR DELETE ON ledger_entry "
    "FOR EACH ROW EXECUTE FUNCTION ledger_entry_stands()",
]


def fence(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES:
        schema_editor.execute(statement, params=None)


def unfence(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        statements = [f"DROP TRIGGER IF EXISTS ledger_entry_{verb}" for verb in ("update", "delete")]
    else:
        statements = [
            "DROP TRIGGER IF EXISTS ledger_entry_stands ON ledger_entry",
            "DROP FUNCTION IF EXISTS ledger_entry_stands",
        ]
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(fence, unfence)]
