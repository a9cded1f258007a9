from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the copying: PostgreSQL alters no table whose rows wait for their foreign keys to be checked."""

    dependencies = [("parties", "0002_names_numbers_merges_standing")]
    operations = [
        migrations.RemoveConstraint(
            model_name='enterprise',
            name='enterprise_stated_once',
        ),
        migrations.RemoveField(
            model_name='enterprise',
            name='name',
        ),
        migrations.RemoveField(
            model_name='enterprise',
            name='regno',
        ),
    ]
