"""After the rows were filled, in a transaction of its own: PostgreSQL wants it so."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("parties", "0009_representatives_carry_their_checks")]
    operations = [
        migrations.AlterField(
            "representative",
            "recorded_check",
            models.ForeignKey(
                "interests.conflictcheck", on_delete=django.db.models.deletion.PROTECT, related_name="+"
            ),
        ),
        migrations.AddConstraint(
            "representative",
            models.CheckConstraint(
                name="representative_ended_by_somebody",
                condition=(Q(ended_by=None) & Q(ended_check=None) & Q(cut_at=None))
                | (~Q(ended_by=None) & ~Q(ended_check=None) & ~Q(until=None)),
            ),
        ),
    ]
