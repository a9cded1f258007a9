from __future__ import annotations

from django.db import models


class Batch(models.Model):
    """Rows of a table by month that were published together; never changed, one that corrects it follows."""

    table = models.CharField(max_length=80)
    through = models.CharField(max_length=7)  # the last month that it covers
    rows = models.TextField()  # CSV
    n = models.PositiveIntegerField()
    sha = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    reason = models.TextField(blank=True)  # why it takes the place of another

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "through"], condition=models.Q(corrects=None), name="batch_once"
            ),
            models.CheckConstraint(
                name="batch_corrects_for_a_reason",
                condition=models.Q(corrects=None, reason="")
                | (~models.Q(corrects=None) & ~models.Q(reason="")),
            ),
        ]


class Waiting(models.Model):
    """Facts of months that had too few of them: they are published with those of a later month, then gone."""

    table = models.CharField(max_length=80, unique=True)
    facts = models.JSONField(default=list)


class Snapshot(models.Model):
    """A table that is as it stands, as it was when it was published; the same rows are kept once."""

    table = models.CharField(max_length=80)
    sha = models.CharField(max_length=64)
    rows = models.TextField()  # CSV
    n = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "sha"], name="snapshot_once")]


class Edition(models.Model):
    """Everything that was published at one time: tables and figures by their hashes; its own is logged."""

    as_of = models.DateField(db_index=True)
    through = models.CharField(max_length=7)
    made_at = models.DateTimeField()
    manifest = models.JSONField()
    sha = models.CharField(max_length=64)
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")


class Result(models.Model):
    """What a figure came to, from which rows and by which definition; what took its place follows it."""

    figure = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    definition = models.CharField(max_length=64)
    document = models.JSONField()
    sha = models.CharField(max_length=64)
    computed_at = models.DateTimeField()
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="results"
    )  # the first with it
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    because = models.CharField(max_length=12, blank=True)  # again | definition | corrected

    class Meta:
        indexes = [models.Index(fields=["figure", "-id"], name="result_latest")]
        constraints = [
            models.CheckConstraint(
                name="result_superseded_for_a_reason",
                condition=models.Q(supersedes=None, because="")
                | (~models.Q(supersedes=None) & models.Q(because__in=["again", "definition", "corrected"])),
            )
        ]
