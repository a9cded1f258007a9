import django.db.models.deletion
from django.db import migrations, models

from qinglian.capabilities.access.lean_indexes import DropIndex


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0010_no_representative_without_a_check'),
    ]

    operations = [
        DropIndex(
            model_name='mention',
            name='enterprise',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to='parties.enterprise'),
        ),
        DropIndex(
            model_name='mention',
            name='level',
            field=models.SlugField(db_index=False, max_length=60),
        ),
    ]
