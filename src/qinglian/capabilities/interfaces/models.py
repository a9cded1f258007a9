from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Key(models.Model):
    """Opens the interfaces to a program of one account, for named purposes and until a day.

    Only its hash is kept: it is told once. What a program does with it, the account has done.
    """

    ident = models.CharField(max_length=16, unique=True)  # the part that is no secret: how it is spoken of
    sha = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=60)
    scopes = models.JSONField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)  # the last day: never the hour, never from where

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("made_at")), name="key_ends_after_it_begins")
        ]


class KeyUse(models.Model):
    """How often a key was used in one minute; gone the day after."""

    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="uses")
    minute = models.DateTimeField(db_index=True)
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "minute"], name="key_use_once")]


class Hook(models.Model):
    """An address that is called when something happened; what is sent there names it and says no more."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    url = models.URLField(max_length=500)
    events = models.JSONField()
    seed = models.CharField(max_length=64)  # of its secret, with the platform's own
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    next_try = models.DateTimeField(null=True, blank=True)  # no call before: it failed, or is under way
    resting = models.BooleanField(default=False)  # failed too often; its owner sets it going again
    last_error = models.CharField(max_length=40, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)  # when it last answered well


class Delivery(models.Model):
    """One thing that a hook is told: written with what it tells of, sent later, at least once."""

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    ident = models.CharField(max_length=40, unique=True)  # the same however often it is sent
    event = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    queued_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["hook", "id"], condition=Q(sent_at=None), name="delivery_waits"),
            models.Index(fields=["queued_at"], name="delivery_age"),
        ]
