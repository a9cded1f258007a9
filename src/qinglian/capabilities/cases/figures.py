# ruff: noqa: E501
"""The figures of cases, and the tables that they are computed from."""

from django.utils.translation import gettext_lazy as _

from qinglian.batch.figures import Column, Figure, Table

ROWS = "qinglian.capabilities.cases.counted"
WHERE = ("unit", "matter")  # by these somebody might be known who is known to have asked
UNIT = Column("unit", "text", _("the unit that had the case then"), refers="parties.units")
MATTER = Column("matter", "text", _("what was asked for"), refers="cases.matters")
KINDS = {
    "consultation": _("a question"),
    "request": _("a request"),
    "approval": _("an approval or support"),
    "complaint": _("a complaint"),
    "appeal": _("an appeal"),
    "report": _("a report of what goes wrong"),
}
YES = {"0": _("no"), "1": _("yes")}
TIMES = _("times")
DAYS = _("working days")
CASES = _("cases")


def _table(id: str, title: object, about: object, rows: str, *columns: Column, **more: object) -> Table:
    source = _("the events and clocks of cases, up to the level of sensitivity that the zone publishes")
    return Table(id, title, about, source, (UNIT, MATTER, *columns), f"{ROWS}.{rows}", groups=WHERE, **more)  # type: ignore[arg-type]


TABLES = [
    Table(
        "cases.matters",
        _("Matters"),
        _("A row is what can be asked of the zone today."),
        _("the zone’s pack"),
        (
            Column("id", "text", _("the name that other tables use")),
            Column("kind", "text", _("what kind of matter it is"), codes=KINDS),
            Column("unit", "text", _("the unit that receives it first"), refers="parties.units"),
            Column("title_hans", "text", _("its title in simplified Chinese")),
            Column("title_hant", "text", _("its title in traditional Chinese")),
            Column("title_en", "text", _("its title in English")),
        ),
        f"{ROWS}.matters",
        grain="standing",
    ),
    _table("cases.lodgings", _("Cases lodged"), _("A row is a case that was lodged."), "lodged"),
    _table(
        "cases.deadlines",
        _("Deadlines of the units"),
        _(
            "A row is a deadline of a unit that was decided: the unit acted, or the time ran out before it did."
        ),
        "deadlines",
        Column(
            "duty",
            "text",
            _("what had to be done in time"),
            codes={"take-up": _("take the case up"), "answer": _("answer or decide it")},
        ),
        Column("kept", "whole", _("whether it was done in time"), codes=YES),
    ),
    _table(
        "cases.replies",
        _("Answers and decisions"),
        _("A row is an answer or decision, with how long it took."),
        "answered",
        Column(
            "days", "whole", _("working days as the law counts them: not while the clock stood still"), DAYS
        ),
        Column(
            "days_in_fact", "whole", _("working days from the lodging, or from when the case came back"), DAYS
        ),
    ),
    _table(
        "cases.endings",
        _("Cases that ended"),
        _("A row is a case that ended, with what had become of it."),
        "closed",
        Column(
            "ended",
            "text",
            _("how it ended"),
            codes={
                "agreed": _("the applicant closed it"),
                "silent": _("it closed by itself: nobody said anything"),
                "by-unit": _("the unit closed it"),
                "granted": _("granted, confirmed or upheld"),
                "refused": _("refused"),
                "withdrawn": _("the applicant withdrew it"),
            },
        ),
        Column("asked", "whole", _("how often the unit asked for what was missing"), TIMES),
        Column("reopened", "whole", _("how often the applicant said that it was not solved"), TIMES),
        Column("sent", "whole", _("how often it went on to another unit"), TIMES),
        tied={"matter": ("ended",)},
    ),
    _table(
        "cases.month-ends",
        _("In hand at the end of a month"),
        _("A row is a case that was in hand when the month ended."),
        "month_ends",
        Column("overdue", "whole", _("whether a deadline of the unit had run out by then"), codes=YES),
    ),
    _table(
        "cases.in-hand",
        _("In hand today"),
        _(
            "A row is a case that is in hand today. Its rows are not published: from one day to the next they "
            "would tell of single cases."
        ),
        "in_hand",
        Column(
            "turn",
            "text",
            _("whose turn it is"),
            codes={"unit": _("the unit’s"), "applicant": _("the applicant’s")},
        ),
        Column("overdue", "whole", _("whether a deadline of the unit has run out"), codes=YES),
        grain="standing",
        level="attested",
    ),
    _table(
        "cases.deemed-acts",
        _("Deemed acts"),
        _("A row is an act that the law took as done because a unit was silent."),
        "deemed",
    ),
    Table(
        "cases.checks",
        _("Conflict checks"),
        _(
            "A row is a check whether a tie stands in the way of somebody handling a case; not who, and not where."
        ),
        _("the conflict checks of the platform"),
        (Column("tied", "whole", _("whether a tie stood in the way"), codes=YES),),
        f"{ROWS}.checks",
        groups=(),
    ),
    Table(
        "cases.public-answers",
        _("Public answers"),
        _("A row is an answer that was made public, also when it was withdrawn since."),
        _("the public answers of this site"),
        (
            Column("number", "text", _("the number under which it stands on this site")),
            MATTER,
            Column("published", "text", _("the month in which it was made public"), _("YYYY-MM")),
            Column(
                "state",
                "text",
                _("what became of it"),
                codes={
                    "public": _("it stands"),
                    "superseded": _("another took its place"),
                    "withdrawn": _("it was withdrawn"),
                },
            ),
            Column("ground", "text", _("why it was withdrawn; - where it was not")),
        ),
        f"{ROWS}.answers",
        grain="standing",
    ),
]

