from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Unit(models.Model):
    """A unit of the zone: id and place in the tree here, its names in the pack."""

    id = models.SlugField(primary_key=True, max_length=60)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=500, unique=True)  # "authority/service-centre/": a prefix is a subtree
    retired = models.BooleanField(default=False)  # left the pack; its cases stay readable


class Person(models.Model):
    """Somebody who acts for a unit. Applicants are not persons here: they are what a case states."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    password_given = models.BooleanField(
        default=False
    )  # somebody else knows it: no post opens until it is changed


class Account(models.Model):
    """What belongs to the account of somebody who asks: in which language letters to it are written."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    made_at = models.DateTimeField()


class Post(models.Model):
    """A role that a person holds in a unit, from a day until a day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.SlugField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the last day it is held

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "unit", "role", "since"], name="post_once"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="post_ends_after_it_begins"
            ),
        ]


class Enterprise(models.Model):
    """An enterprise: as somebody stated it, or as a register holds it. Names and numbers stand beside it."""

    place = models.CharField(max_length=8)
    district = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, default="stated")  # stated | registered | merged
    organisation = models.BooleanField(
        default=True
    )  # False: an individual business, a natural person trading
    statement = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  hash of what was stated
    stated_at = models.DateTimeField()  # when it was first known here
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enterprise_merged_says_into_what",
                condition=(Q(status="merged") & ~Q(merged_into=None))
                | (Q(status__in=["stated", "registered"]) & Q(merged_into=None)),
            ),
            models.CheckConstraint(
                name="enterprise_not_into_itself", condition=Q(merged_into=None) | ~Q(merged_into=F("id"))
            ),
        ]


class EnterpriseName(models.Model):
    """A name in one script, for a time. A name that was given up becomes `former`; it is not removed."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="names")
    script = models.CharField(max_length=8)  # zh-Hans | zh-Hant | en | pt
    kind = models.CharField(max_length=10, default="legal")  # legal | trading | former
    name = models.CharField(max_length=200)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enterprise_name_known_words",
                condition=Q(script__in=["zh-Hans", "zh-Hant", "en", "pt"])
                & Q(kind__in=["legal", "trading", "former"]),
            ),
            models.CheckConstraint(
                name="enterprise_name_ends_after_it_begins",
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")),
            ),
        ]


class Mention(models.Model):
    """Where an enterprise was stated: for which unit, and how closely it is held there."""

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="mentions", db_index=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    level = models.SlugField(max_length=60, db_index=False)  # a level of the zone

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "unit", "level"], name="mention_once")]


class Identifier(models.Model):
    """A registration number in its one form; `checked`: it fits its own check character, no more."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=10)  # uscc | hk-br | hk-cr | mo-cr | other
    value = models.CharField(max_length=40, db_index=True)
    checked = models.BooleanField(default=False)
    source = models.CharField(max_length=120)  # "stated", or the register it comes from

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"], condition=~Q(source="stated"), name="identifier_once_from_registers"
            ),
            models.CheckConstraint(
                name="identifier_known_kind",
                condition=Q(kind__in=["uscc", "hk-br", "hk-cr", "mo-cr", "other"]),
            ),
        ]


class Representative(models.Model):
    """Who may speak for an enterprise, by which proof: an account or a sealed reference, never a name."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="representatives")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    sealed = models.CharField(max_length=64, blank=True)  # id of a sealed envelope that holds who it is
    proof = models.CharField(max_length=20)  # licence | power-of-attorney | notarised | e-licence
    proof_hash = models.CharField(max_length=64)  # keyed hash of the document's number
    document = models.CharField(max_length=64, blank=True)  # SHA-256 of the document, kept here or elsewhere
    reference = models.CharField(max_length=120, blank=True)  # where it is held, if its file is not kept here
    basis = models.CharField(max_length=200)  # by which article this is kept
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_check = models.ForeignKey(
        "interests.ConflictCheck", on_delete=models.PROTECT, related_name="+"
    )  # which allowed it
    recorded_at = models.DateTimeField()
    cut_at = models.DateTimeField(null=True, blank=True)  # ended at once: from then on it opens nothing
    ended_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_check = models.ForeignKey(
        "interests.ConflictCheck", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    erased_at = models.DateTimeField(null=True, blank=True)  # the proof's file and where it is held are gone

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="representative_is_account_or_sealed",
                condition=(Q(user=None) & ~Q(sealed="")) | (~Q(user=None) & Q(sealed="")),
            ),
            models.CheckConstraint(
                name="representative_known_proof",
                condition=Q(proof__in=["licence", "power-of-attorney", "notarised", "e-licence"]),
            ),
            models.CheckConstraint(
                name="representative_ends_after_begin", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="representative_ended_by_somebody",
                condition=(Q(ended_by=None) & Q(ended_check=None) & Q(cut_at=None))
                | (~Q(ended_by=None) & ~Q(ended_check=None) & ~Q(until=None)),
            ),
        ]


class MergeProposal(models.Model):
    """Two rows said to be one enterprise, or that merge taken back: proposed by one, decided by another."""

    keep = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    drop = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    undoes = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    reason = models.TextField()
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_check = models.ForeignKey(
        "interests.ConflictCheck", on_delete=models.PROTECT, related_name="+"
    )  # which allowed it
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True)  # confirmed | declined; empty while it waits
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_check = models.ForeignKey(
        "interests.ConflictCheck", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(keep=F("drop"))),
            models.CheckConstraint(
                name="merge_decided_by_another",
                condition=(Q(outcome="") & Q(decided_by=None) & Q(decided_at=None) & Q(decided_check=None))
                | (
                    Q(outcome__in=["confirmed", "declined"])
                    & ~Q(decided_by=None)
                    & ~Q(decided_at=None)
                    & ~Q(decided_check=None)
                    & ~Q(decided_by=F("proposed_by"))
                ),
            ),
            models.UniqueConstraint(fields=["drop"], condition=Q(outcome=""), name="merge_waits_once"),
        ]


class StandingMark(models.Model):
    """A fact from above, posted down: what holds of an organisation from a day on, and by which event."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="marks")
    organisation = models.BooleanField()  # copied from the enterprise; the database wants it true
    kind = models.SlugField(max_length=40)
    as_of = models.DateField()
    until = models.DateField(null=True, blank=True)  # the last day it holds
    lifted = models.BooleanField(default=False)  # this mark ends the ones before it
    basis = models.CharField(max_length=200)
    event = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="standing_of_organisations_only", condition=Q(organisation=True)),
            models.CheckConstraint(
                name="standing_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("as_of"))
            ),
            models.CheckConstraint(
                name="standing_lifted_has_no_end", condition=Q(lifted=False) | Q(until=None)
            ),
        ]


class RegisterImport(models.Model):
    """A file of a register as it was read in: what it was, and what it changed."""

    sha = models.CharField(max_length=64)
    file = models.CharField(max_length=200)
    source = models.CharField(max_length=120)
    at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    made = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
