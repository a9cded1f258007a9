import django.db.models.deletion
from django.db import migrations, models

SQLITE = (
    "CREATE VIRTUAL TABLE cases_terms USING fts5(body, content='', tokenize='ascii')",
    "CREATE VIRTUAL TABLE cases_term_counts USING fts5vocab('cases_terms', 'row')",
)
POSTGRESQL = (
    "CREATE TABLE cases_terms (text_id bigint PRIMARY KEY, body tsvector NOT NULL)",
    "CREATE INDEX cases_terms_body ON cases_terms USING gin (body) WITH (fastupdate = off)",
    # The planner must know which pairs of signs are common: with the usual 100 it guesses far off.
    "ALTER TABLE cases_terms ALTER COLUMN body SET STATISTICS 1000",
)


def make(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE cases_term_counts")
    schema_editor.execute("DROP TABLE cases_terms")


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_erasure")]

    operations = [
        migrations.CreateModel(
            name="CaseText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.SlugField(blank=True, max_length=60)),
                ("text", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="casetext",
            constraint=models.UniqueConstraint(fields=("case", "level"), name="case_text_once"),
        ),
        migrations.RunPython(make, unmake),
    ]
