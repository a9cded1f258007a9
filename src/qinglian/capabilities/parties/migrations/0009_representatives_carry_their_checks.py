"""Every record of a representative, and every end of one, carries the check for conflicts that allowed it."""

import django.db.models.deletion
from django.db import migrations, models


def say_unasked(apps, schema_editor):
    """What is older than the question carries a check that says it was not asked."""
    check = apps.get_model("interests", "ConflictCheck").objects
    for row in apps.get_model("parties", "Representative").objects.order_by("id"):
        row.recorded_check = check.create(
            person_id=row.recorded_by_id, on=row.recorded_at.date(), at=row.recorded_at,
            enterprises=[row.enterprise_id], outcome="unasked", paths=[],
        )
        row.save(update_fields=["recorded_check"])


def to(model, **named):
    return models.ForeignKey(
        model, on_delete=django.db.models.deletion.PROTECT, related_name="+", **named
    )


CHECK = "interests.conflictcheck"
MAYBE = {"null": True, "blank": True}


class Migration(migrations.Migration):
    dependencies = [("parties", "0008_password_given"), ("interests", "0003_together")]
    operations = [
        migrations.AddField("representative", "document", models.CharField(blank=True, default="", max_length=64), preserve_default=False),
        migrations.AddField("representative", "reference", models.CharField(blank=True, default="", max_length=120), preserve_default=False),
        migrations.AddField("representative", "recorded_check", to(CHECK, null=True)),
        migrations.AddField("representative", "cut_at", models.DateTimeField(**MAYBE)),
        migrations.AddField("representative", "ended_by", to("parties.person", **MAYBE)),
        migrations.AddField("representative", "ended_check", to(CHECK, **MAYBE)),
        migrations.AddField("representative", "erased_at", models.DateTimeField(**MAYBE)),
        migrations.RunPython(say_unasked, migrations.RunPython.noop),
    ]
