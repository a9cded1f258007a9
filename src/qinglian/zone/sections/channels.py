"""`channels.toml`: rooms of a park or a sector: a question is a case, its answer is read by all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qinglian.faults import noop as _
from qinglian.zone.forms import BAD, ID, NAME, Line, Many, OneOf, Record, Said
from qinglian.zone.gather import Gather
from qinglian.zone.matter import SAYS_WHO, Field, Matter
from qinglian.zone.pack import CHANNEL_KINDS, CHANNEL_READERS, Channel

FILE = "channels.toml"
_NAMED = Line(ID, "service-centre", most=60)
CHANNEL = Record(
    {
        "id": _NAMED,
        "kind": OneOf(CHANNEL_KINDS),
        "title": Said(most=200),
        "summary": Said(),
        "unit": _NAMED,
        "matter": _NAMED,
        "shows": Many(Line(NAME, "detail", most=60), least=1, most=20),
        "readers": OneOf(CHANNEL_READERS),
    }
)
FORM = Record({"v": OneOf(("channels/1",)), "channel": Many(CHANNEL, least=1, most=200, by="id")})
_FIT = ("text", "longtext", "choice", "multi-choice", "codes", "yes-no", "date", "money")


def channels_of(clean: Mapping[str, Any]) -> dict[str, Channel]:
    return {
        row["id"]: Channel(
            row["id"],
            row["kind"],
            row["title"],
            row["summary"],
            row["unit"],
            row["matter"],
            row["shows"],
            row["readers"],
        )
        for row in clean["channel"]
    }


def check(
    clean: Mapping[str, Any], gather: Gather, units: Iterable[str], matters: Mapping[str, Matter]
) -> None:
    """matters: those that could be read; what is wrong with the others is told where they stand."""
    units = set(units)
    for row in clean["channel"]:
        if row["unit"] != BAD and row["unit"] not in units:
            gather.unknown_word((*row["@"], "unit"), row["unit"], units)
        if row["matter"] == BAD:
            continue
        if row["matter"] not in matters:
            gather.unknown_word((*row["@"], "matter"), row["matter"], matters)
            continue
        _check_matter(row, matters[row["matter"]], gather)


def _check_matter(row: Mapping[str, Any], matter: Matter, gather: Gather) -> None:
    path = (*row["@"], "matter")
    if matter.kind not in ("consultation", "request"):
        gather.add(
            _("a room takes questions and requests; %(matter)s is of kind %(kind)s: choose another matter"),
            path,
            matter=matter.id,
            kind=matter.kind,
        )
    if not any("answer" in action.needs for action in matter.actions.values()):
        gather.add(
            _("no action of %(matter)s needs an answer, so a room would have none to show"),
            path,
            matter=matter.id,
        )
    for place, key in enumerate(row["shows"]):
        if key == BAD:
            continue
        field = matter.fields.get(key)
        if field is None:
            gather.unknown_word((*row["@"], "shows", place), key, matter.fields)
        elif (reason := _unfit(field, matter)) is not None:
            gather.add(reason, (*row["@"], "shows", place), field=key)


def _unfit(field: Field, matter: Matter) -> str | None:
    if field.type in SAYS_WHO or field.type not in _FIT:
        return _("%(field)s says who asks, or is a file or a promise; a room shows the question only")
    if field.sensitivity != matter.content:
        return _("%(field)s is held more closely than the question itself; a room cannot show it")
    return None
