import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("parties", "0010_no_representative_without_a_check")]
    operations = [
        migrations.AddField(
            "hold",
            "basis",
            models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            "hold",
            "lifted_by",
            models.ForeignKey(
                "parties.person",
                null=True,
                blank=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
            ),
        ),
        migrations.AddField(
            "hold",
            "lifted_because",
            models.CharField(blank=True, default="", max_length=500),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "hold",
            models.CheckConstraint(
                condition=Q(lifted_by=None) | (~Q(lifted_at=None) & ~Q(lifted_because="")),
                name="hold_lifted_with_a_reason",
            ),
        ),
    ]