CUTS = ("period", "unit", "matter")
OF_CASES = _("%(value)s of %(n)s cases")
OF_DEADLINES = _("%(value)s of %(n)s deadlines")
OF_DAYS = _("half within %(value)s, nine in ten within %(upper)s, of %(n)s answers")


def _share(
    id: str, title: object, how: object, table: str, value: str, where: str = "", **more: object
) -> Figure:
    said = {"version": 1, "level": "open", "unit": _("per cent"), "cuts": CUTS, "among": OF_CASES} | more
    rows = (
        f"SELECT {', '.join(said['cuts'])}, {value} AS value FROM {table.replace('.', '_').replace('-', '_')}"  # type: ignore[arg-type]
    )
    return Figure(
        id=id, kind="share", title=title, how=how, tables=(table,), rows=rows + (f" WHERE {where}" if where else ""),
        **said,  # type: ignore[arg-type]
    )  # fmt: skip


FIGURES = [
    Figure(
        "cases.lodged", 1, "open", "count", CASES,
        _("Cases lodged"),
        _("Every case that was lodged in the twelve months is counted once, in the unit that received it."),
        ("cases.lodgings",), "SELECT period, unit, matter FROM cases_lodgings", CUTS,
    ),
    _share(
        "cases.answered-in-time",
        _("Answered in time"),
        _("Of the deadlines for an answer or decision that were decided in the twelve months, the share that was "
          "kept. A deadline that ran out counts as missed in the month in which it ran out, answered or not. Time "
          "during which the unit waited for the applicant is not counted, as the law says."),
        "cases.deadlines", "kept", "duty = 'answer'", among=OF_DEADLINES,
    ),
    _share(
        "cases.taken-up",
        _("Taken up in time"),
        _("Of the deadlines for taking a case up that were decided in the twelve months, the share that was kept."),
        "cases.deadlines", "kept", "duty = 'take-up'", among=OF_DEADLINES,
    ),
    Figure(
        "cases.days-to-answer", 1, "open", "quantiles", DAYS,
        _("Working days to an answer"),
        _("Of the answers and decisions of the twelve months, half took at most so many working days as the law "
          "counts them, nine in ten at most so many. The day of the start is not counted, nor are days on which the "
          "clock stood still."),
        ("cases.replies",), "SELECT period, unit, matter, days AS value FROM cases_replies", CUTS, among=OF_DAYS,
    ),
    Figure(
        "cases.days-in-fact", 1, "open", "quantiles", DAYS,
        _("Working days to an answer, in fact"),
        _("The same answers and decisions, from the lodging to the answer as it was for the applicant: also the "
          "days before the case was taken up, and those on which the clock stood still."),
        ("cases.replies",), "SELECT period, unit, matter, days_in_fact AS value FROM cases_replies", CUTS, among=OF_DAYS,
    ),
    Figure(
        "cases.pending", 1, "attested", "count", CASES,
        _("In hand today"),
        _("Every case that is not over is counted, in the unit that has it now. Computed once a day from rows "
          "that are not published."),
        ("cases.in-hand",), "SELECT unit, matter, turn FROM cases_in_hand", ("unit", "matter", "turn"), 0,
    ),
    _share(
        "cases.overdue",
        _("Overdue today"),
        _("Of the cases that are in hand today, those in which a deadline of the unit has run out and the unit has not "
          "acted. Computed once a day from rows that are not published."),
        "cases.in-hand", "overdue", level="attested", cuts=("unit", "matter"), months=0,
    ),
    _share(
        "cases.overdue-at-month-end",
        _("Overdue at the end of the month"),
        _("Of the cases that were in hand when each of the twelve months ended, those in which a deadline of the unit "
          "had run out. A case that stays in hand counts in each of these months."),
        "cases.month-ends", "overdue",
    ),
    _share(
        "cases.asked-twice",
        _("Asked more than once"),
        _("Of the cases that ended in the twelve months, those in which the unit asked more than once for what was "
          "missing, though everything missing is to be told at once."),
        "cases.endings", "CASE WHEN asked > 1 THEN 1 ELSE 0 END",
    ),
    _share(
        "cases.reopened",
        _("Not solved by the first answer"),
        _("Of the cases that ended in the twelve months, those that the applicant sent back after an answer."),
        "cases.endings", "CASE WHEN reopened > 0 THEN 1 ELSE 0 END",
    ),
    _share(
        "cases.transferred",
        _("Passed on"),
        _("Of the cases that ended in the twelve months, those that went on to another unit at least once."),
        "cases.endings", "CASE WHEN sent > 0 THEN 1 ELSE 0 END",
    ),
    _share(
        "cases.silent",
        _("Closed in silence"),
        _("Of the answered cases that closed in the twelve months, those that closed by themselves because the "
          "applicant said nothing. Silence is not satisfaction, and is counted apart. Cases whose matter is "
          "withheld are not among them."),
        "cases.endings", "CASE WHEN ended = 'silent' THEN 1 ELSE 0 END", "ended IN ('silent', 'agreed', 'by-unit')",
    ),
    _share(
        "cases.refused",
        _("Refused"),
        _("Of the cases that were decided in the twelve months by granting or refusing, those that were refused. "
          "Cases whose matter is withheld are not among them."),
        "cases.endings", "CASE WHEN ended = 'refused' THEN 1 ELSE 0 END", "ended IN ('granted', 'refused')",
    ),
    _share(
        "cases.granted",
        _("Granted"),
        _("Of the cases that were decided in the twelve months by granting or refusing, those that were granted, "
          "confirmed or upheld. Cases whose matter is withheld are not among them."),
        "cases.endings", "CASE WHEN ended = 'granted' THEN 1 ELSE 0 END", "ended IN ('granted', 'refused')",
    ),
    Figure(
        "cases.complaints", 1, "open", "share", _("per cent"),
        _("Complaints resolved"),
        _("Of the complaints that ended in the twelve months, those that were not withdrawn: they got an answer. "
          "Cases whose matter is withheld are not among them."),
        ("cases.endings", "cases.matters"),
        "SELECT e.period, e.unit, CASE WHEN e.ended = 'withdrawn' THEN 0 ELSE 1 END AS value FROM cases_endings e "
        "JOIN cases_matters m ON m.id = e.matter WHERE m.kind = 'complaint'",
        ("period", "unit"), among=_("%(value)s of %(n)s complaints"),
    ),
    Figure(
        "cases.deemed", 1, "open", "count", _("acts"),
        _("Deemed done"),
        _("Every time that the law took something as done because a unit was silent."),
        ("cases.deemed-acts",), "SELECT period, unit, matter FROM cases_deemed_acts", CUTS,
    ),
    Figure(
        "cases.checked-ties", 1, "open", "share", _("per cent"),
        _("Ties found before acting"),
        _("Of the checks of the twelve months whether a tie stands in the way of somebody handling a case, those "
          "that found one; then somebody else had to handle it. Never by person or unit."),
        ("cases.checks",), "SELECT period, tied AS value FROM cases_checks", ("period",),
        among=_("%(value)s of %(n)s checks"),
    ),
    Figure(
        "cases.answers-published", 1, "open", "count", _("answers"),
        _("Answers made public"),
        _("Every answer that was ever made public is counted, by what became of it and by the month in which it was "
          "made public."),
        ("cases.public-answers",), "SELECT published AS period, matter, state FROM cases_public_answers",
        ("period", "matter", "state"), 0,
    ),
    _share(
        "cases.answers-withdrawn",
        _("Public answers withdrawn"),
        _("Of all answers that were ever made public, those that were withdrawn."),
        "cases.public-answers", "CASE WHEN state = 'withdrawn' THEN 1 ELSE 0 END", cuts=("matter",), months=0,
        among=_("%(value)s of %(n)s answers"),
    ),
]  # fmt: skip
