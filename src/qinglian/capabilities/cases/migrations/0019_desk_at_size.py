from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_fewer_indexes")]

    operations = [
        migrations.AddIndex(
            "case", models.Index(fields=["due", "id"], condition=Q(open=True, handler=None), name="case_nobody")
        ),
        migrations.AddIndex("case", models.Index(fields=["unit_holding", "id"], name="case_unit")),
    ]
