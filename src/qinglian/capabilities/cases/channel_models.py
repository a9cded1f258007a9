"""Rooms of a park or a sector: who is on duty, what was asked there, and who came in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

HIDDEN_FOR = ("names-somebody", "no-question", "ordered")


class Duty(models.Model):
    """Who answers in a room on these days. Never changed: of two that hold a day, the one named last does."""

    channel = models.SlugField(max_length=60, db_index=False)
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    named_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["channel", "until"], name="duty_of_channel")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="duty_ends_after_it_begins")
        ]


class ChannelQuestion(models.Model):
    """A case that was asked in a room. What stands there is read from the case; hidden, a tombstone stays."""

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="asked_in")
    channel = models.SlugField(max_length=60, db_index=False)
    shows = models.JSONField()  # keys of the answers that stand there, as whoever asked was told
    sha = models.CharField(max_length=64)  # of the words that stood in the room, in canonical form
    at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ground = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["channel", "-id"], name="question_of_channel")]
        constraints = [
            models.CheckConstraint(
                name="question_hidden_for_a_ground",
                condition=Q(hidden_at=None, hidden_by=None, ground="")
                | (Q(hidden_at__isnull=False, ground__in=HIDDEN_FOR) & ~Q(hidden_by=None)),
            )
        ]


class ChannelCode(models.Model):
    """The code by which somebody comes into a room of members; the last one made is the one that works."""

    channel = models.SlugField(max_length=60)
    code_hash = models.CharField(max_length=64)
    made_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class ChannelMember(models.Model):
    """An account in a room; the row goes when it leaves or is sent out."""

    channel = models.SlugField(max_length=60, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "user"], name="member_once")]
