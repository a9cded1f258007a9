# ruff: noqa: E501
"""The figures of letters."""

from django.utils.translation import gettext_lazy as _

from qinglian.batch.figures import Column, Figure, Table

TABLES = [
    Table(
        "notices.letters",
        _("Letters to applicants"),
        _(
            "A row is a letter that was written; to whom and about what is not said. Letters that had been erased already when the month was counted are not among them."
        ),
        _("the outbox of the platform"),
        (
            Column(
                "outcome",
                "text",
                _("what became of it by then"),
                codes={
                    "sent": _("it left"),
                    "waiting": _("it waited"),
                    "undeliverable": _("it could not be delivered"),
                },
            ),
        ),
        "qinglian.capabilities.notices.counted.letters",
        groups=(),
    ),
]
FIGURES = [
    Figure(
        "notices.undeliverable", 1, "open", "share", _("per cent"),
        _("Letters that could not be delivered"),
        _("Of the letters of the twelve months, those that had been given up when the month was counted; their readers were to be reached in another way."),
        ("notices.letters",),
        "SELECT period, outcome, CASE WHEN outcome = 'undeliverable' THEN 1 ELSE 0 END AS value FROM notices_letters",
        ("period",), among=_("%(value)s of %(n)s letters"),
    ),
]  # fmt: skip
