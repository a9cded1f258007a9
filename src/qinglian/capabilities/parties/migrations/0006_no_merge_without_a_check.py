"""After the rows were filled, in a transaction of its own: PostgreSQL wants it so."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_merges_carry_their_checks")]
    operations = [
        migrations.AlterField(
            "mergeproposal",
            "proposed_check",
            models.ForeignKey(
                "interests.conflictcheck", on_delete=django.db.models.deletion.PROTECT, related_name="+"
            ),
        ),
        migrations.RemoveConstraint("mergeproposal", "merge_decided_by_another"),
        migrations.AddConstraint(
            "mergeproposal",
            models.CheckConstraint(
                name="merge_decided_by_another",
                condition=(Q(outcome="") & Q(decided_by=None) & Q(decided_at=None) & Q(decided_check=None))
                | (
                    Q(outcome__in=["confirmed", "declined"])
                    & ~Q(decided_by=None)
                    & ~Q(decided_at=None)
                    & ~Q(decided_check=None)
                    & ~Q(decided_by=F("proposed_by"))
                ),
            ),
        ),
    ]
