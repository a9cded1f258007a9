from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TieKind(models.TextChoices):
    """What a tie can be. The last two are to a colleague, all others to an enterprise."""

    SHAREHOLDER = "shareholder", _("shareholder or owner")
    OFFICER = "officer", _("director, supervisor or manager")
    EMPLOYEE = "employee", _("employee")
    FORMER = "former-employee", _("worked there before")
    ADVISER = "adviser", _("adviser or agent")
    CREDITOR = "creditor", _("creditor")
    DEBTOR = "debtor", _("debtor")
    RELATIVE_OWNS = "relative-of-shareholder", _("close relative of a shareholder")
    RELATIVE_LEADS = "relative-of-officer", _("close relative of a director, supervisor or manager")
    OTHER = "other", _("another tie that may affect fairness")
    RELATIVE = "close-relative", _("close relative")
    CLOSE = "close-person", _("another close relation")


TO_PEOPLE = (TieKind.RELATIVE.value, TieKind.CLOSE.value)
TO_ENTERPRISES = tuple(kind for kind in TieKind.values if kind not in TO_PEOPLE)


class DeclaredTie(models.Model):
    """A tie that somebody who acts for a unit declares: what a conflict check needs, and no more."""

    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    enterprise = models.ForeignKey(
        "parties.Enterprise", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    other = models.ForeignKey(
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)  # the last day it counts
    source = models.CharField(max_length=20, default="declared")  # declared | register | notice
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tie_to_one_party",
                condition=(Q(enterprise=None) & ~Q(other=None) & Q(kind__in=TO_PEOPLE))
                | (~Q(enterprise=None) & Q(other=None) & Q(kind__in=TO_ENTERPRISES)),
            ),
            models.CheckConstraint(
                name="tie_not_to_oneself", condition=Q(other=None) | ~Q(other=F("person"))
            ),
            models.CheckConstraint(
                name="tie_ends_after_it_begins",
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="tie_known_source", condition=Q(source__in=["declared", "register", "notice"])
            ),
        ]


class ConflictCheck(models.Model):
    """Asked before somebody handles something: about whom, against which enterprises, and what was found."""

    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    enterprises = models.JSONField()  # ids as they were asked
    people = models.JSONField(default=list)  # of people whom it is about, or who decided what is appealed
    units = models.JSONField(default=list)  # of units that it is about
    on = models.DateField()
    outcome = models.CharField(max_length=10)  # clear | conflict | unasked (older than the question)
    paths = models.JSONField()  # each a list of steps: kind, and ids of rows
    asked_by = models.ForeignKey(
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="check_known_outcome", condition=Q(outcome__in=["clear", "conflict", "unasked"])
            )
        ]
