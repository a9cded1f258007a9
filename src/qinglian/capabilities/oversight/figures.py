# ruff: noqa: E501
"""The figures of the measures."""

from django.utils.translation import gettext_lazy as _

from qinglian.batch.figures import Column, Figure, Table

TITLES = (
    Column("title_hans", "text", _("its title in simplified Chinese")),
    Column("title_hant", "text", _("its title in traditional Chinese")),
    Column("title_en", "text", _("its title in English")),
)
TABLES = [
    Table(
        "oversight.areas",
        _("Areas of the measures"),
        _("A row is one of the areas in which the zone has undertaken something."),
        _("the zone’s pack"),
        (Column("id", "text", _("the name that other tables use")), *TITLES),
        "qinglian.capabilities.oversight.counted.areas",
        grain="standing",
    ),
    Table(
        "oversight.measures",
        _("Measures"),
        _("A row is a measure that the zone has undertaken, with the state that follows from its evidence."),
        _("the zone’s pack, and what was recorded as evidence"),
        (
            Column("id", "text", _("the number under which it stands on this site")),
            Column("area", "text", _("the area that it belongs to"), refers="oversight.areas"),
            Column("state", "text", _("what its evidence amounts to"), codes={"none": _("No evidence")}),
        ),
        "qinglian.capabilities.oversight.counted.measures",
        grain="standing",
    ),
]
FIGURES = [
    Figure(
        "oversight.measures", 1, "open", "count", _("measures"),
        _("Measures"),
        _("Every measure of the pack is counted, by the state that follows from its evidence and by area. Without evidence a measure is grey; grey is not green."),
        ("oversight.measures",), "SELECT state, area FROM oversight_measures", ("state", "area"), 0,
    ),
]  # fmt: skip
