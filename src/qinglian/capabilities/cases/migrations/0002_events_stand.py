"""Events are never changed or deleted: the database itself refuses both."""

from django.db import migrations

SQLITE = [
    "CREATE TRIGGER cases_event_{verb} BEFORE {verb} ON cases_caseevent BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
]
POSTGRES = [
    "CREATE OR REPLACE FUNCTION cases_event_stands() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$",
    "CREATE TRIGGER cases_event_stands BEFORE UPDATE OR DELETE ON cases_caseevent FOR EACH ROW EXECUTE FUNCTION cases_event_stands()",
]


def fence(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        statements = [SQLITE[0].format(verb=verb) for verb in ("UPDATE", "DELETE")]
    else:
        statements = POSTGRES
    for statement in statements:
        schema_editor.execute(statement, params=None)


def unfence(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        statements = [f"DROP TRIGGER cases_event_{verb}" for verb in ("UPDATE", "DELETE")]
    else:
        statements = ["DROP TRIGGER cases_event_stands ON cases_caseevent", "DROP FUNCTION cases_event_stands"]
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(fence, unfence)]
