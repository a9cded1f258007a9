import django.db.models.deletion
from django.db import migrations, models

from qinglian.capabilities.access.lean_indexes import DropIndex


class Migration(migrations.Migration):

    dependencies = [
        ('interests', '0003_together'),
        ('parties', '0011_fewer_indexes'),
    ]

    operations = [
        DropIndex(
            model_name='conflictcheck',
            name='asked_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
    ]
