from __future__ import annotations

from django.db import models


class Demonstration(models.Model):
    """That this database holds a demonstration, and how far its play has come: one row, or none."""

    since = models.DateTimeField()  # when it was first prepared as one
    until = models.DateField(null=True, blank=True)  # the day that the play ends before
    seed = models.BigIntegerField(null=True, blank=True)
    cases = models.PositiveIntegerField(null=True, blank=True)  # of the last year, as they were asked for
    reached = models.DateField(null=True, blank=True)  # the last day that was played
    ended_at = models.DateTimeField(null=True, blank=True)  # none while it is not whole
