from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from qinglian.capabilities.cases.account_models import CalendarFeed as CalendarFeed
from qinglian.capabilities.cases.account_models import CaseHolder as CaseHolder
from qinglian.capabilities.cases.channel_models import (
    HIDDEN_FOR,
    ChannelCode,
    ChannelMember,
    ChannelQuestion,
    Duty,
)
from qinglian.capabilities.cases.companions import CaseLink, Concern, Contribution, Letter, Note

# In rooms of their own, and asked for here.
BESIDE = (CaseLink, Concern, Contribution, Letter, Note)
CHANNELS = (HIDDEN_FOR, ChannelCode, ChannelMember, ChannelQuestion, Duty)


class MatterVersion(models.Model):
    """The texts of a matter as they stood when cases were opened under them."""

    matter = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    sha = models.CharField(max_length=64, unique=True)
    main = models.CharField(max_length=200)  # which of the pinned files is the matter itself
    pins = models.JSONField()  # path in the pack → its text
    opened_at = models.DateTimeField()


class NumberSeries(models.Model):
    """The last number given, for a pattern and a year."""

    pattern = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pattern", "year"], name="one_series_a_year")]


class Draft(models.Model):
    """Answers on the way: known by the hash of a secret that only the visitor's cookie holds."""

    secret_hash = models.CharField(max_length=64, unique=True)
    resume_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  of a code to go on with
    matter = models.SlugField(max_length=60, db_index=False)
    version = models.CharField(max_length=20, blank=True)  # of the matter when the answers were given
    matter_sha = models.CharField(max_length=64, blank=True)
    answers = models.JSONField(default=dict)  # emptied when the case is lodged
    touched_at = models.DateTimeField(db_index=True)
    enterprise = models.ForeignKey(  # for which it is filled in, by a representative who is signed in
        "parties.Enterprise", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    case = models.OneToOneField("cases.Case", null=True, blank=True, on_delete=models.PROTECT)
    channel = models.SlugField(
        max_length=60, blank=True, db_index=False
    )  # the room in which it will be asked


OPEN, ENDED, LAST = Q(open=True), Q(open=False), ["-closed_at", "-id"]
NARROWED = ["matter_version", "state", "sensitivity"]  # behind the order of a list: decided in its index


class Case(models.Model):
    """What the events amount to, kept for lists; `queries.refolded` makes it again from the events."""

    number = models.CharField(max_length=40, unique=True)
    matter_version = models.ForeignKey(MatterVersion, on_delete=models.PROTECT, db_index=False)
    state = models.SlugField(max_length=40, db_index=False)
    turn = models.CharField(max_length=10)  # unit | applicant | nobody
    open = models.BooleanField(default=True)
    sensitivity = models.SlugField(
        max_length=60, blank=True, db_index=False
    )  # a level of the zone; none is its highest
    ver = models.PositiveIntegerField(default=1)  # optimistic lock: whoever writes says what was seen
    title = models.CharField(max_length=200)
    answers = models.JSONField()
    language = models.CharField(max_length=10)
    email = models.EmailField(blank=True)
    applicant = models.ForeignKey("parties.Enterprise", null=True, blank=True, on_delete=models.PROTECT)
    unit_first = models.ForeignKey("parties.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    unit_holding = models.ForeignKey(
        "parties.Unit", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    handler = models.ForeignKey(  # of the assignment that holds
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    returned = models.BooleanField(
        default=False
    )  # from another unit, or from whoever asked; until the staff act on it
    code_hash = models.CharField(max_length=64)
    lodged_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)  # since when it holds nothing that somebody wrote
    due = models.DateTimeField(
        null=True, blank=True
    )  # earliest of its running clocks; none while all stand still

    class Meta:
        indexes = [
            models.Index(fields=["unit_holding", "due", "id", *NARROWED], condition=OPEN, name="case_desk"),
            models.Index(fields=["due", "id", "unit_holding", *NARROWED], condition=OPEN, name="case_due"),
            models.Index(fields=["handler", "due", "id"], condition=Q(open=True), name="case_mine"),
            models.Index(fields=["due", "id"], condition=Q(open=True, handler=None), name="case_nobody"),
            models.Index(fields=["unit_holding", "id"], name="case_unit"),
            models.Index(fields=["unit_holding", *LAST, *NARROWED], condition=ENDED, name="case_ended"),
            models.Index(fields=[*LAST, "unit_holding", *NARROWED], condition=ENDED, name="case_ended_all"),
            models.Index(
                fields=["unit_holding", "due", "id"],
                name="case_returned",
                condition=Q(open=True, returned=True),
            ),
            models.Index(fields=["unit_holding", "turn", "due", "id"], condition=OPEN, name="case_unit_turn"),
            models.Index(
                fields=["state", "due", "id", "unit_holding", "matter_version", "sensitivity"],
                condition=OPEN,
                name="case_state",
            ),
            models.Index(fields=["turn", "due", "id"], name="case_turn", condition=Q(open=True)),
        ]


class CaseEvent(models.Model):
    """One thing that happened; never changed, never deleted (the database refuses both)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=60)
    from_state = models.SlugField(max_length=40, blank=True, db_index=False)
    to_state = models.SlugField(max_length=40, db_index=False)
    actor = models.CharField(max_length=10)  # applicant | staff | system
    person = models.ForeignKey("parties.Person", null=True, blank=True, on_delete=models.PROTECT)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    entry = models.ForeignKey(  # in the log; none for what happened before there was one
        "ledger.Entry", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    conflict_check = models.ForeignKey(  # which allowed it; none for applicants, and before there were checks
        "interests.ConflictCheck",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="event_once"),
            models.CheckConstraint(
                name="event_staff_is_somebody",
                condition=(Q(actor="staff") & ~Q(person=None))
                | (Q(actor__in=["applicant", "system"]) & Q(person=None)),
            ),
        ]


class Assignment(models.Model):
    """Who has a case from a moment on, with the check that allowed it. The last one holds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    conflict_check = models.OneToOneField(
        "interests.ConflictCheck", on_delete=models.PROTECT, related_name="+"
    )
    assigned_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Clock(models.Model):
    """One run of a clock: budget and ledger; due, status and calendar_sha are derived and kept for lists."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    rule = models.SlugField(max_length=40, db_index=False)
    run = models.PositiveSmallIntegerField()
    calendar = models.CharField(max_length=20)
    budget = models.CharField(max_length=40)
    ledger = models.JSONField()  # start, pauses, extensions, stopped
    running = models.BooleanField(default=True)  # neither stopped nor standing still
    stopped = models.BooleanField(default=False)
    due = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=20)
    calendar_sha = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "rule", "run"], name="clock_run_once")]
        indexes = [models.Index(fields=["calendar"], condition=Q(stopped=False), name="clock_open")]


class ClockRung(models.Model):
    """One rung of a clock's ladder, or what silence does: due is derived and moves with the clock's own.

    It is fired once for each due moment; a later due moment arms it again.
    """

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="rungs", db_index=False)
    rung = models.CharField(max_length=80)  # "-4h remind:clerk", or "silence"
    do = models.CharField(max_length=60)  # remind:ROLE | escalate:ROLE | action:ID
    due = models.DateTimeField(null=True, blank=True)  # none while the clock stands still or is over
    fired = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)  # told | nobody | acted | alarm | void
    failures = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True, blank=True)  # after a failure of ours

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "rung"], name="clock_rung_once")]
        indexes = [models.Index(fields=["due"], condition=Q(fired=None), name="rung_due")]


class ClockChange(models.Model):
    """A due moment that moved because a calendar was published: what it was, what it is."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    before = models.DateTimeField(null=True, blank=True)
    after = models.DateTimeField(null=True, blank=True)
    sha_before = models.CharField(max_length=64)
    sha_after = models.CharField(max_length=64)


class Pace(models.Model):
    """How long the runs of a clock took in fact; made anew each day from the clocks, for the guide."""

    matter = models.SlugField(max_length=60)
    rule = models.SlugField(max_length=40)
    as_of = models.DateField()  # runs whose due moment lies before this day
    n = models.PositiveIntegerField()
    within = models.PositiveIntegerField()  # of them, stopped by their due moment
    running = models.PositiveIntegerField()  # of them, not stopped yet
    half = models.PositiveIntegerField(null=True)  # so much of the budget's unit half took at most
    ninth = models.PositiveIntegerField(null=True)  # and nine of ten; none where that many run still

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "rule"], name="pace_once")]


