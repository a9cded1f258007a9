"""`[[step]]`: the pages of a form, their fields, and what each type of field must say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qinglian.engines.tables import Guard
from qinglian.faults import noop as _
from qinglian.zone.forms import (
    BAD,
    ID,
    NAME,
    Line,
    Many,
    Maybe,
    OneOf,
    Record,
    Said,
    Whole,
    YesNo,
)
from qinglian.zone.gather import Gather
from qinglian.zone.lines import Path
from qinglian.zone.matter import (
    CURRENCIES,
    FIELD_TYPES,
    FILE_KINDS,
    PLACES,
    PREFILLS,
    Field,
    Option,
    Step,
    Undertaking,
)
from qinglian.zone.sections.code_lists import codes_of
from qinglian.zone.sections.parsing import parsed
from qinglian.zone.sections.text_files import said_in

_NAMED = Line(ID, "service-centre", most=60)
OPTION = Record({"value": Line(r"[A-Za-z][A-Za-z0-9_-]*", "cross-border", most=60), "label": Said(most=200)})
FIELD = Record(
    {
        "key": Line(NAME, "place_of_origin", most=60),
        "type": OneOf(FIELD_TYPES),
        "label": Said(most=200),
        "hint": Maybe(Said(most=500)),
        "required": Maybe(YesNo(), False),
        "max": Maybe(Whole(1, 20_000)),
        "options": Maybe(Many(OPTION, least=2, most=100, by="value"), ()),
        "codes": Maybe(Line(r"codes/[A-Za-z0-9_-]+\.csv", "codes/sectors.csv", most=120)),
        "currencies": Maybe(Many(OneOf(CURRENCIES), least=1), ()),
        "places": Maybe(Many(OneOf(PLACES), least=1), ()),
        "accept": Maybe(Many(OneOf(FILE_KINDS), least=1), ()),
        "max_mb": Maybe(Whole(1, 100)),
        "text": Maybe(Line(r"texts/[A-Za-z0-9_-]+", "texts/promise", most=120)),
        "version": Maybe(Line(r"\d{4}\.\d{1,3}", "2026.1", most=10)),
        "prefill": Maybe(OneOf(PREFILLS)),
        "show": Maybe(Line(most=1000)),
        "sensitivity": Maybe(_NAMED),
    }
)
STEP = Record({"id": _NAMED, "title": Said(most=200), "field": Many(FIELD, least=1, most=60, by="key")})
_COUNTED = ("text", "longtext", "multi-choice", "codes", "files")
# Key → the types of field it belongs to, and those that cannot do without it.
_BELONGS: dict[str, tuple[tuple[str, ...], bool]] = {
    "codes": (("codes",), True),
    "currencies": (("money",), True),
    "places": (("address",), False),
    "accept": (("files",), True),
    "max_mb": (("files",), True),
    "text": (("undertaking",), True),
    "version": (("undertaking",), True),
    "prefill": (("text", "choice"), False),
}


def step_of(row: Mapping[str, Any], content: str, texts: Mapping[str, str], gather: Gather) -> Step:
    fields = tuple(field_of(field, content, texts, gather) for field in row["field"])
    return Step(row["id"], row["title"], fields)


def field_of(row: Mapping[str, Any], content: str, texts: Mapping[str, str], gather: Gather) -> Field:
    path: Path = row["@"]
    _check_keys(row, path, gather)
    options = tuple(Option(option["value"], option["label"]) for option in row["options"])
    return Field(
        row["key"],
        row["type"],
        row["label"],
        row["hint"],
        row["required"],
        row["max"],
        options,
        parsed(row["show"], Guard.parse, (*path, "show"), gather),
        row["sensitivity"] or content,
        codes=codes_of(row["codes"], texts, (*path, "codes"), gather),
        currencies=row["currencies"],
        places=row["places"] or (PLACES if row["type"] == "address" else ()),
        accept=row["accept"],
        max_mb=row["max_mb"],
        undertaking=_undertaking(row, texts, gather),
        prefill=None if row["prefill"] == BAD else row["prefill"],
    )


def _check_keys(row: Mapping[str, Any], path: Path, gather: Gather) -> None:
    """Each type has the keys it needs, and none of another's."""
    kind = row["type"]
    if kind == BAD:
        return
    chosen = kind in ("choice", "multi-choice")
    if chosen and not row["options"]:
        gather.add(_("a choice needs options; add them"), path)
    if not chosen and row["options"]:
        gather.add(_('only a choice has options; remove them or write type = "choice"'), (*path, "options"))
    if kind not in _COUNTED and row["max"] is not None:
        gather.add(
            _(
                "only text and longtext have a greatest length, and multi-choice, codes and files a greatest "
                "number; remove max"
            ),
            (*path, "max"),
        )
    if kind == "files" and row["max"] is None:
        _missing("max", kind, path, gather)
    for key, (kinds, needed) in _BELONGS.items():
        if row[key] and kind not in kinds:
            gather.add(
                _("a field of the type %(type)s has no %(name)s; remove it, or write type = %(types)s"),
                (*path, key),
                type=kind,
                name=key,
                types=" / ".join(f'"{each}"' for each in kinds),
            )
        elif needed and kind in kinds and not row[key]:
            _missing(key, kind, path, gather)


