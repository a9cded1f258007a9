# ruff: noqa: E501
"""The figures of the log."""

from django.utils.translation import gettext_lazy as _

from qinglian.batch.figures import Column, Figure, Table

LOG = Column(
    "log",
    "text",
    _("which log"),
    codes={"public": _("the public log"), "restricted": _("the log of cases and posts")},
)
TABLES = [
    Table(
        "ledger.months",
        _("The log, month by month"),
        _(
            "A row is a log in a month: how much it grew, and how many of its signed heads other parties had cosigned."
        ),
        _("the entries and heads of the log"),
        (
            LOG,
            Column("entries", "whole", _("entries that state a moment of this month"), _("entries")),
            Column("heads", "whole", _("heads that were signed in this month"), _("heads")),
            Column(
                "cosigned",
                "whole",
                _("of these, cosigned by as many witnesses as a trust file asks for"),
                _("heads"),
            ),
        ),
        "qinglian.capabilities.ledger.counted.months",
    ),
]
FIGURES = [
    Figure(
        "ledger.entries", 1, "open", "sum", _("entries"),
        _("Entries in the log"),
        _("The entries of the twelve months, of both logs."),
        ("ledger.months",), "SELECT period, log, entries AS value FROM ledger_months", ("period", "log"),
    ),
    Figure(
        "ledger.cosigned", 1, "open", "rate", _("per cent"),
        _("Heads seen by witnesses"),
        _("Of the signed heads of the twelve months, those that as many witnesses as a trust file asks for had cosigned "
          "when the month was counted. Without a witness the log alone vouches that it shows everybody the same."),
        ("ledger.months",), "SELECT period, log, cosigned AS value, heads AS weight FROM ledger_months", ("period", "log"),
        among=_("%(value)s of %(n)s heads"),
    ),
]  # fmt: skip