class CalendarVersion(models.Model):
    """A calendar as it was in force from a moment on."""

    calendar = models.CharField(max_length=20)
    sha = models.CharField(max_length=64)
    published_at = models.DateTimeField()


class CaseText(models.Model):
    """Everything of one level that a case says, folded for search; its terms stand beside, by database."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="texts", db_index=False)
    level = models.SlugField(
        max_length=60, blank=True, db_index=False
    )  # a level of the zone; none is its highest
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "level"], name="case_text_once")]


class AnsweredQuestion(models.Model):
    """An answer made public: anonymised by one, approved by another; superseded or withdrawn, never edited.

    What was withdrawn keeps its number, day and ground; its words are gone.
    """

    number = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="published")  # never shown
    matter = models.SlugField(max_length=60)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    question = models.JSONField()  # language → text
    answer = models.JSONField()
    basis = (
        models.JSONField()
    )  # what it rests on, as the matter named it: key, cite by language, article, checked
    reason = models.TextField(blank=True)  # why it replaces another
    sha = models.CharField(max_length=64)  # of question, answer and basis in canonical form
    text = models.TextField(blank=True)  # question and answer, folded for search
    drafted_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True)  # published | declined; empty while it waits
    decided_by = models.ForeignKey(
        "parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    declined_because = models.TextField(blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    ground = models.CharField(max_length=20, blank=True)  # basis-changed | wrong | ordered | names-somebody

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answer_approved_by_another",
                condition=Q(outcome="", decided_by=None, decided_at=None)
                | (
                    Q(outcome__in=["published", "declined"], decided_at__isnull=False)
                    & Q(decided_by__isnull=False)
                    & ~Q(decided_by=F("drafted_by"))
                ),
            ),
            models.CheckConstraint(
                name="answer_withdrawn_for_a_ground",
                condition=Q(withdrawn_at=None, ground="")
                | Q(
                    withdrawn_at__isnull=False,
                    outcome="published",
                    ground__in=["basis-changed", "wrong", "ordered", "names-somebody"],
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-decided_at", "-id"],
                condition=Q(outcome="published", superseded_at=None, withdrawn_at=None),
                name="answer_public",
            )
        ]


class Fact(models.Model):
    """Something looked up for a case, as it was at that moment; the last one of a key holds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="facts", db_index=False)
    key = models.SlugField(
        max_length=60, db_index=False
    )  # of a fact of the matter, or of a field that the register filled
    value = models.JSONField(null=True)
    source = models.CharField(max_length=120)  # as the matter names it
    register = models.CharField(max_length=120, blank=True)  # which register said so, where one did
    as_of = models.DateField(null=True, blank=True)  # since when that register is known here
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "key", "id"], name="fact_last")]


