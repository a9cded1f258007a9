import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0002_outbox_and_leases'),
        ('parties', '0011_fewer_indexes'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='notice',
            name='notice_unit_unread',
        ),
        migrations.RemoveIndex(
            model_name='notice',
            name='notice_person_unread',
        ),
        migrations.AlterField(
            model_name='notice',
            name='person',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='parties.person'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='read_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='unit',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='parties.unit'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['subject'], name='notice_subject'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['unit', '-id'], name='notice_unit_unread'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['person', '-id'], name='notice_person_unread'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['unit', '-id'], name='notice_unit'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['person', '-id'], name='notice_person'),
        ),
    ]
