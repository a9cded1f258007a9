"""The table of units, to which other tables refer."""

from django.utils.translation import gettext_lazy as _

from qinglian.batch.figures import Column, Table

TABLES = [
    Table(
        "parties.units",
        _("Units"),
        _("A row is a unit of the zone."),
        _("the zone’s pack"),
        (
            Column("id", "text", _("the name that other tables use")),
            Column("parent", "text", _("the unit above it; - where there is none"), refers="parties.units"),
            Column("title_hans", "text", _("its title in simplified Chinese")),
            Column("title_hant", "text", _("its title in traditional Chinese")),
            Column("title_en", "text", _("its title in English")),
        ),
        "qinglian.capabilities.parties.counted.units",
        grain="standing",
    ),
]
