from django.db import migrations, models
from django.db.models import Q

OPEN, ENDED = Q(open=True), Q(open=False)
WIDER = [
    ("case_desk", OPEN, ["unit_holding", "due", "id", "matter_version", "state", "sensitivity"]),
    ("case_due", OPEN, ["due", "id", "unit_holding", "matter_version", "state", "sensitivity"]),
    ("case_ended", ENDED, ["unit_holding", "-closed_at", "-id", "matter_version", "state", "sensitivity"]),
    ("case_ended_all", ENDED, ["-closed_at", "-id", "unit_holding", "matter_version", "state", "sensitivity"]),
    ("case_state", OPEN, ["state", "due", "id", "unit_holding", "matter_version", "sensitivity"]),
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_terms_and_text")]

    operations = [
        operation
        for name, which, fields in WIDER
        for operation in (
            migrations.RemoveIndex("case", name),
            migrations.AddIndex("case", models.Index(fields=fields, condition=which, name=name)),
        )
    ]
