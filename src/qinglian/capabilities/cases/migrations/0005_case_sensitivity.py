from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_event_entry")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="sensitivity",
            field=models.SlugField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
    ]
