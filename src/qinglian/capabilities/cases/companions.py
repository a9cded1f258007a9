"""Rows that stand beside a case: notes, links, whom it is about, what other units contribute, letters."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Note(models.Model):
    """What somebody of the staff wrote for colleagues: never shown to whoever asked, and in no export."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="notes")
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    sensitivity = models.SlugField(max_length=60, db_index=False)
    at = models.DateTimeField()


class CaseLink(models.Model):
    """Two cases that belong together, seen from both: `case` stands to `other` as `relation` says."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="links", db_index=False)
    other = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="linked_from")
    relation = models.SlugField(
        max_length=20, db_index=False
    )  # related | appeal-of | complaint-about | follows
    reason = models.CharField(max_length=500)
    person = models.ForeignKey(  # none where it came with the case itself
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other", "relation"], name="link_once"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="link_of_two"),
            models.CheckConstraint(condition=~Q(reason=""), name="link_has_a_reason"),
        ]


class Concern(models.Model):
    """Whom a complaint, or an appeal in one, is about: a unit or one of the staff. They see nothing of it."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="concerns")
    unit = models.ForeignKey(
        "parties.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey(
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    said_by = models.CharField(max_length=10)  # applicant | staff | appealed: by the case it is an appeal in
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["unit"], condition=Q(lifted_at=None), name="concern_of_unit")]
        constraints = [
            models.CheckConstraint(
                name="concern_unit_or_person",
                condition=(Q(unit=None) & ~Q(person=None)) | (~Q(unit=None) & Q(person=None)),
            ),
            models.CheckConstraint(
                name="concern_said_by_somebody", condition=Q(said_by__in=["applicant", "staff", "appealed"])
            ),
        ]


class Contribution(models.Model):
    """What another unit was asked to contribute, inside the clock of the case, and what it said."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="contributions")
    unit = models.ForeignKey("parties.Unit", on_delete=models.PROTECT, related_name="+")
    question = models.TextField()
    asked_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    clock = models.SlugField(max_length=40, db_index=False)  # the one that it is inside
    due = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)  # given | without; empty while it waits
    text = models.TextField(blank=True)  # the contribution, or why the holder went on without it
    person = models.ForeignKey(
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    conflict_check = models.ForeignKey(
        "interests.ConflictCheck",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "unit"], condition=Q(outcome=""), name="contribution_waits_once"
            ),
            models.CheckConstraint(
                name="contribution_ended_by_somebody",
                condition=Q(outcome="", person=None, at=None)
                | (Q(outcome__in=["given", "without"]) & ~Q(text="") & ~Q(person=None) & ~Q(at=None)),
            ),
            models.CheckConstraint(
                name="contribution_given_with_check",
                condition=~Q(outcome="given") | ~Q(conflict_check=None),
            ),
        ]


class Letter(models.Model):
    """A letter as it was issued with an act: its text is fixed, its hash is in the log."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="letters", db_index=False)
    event = models.OneToOneField("cases.CaseEvent", on_delete=models.PROTECT, related_name="letter")
    place = models.PositiveSmallIntegerField()  # the number of the letter is that of the case and this
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    text = models.TextField()
    sha = models.CharField(max_length=64)
    at = models.DateTimeField()
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "place"], name="letter_once")]
