from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Hold(models.Model):
    """Keeps the personal data of one thing from being erased while it is needed, and says by whose word."""

    kind = models.CharField(max_length=40)  # case | representation
    object_id = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    basis = models.CharField(max_length=200, blank=True)  # by which article
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_because = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "object_id"], condition=Q(lifted_at=None), name="hold_open")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="hold_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_by=None) | (~Q(lifted_at=None) & ~Q(lifted_because="")),
                name="hold_lifted_with_a_reason",
            ),
        ]


class Erasure(models.Model):
    """What one run erased: how many values of which column, by which rule; never what they said."""

    rule = models.CharField(max_length=60)
    column = models.CharField(max_length=120)
    erased = models.PositiveIntegerField()
    held = models.PositiveIntegerField()  # due as well, and kept by a hold
    at = models.DateTimeField(db_index=True)


class DaySalt(models.Model):
    """What the addresses of one day are hashed with; gone the day after, and then nobody can tell them."""

    day = models.DateField(unique=True)
    salt = models.BinaryField(max_length=32)
