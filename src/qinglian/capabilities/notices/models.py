from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """A row of the outbox: written with the event it tells of; a letter is sent later, what is for a unit or
    a person waits on their page until somebody takes note.

    It carries no content of the case: what happened is read on the page, behind number and code.
    """

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)  # the number of what it is about
    language = models.CharField(max_length=10)
    email = models.EmailField(blank=True)
    person = models.ForeignKey(
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    unit = models.ForeignKey("parties.Unit", null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True, blank=True)  # while it is being sent: when that was in vain
    last_error = models.CharField(max_length=120, blank=True)  # never with an address in it
    stuck = models.BooleanField(default=False)  # given up until a person asks for it
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["queued_at"],
                condition=models.Q(sent_at=None, stuck=False) & ~models.Q(email=""),
                name="notice_to_send",
            ),
            models.Index(fields=["subject"], name="notice_subject"),
            models.Index(fields=["stuck"], condition=models.Q(stuck=True), name="notice_stuck"),
            models.Index(fields=["unit", "-id"], condition=models.Q(read_at=None), name="notice_unit_unread"),
            models.Index(
                fields=["person", "-id"], condition=models.Q(read_at=None), name="notice_person_unread"
            ),
            models.Index(fields=["unit", "-id"], name="notice_unit"),
            models.Index(fields=["person", "-id"], name="notice_person"),
        ]
        constraints = [
            models.CheckConstraint(
                name="notice_has_one_reader",
                condition=(models.Q(email="") & models.Q(person=None) & ~models.Q(unit=None))
                | (models.Q(email="") & ~models.Q(person=None) & models.Q(unit=None))
                | (~models.Q(email="") & models.Q(person=None) & models.Q(unit=None)),
            )
        ]

    @property
    def of_case(self) -> bool:
        return not self.kind.startswith("speaks:")


class LeaseRow(models.Model):
    """Who does one piece of long work, and until when nobody else may; token counts the takings."""

    name = models.CharField(max_length=100, unique=True)
    holder = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)  # since it was last finished
    token = models.PositiveBigIntegerField(default=0)
