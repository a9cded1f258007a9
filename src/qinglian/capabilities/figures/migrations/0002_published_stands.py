"""What was published is never changed or deleted: the database refuses it."""

from django.db import migrations

TABLES = ("batch", "snapshot", "edition", "result")


def fence(apps, schema_editor):
    lite = schema_editor.connection.vendor == "sqlite"
    if not lite:
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION figures_stand() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'what was published is append-only'; END $$",
            params=None,
        )
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            if lite:
                statement = (
                    f"CREATE TRIGGER figures_{table}_{verb} BEFORE {verb} ON figures_{table} "
                    "BEGIN SELECT RAISE(ABORT, 'what was published is append-only'); END"
                )
            else:
                statement = (
                    f"CREATE TRIGGER figures_{table}_{verb} BEFORE {verb} ON figures_{table} "
                    "FOR EACH ROW EXECUTE FUNCTION figures_stand()"
                )
            schema_editor.execute(statement, params=None)


def unfence(apps, schema_editor):
    lite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            on = "" if lite else f" ON figures_{table}"
            schema_editor.execute(f"DROP TRIGGER IF EXISTS figures_{table}_{verb}{on}", params=None)
    if not lite:
        schema_editor.execute("DROP FUNCTION IF EXISTS figures_stand", params=None)


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_initial")]
    operations = [migrations.RunPython(fence, unfence)]
