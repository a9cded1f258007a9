"""The unique constraints begin with the same columns: two indexes less for every event that is written.

SQLite builds the table of entries anew for it, so its fence is taken down and put up again.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

stand = import_module("qinglian.capabilities.ledger.migrations.0002_entries_stand")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_entries_stand")]
    operations = [
        migrations.RunPython(stand.unfence, stand.fence),
        migrations.AlterField(
            model_name="entry",
            name="tree",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="ledger.tree",
            ),
        ),
        migrations.AlterField(
            model_name="entryfield",
            name="entry",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hidden",
                to="ledger.entry",
            ),
        ),
        migrations.RunPython(stand.fence, stand.unfence),
    ]
