"""PostgreSQL keeps beside the terms of a text what else a search looks at; SQLite needs nothing more."""

from django.db import migrations

# As `placing.marks` makes them for what is written from now on.
MARKS = (
    "array_to_tsvector(ARRAY['u' || c.unit_holding_id, 'n13x' || (t.id >> 13), 'n17x' || (t.id >> 17),"
    " 'n21x' || (t.id >> 21)])"
)
# Written anew: rows that are changed would stay behind, and the index would take each of them once more.
WIDER = (
    f"CREATE TABLE cases_terms_wider AS SELECT g.text_id, t.case_id, t.level, t.text, g.body || {MARKS} AS body"
    " FROM cases_terms g JOIN cases_casetext t ON t.id = g.text_id JOIN cases_case c ON c.id = t.case_id"
    " ORDER BY g.text_id",
    "DROP TABLE cases_terms",
    "ALTER TABLE cases_terms_wider RENAME TO cases_terms",
    "ALTER TABLE cases_terms ADD CONSTRAINT cases_terms_pkey PRIMARY KEY (text_id),"
    " ALTER case_id SET NOT NULL, ALTER level SET NOT NULL, ALTER text SET NOT NULL, ALTER body SET NOT NULL",
)
# The unit of a text is that of its case, whoever writes it.
FOLLOWED = (
    """CREATE OR REPLACE FUNCTION cases_terms_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE cases_terms g SET body = ts_delete(g.body, 'u' || OLD.unit_holding_id)
        || array_to_tsvector(ARRAY['u' || NEW.unit_holding_id])
    FROM cases_casetext t WHERE t.case_id = NEW.id AND g.text_id = t.id;
    RETURN NULL; END $$""",
    "CREATE TRIGGER cases_terms_follow AFTER UPDATE OF unit_holding_id ON cases_case FOR EACH ROW"
    " WHEN (OLD.unit_holding_id <> NEW.unit_holding_id) EXECUTE FUNCTION cases_terms_follow()",
)
UNFOLLOWED = (
    "DROP TRIGGER cases_terms_follow ON cases_case",
    "DROP FUNCTION cases_terms_follow",
)
NARROWER = (
    "CREATE TABLE cases_terms_narrower AS SELECT g.text_id, ts_delete(g.body, ARRAY['u' || c.unit_holding_id,"
    " 'n13x' || (g.text_id >> 13), 'n17x' || (g.text_id >> 17), 'n21x' || (g.text_id >> 21)]) AS body"
    " FROM cases_terms g JOIN cases_case c ON c.id = g.case_id ORDER BY g.text_id",
    "DROP TABLE cases_terms",
    "ALTER TABLE cases_terms_narrower RENAME TO cases_terms",
    "ALTER TABLE cases_terms ADD CONSTRAINT cases_terms_pkey PRIMARY KEY (text_id), ALTER body SET NOT NULL",
)
INDEXED = (
    "SET LOCAL maintenance_work_mem = '256MB'",  # until the migration ends
    "CREATE INDEX cases_terms_body ON cases_terms USING gin (body) WITH (fastupdate = off)",
    "ALTER TABLE cases_terms ALTER COLUMN body SET STATISTICS 1000",
    "ANALYZE cases_terms",
)


def widen(apps, schema_editor):
    _run(schema_editor, (*WIDER, *INDEXED, *FOLLOWED))


def narrow(apps, schema_editor):
    _run(schema_editor, (*UNFOLLOWED, *NARROWER, *INDEXED))


def _run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_appealed_concerns")]

    operations = [migrations.RunPython(widen, narrow)]
