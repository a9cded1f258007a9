"""What stands between a case and whoever follows it other than by number and code."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class CalendarFeed(models.Model):
    """An address at which a calendar fetches deadlines: of one case, or of the cases of an account."""

    secret_hash = models.CharField(max_length=64, unique=True)
    case = models.ForeignKey("cases.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="feed_of_a_case_or_an_account",
                condition=(Q(case=None) & ~Q(user=None)) | (~Q(case=None) & Q(user=None)),
            )
        ]


class CaseHolder(models.Model):
    """Who follows a case by an account: one account for itself, or an enterprise for its representatives."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="holders")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    enterprise = models.ForeignKey(
        "parties.Enterprise", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateTimeField()
    seen = models.PositiveIntegerField(default=0)  # of an account: the last event that it has looked at

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], condition=~Q(user=None), name="holder_once"),
            models.UniqueConstraint(
                fields=["case", "enterprise"], condition=~Q(enterprise=None), name="holder_enterprise_once"
            ),
            models.CheckConstraint(
                name="holder_is_one",
                condition=(Q(user=None) & ~Q(enterprise=None)) | (~Q(user=None) & Q(enterprise=None)),
            ),
        ]
