"""What an event says may be erased, once and for good; nothing else of it ever changes."""

from importlib import import_module

from django.db import migrations, models

STRICT = import_module("qinglian.capabilities.cases.migrations.0002_events_stand")
COLUMNS = (
    "id case_id seq action from_state to_state actor person_id at entry_id conflict_check_id".split()
)
SAME = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in COLUMNS)
SQLITE = [
    "CREATE TRIGGER cases_event_UPDATE BEFORE UPDATE ON cases_caseevent WHEN NOT ("
    "json_extract(NEW.data, '$.erased') IS NOT NULL AND json_extract(OLD.data, '$.erased') IS NULL"
    f" AND {SAME}) BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER cases_event_DELETE BEFORE DELETE ON cases_caseevent "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
]
POSTGRES = [
    "CREATE OR REPLACE FUNCTION cases_event_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'UPDATE' AND jsonb_exists(NEW.data, 'erased') AND NOT jsonb_exists(OLD.data, 'erased') "
    "AND to_jsonb(NEW) - 'data' = to_jsonb(OLD) - 'data' THEN RETURN NEW; END IF; "
    "RAISE EXCEPTION 'events are append-only'; END $$",
    "CREATE TRIGGER cases_event_stands BEFORE UPDATE OR DELETE ON cases_caseevent "
    "FOR EACH ROW EXECUTE FUNCTION cases_event_stands()",
]


def fence(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES:
        schema_editor.execute(statement, params=None)


unfence = STRICT.unfence


def loosen(apps, schema_editor):
    unfence(apps, schema_editor)
    fence(apps, schema_editor)


def tighten(apps, schema_editor):
    unfence(apps, schema_editor)
    STRICT.fence(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_assignment")]
    operations = [
        migrations.AddField("case", "erased_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(loosen, tighten),
    ]
