import django.db.models.deletion
from django.db import migrations, models

from qinglian.capabilities.access.lean_indexes import DropIndex


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0017_channels'),
        ('interests', '0004_fewer_indexes'),
        ('parties', '0011_fewer_indexes'),
    ]

    operations = [
        DropIndex(
            model_name='case',
            name='matter_version',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='cases.matterversion'),
        ),
        DropIndex(
            model_name='case',
            name='sensitivity',
            field=models.SlugField(blank=True, db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='case',
            name='state',
            field=models.SlugField(db_index=False, max_length=40),
        ),
        DropIndex(
            model_name='case',
            name='unit_first',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.unit'),
        ),
        DropIndex(
            model_name='case',
            name='unit_holding',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.unit'),
        ),
        DropIndex(
            model_name='caseevent',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='cases.case'),
        ),
        DropIndex(
            model_name='caseevent',
            name='conflict_check',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='interests.conflictcheck'),
        ),
        DropIndex(
            model_name='caseevent',
            name='from_state',
            field=models.SlugField(blank=True, db_index=False, max_length=40),
        ),
        DropIndex(
            model_name='caseevent',
            name='to_state',
            field=models.SlugField(db_index=False, max_length=40),
        ),
        DropIndex(
            model_name='caselink',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='cases.case'),
        ),
        DropIndex(
            model_name='caselink',
            name='relation',
            field=models.SlugField(db_index=False, max_length=20),
        ),
        DropIndex(
            model_name='casetext',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='cases.case'),
        ),
        DropIndex(
            model_name='casetext',
            name='level',
            field=models.SlugField(blank=True, db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='channelmember',
            name='channel',
            field=models.SlugField(db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='channelquestion',
            name='channel',
            field=models.SlugField(db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='clock',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='cases.case'),
        ),
        DropIndex(
            model_name='clock',
            name='rule',
            field=models.SlugField(db_index=False, max_length=40),
        ),
        DropIndex(
            model_name='clockrung',
            name='clock',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rungs', to='cases.clock'),
        ),
        DropIndex(
            model_name='concern',
            name='unit',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.unit'),
        ),
        DropIndex(
            model_name='consent',
            name='proposal',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='cases.proposal'),
        ),
        DropIndex(
            model_name='contribution',
            name='asked_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        DropIndex(
            model_name='contribution',
            name='clock',
            field=models.SlugField(db_index=False, max_length=40),
        ),
        DropIndex(
            model_name='contribution',
            name='conflict_check',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='interests.conflictcheck'),
        ),
        DropIndex(
            model_name='decision',
            name='action',
            field=models.SlugField(db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='draft',
            name='channel',
            field=models.SlugField(blank=True, db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='draft',
            name='matter',
            field=models.SlugField(db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='duty',
            name='channel',
            field=models.SlugField(db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='fact',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='cases.case'),
        ),
        DropIndex(
            model_name='fact',
            name='key',
            field=models.SlugField(db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='letter',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='cases.case'),
        ),
        DropIndex(
            model_name='note',
            name='sensitivity',
            field=models.SlugField(db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='proposal',
            name='action',
            field=models.SlugField(db_index=False, max_length=60),
        ),
        DropIndex(
            model_name='proposal',
            name='role',
            field=models.SlugField(db_index=False, max_length=60),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('open', False)), fields=['-closed_at', '-id'], name='case_ended_all'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('open', True), ('returned', True)), fields=['unit_holding', 'due', 'id'], name='case_returned'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('open', True)), fields=['state', 'due', 'id'], name='case_state'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('open', True)), fields=['turn', 'due', 'id'], name='case_turn'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('open', True)), fields=['unit_holding', 'turn', 'due', 'id'], name='case_unit_turn'),
        ),
    ]