class Decision(models.Model):
    """What a table decided: which rows of which version spoke, over which facts."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    event = models.OneToOneField(CaseEvent, on_delete=models.PROTECT, related_name="decision")
    action = models.SlugField(max_length=60, db_index=False)
    table = models.CharField(max_length=200)
    table_sha = models.CharField(max_length=64)
    rows = models.JSONField()
    facts = models.JSONField()
    outcome = models.CharField(max_length=60)
    auto = models.BooleanField(default=True)
    at = models.DateTimeField(db_index=True)


class Proposal(models.Model):
    """An act that takes effect when others agree: what one person would do, and with which words."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="proposals")
    action = models.SlugField(max_length=60, db_index=False)
    data = models.JSONField(default=dict)
    role = models.SlugField(max_length=60, db_index=False)  # which whoever agrees holds
    needed = models.PositiveSmallIntegerField()  # how many others must agree
    proposed_by = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    conflict_check = models.ForeignKey("interests.ConflictCheck", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True)  # taken | declined | void; empty while it waits
    ended_at = models.DateTimeField(null=True, blank=True)
    event = models.OneToOneField(  # of the act itself
        CaseEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="proposal"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(outcome=""), name="proposal_one_waits"),
            models.CheckConstraint(
                name="proposal_ended_is_said",
                condition=(Q(outcome="") & Q(ended_at=None) & Q(event=None))
                | (Q(outcome__in=["declined", "void"]) & ~Q(ended_at=None) & Q(event=None))
                | (Q(outcome="taken") & ~Q(ended_at=None) & ~Q(event=None)),
            ),
        ]


class Consent(models.Model):
    """What another person says to a proposal. proposer: copied, so that the database sees two persons."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="consents", db_index=False)
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    proposer = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    reason = models.TextField(blank=True)
    conflict_check = models.ForeignKey("interests.ConflictCheck", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "person"], name="consent_once"),
            models.CheckConstraint(name="consent_of_another", condition=~Q(person=F("proposer"))),
        ]