def _missing(key: str, kind: str, path: Path, gather: Gather) -> None:
    gather.add(_("a field of the type %(type)s needs the key %(name)s; add it"), path, type=kind, name=key)


def _undertaking(row: Mapping[str, Any], texts: Mapping[str, str], gather: Gather) -> Undertaking | None:
    if row["text"] is None or row["text"] == BAD or row["version"] is None:
        return None
    found = said_in(row["text"], texts, (*row["@"], "text"), gather)
    return Undertaking(row["text"], row["version"], found.text, found.sha)


def check_steps(
    rows: tuple[Mapping[str, Any], ...],
    steps: tuple[Step, ...],
    check_show: Callable[[Field, Mapping[str, Field], Path], None],
    taken: Mapping[str, str],
    gather: Gather,
) -> dict[str, Field]:
    """Keys are unique in the whole matter, and what shows or fills a field was asked before it.

    taken: words that no field may have as its key, and what they are.
    """
    before: dict[str, Field] = {}
    for row, step in zip(rows, steps, strict=True):
        known = dict(before)
        for inner, field in zip(row["field"], step.fields, strict=True):
            path: Path = inner["@"]
            _check_key(field, before, step, taken, (*path, "key"), gather)
            check_show(field, before, (*path, "show"))
            _check_prefill(field, known, (*path, "prefill"), gather)
            if field.key != BAD:
                before[field.key] = field
    return before


def _check_key(
    field: Field,
    before: Mapping[str, Field],
    step: Step,
    taken: Mapping[str, str],
    path: Path,
    gather: Gather,
) -> None:
    if field.key != BAD and field.key in before and before[field.key] not in step.fields:
        gather.add(_("%(found)s stands here a second time; each may stand once"), path, found=field.key)
    if field.key in taken:
        gather.add(taken[field.key], path, found=field.key)


def _check_prefill(field: Field, known: Mapping[str, Field], path: Path, gather: Gather) -> None:
    if field.prefill is None:
        return
    if not any(each.type == "regno" for each in known.values()):
        gather.add(
            _(
                "the register is asked with a registration number, and none is asked for on a step before "
                "this one; add a field of the type regno there"
            ),
            path,
        )
    place = field.prefill.endswith(".place")
    if place and not set(PLACES) <= set(field.words):
        gather.add(
            _("the register answers one of %(known)s; make the field a choice with these options"),
            path,
            known=", ".join(PLACES),
        )
    if not place and field.type != "text":
        gather.add(_('the register answers a text here; write type = "text"'), path)
