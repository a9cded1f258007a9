"""What was proposed before anybody asked about ties says so: unasked, neither clear nor a conflict."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("interests", "0001_initial")]
    operations = [
        migrations.RemoveConstraint("conflictcheck", "check_known_outcome"),
        migrations.AddConstraint(
            "conflictcheck",
            models.CheckConstraint(
                name="check_known_outcome", condition=Q(outcome__in=["clear", "conflict", "unasked"])
            ),
        ),
    ]
