"""`basis`: what a matter, a clock or a default rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qinglian.faults import noop as _
from qinglian.zone.forms import Day, Line, Maybe, OneOf, Record, Said
from qinglian.zone.gather import Gather
from qinglian.zone.lines import Path
from qinglian.zone.matter import Basis

BASIS = Record(
    {
        "kind": OneOf(("law", "zone-choice")),
        "cite": Said(),
        "article": Maybe(Line(most=100)),
        "checked": Maybe(Day()),
    }
)


def basis_of(row: Mapping[str, Any], gather: Gather) -> Basis:
    """A number of the law carries article and day of check; a choice of the zone says that it is one."""
    path: Path = row["@"]
    if row["kind"] == "law":
        for key in ("article", "checked"):
            if row[key] is None:
                gather.add(
                    _(
                        "a basis in law needs the key %(missing)s; without the article at hand, and the day "
                        "it was checked, leave the number out"
                    ),
                    path,
                    missing=key,
                )
    elif row["kind"] == "zone-choice" and row["article"] is not None:
        gather.add(
            _('a choice of the zone has no article; write kind = "law" or remove the article'),
            (*path, "article"),
        )
    return Basis(row["kind"], row["cite"], row["article"] or "", row["checked"])
