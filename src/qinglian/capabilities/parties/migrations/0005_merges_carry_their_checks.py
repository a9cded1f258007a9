"""Every proposal to merge, and every decision, carries the id of the check for conflicts that allowed it."""

import django.db.models.deletion
from django.db import migrations, models


def say_unasked(apps, schema_editor):
    """What is older than the question carries a check that says it was not asked."""
    check = apps.get_model("interests", "ConflictCheck").objects
    for row in apps.get_model("parties", "MergeProposal").objects.order_by("id"):
        said = {"enterprises": [row.keep_id, row.drop_id], "outcome": "unasked", "paths": []}
        row.proposed_check = check.create(
            person_id=row.proposed_by_id, on=row.proposed_at.date(), at=row.proposed_at, **said
        )
        if row.outcome:
            row.decided_check = check.create(
                person_id=row.decided_by_id, on=row.decided_at.date(), at=row.decided_at, **said
            )
        row.save(update_fields=["proposed_check", "decided_check"])


def to_check(**named):
    return models.ForeignKey(
        "interests.conflictcheck", on_delete=django.db.models.deletion.PROTECT, related_name="+", **named
    )


class Migration(migrations.Migration):
    dependencies = [("parties", "0004_mention"), ("interests", "0002_unasked")]
    operations = [
        migrations.AddField("mergeproposal", "proposed_check", to_check(null=True)),
        migrations.AddField("mergeproposal", "decided_check", to_check(null=True, blank=True)),
        migrations.RunPython(say_unasked, migrations.RunPython.noop),
    ]
