"""Each event names its entry in the log."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_due_rungs"), ("ledger", "0002_entries_stand")]
    operations = [
        migrations.AddField(
            model_name="caseevent",
            name="entry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.entry",
            ),
        ),
    ]
