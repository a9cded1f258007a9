"""What somebody who asks fills in: every field of a matter, by its key where that says more than its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qinglian.web.demonstration.naming import Firm
from qinglian.web.demonstration.phrases import OWN_TITLES, Speaker, table
from qinglian.zone import Field, Matter
from qinglian.zone.matter import PLACES


@dataclass(frozen=True)
class Asker:
    """Who asks: a firm, or somebody by themselves; in which language, and whether by an address for mail."""

    name: str
    place: str
    language: str
    firm: Firm | None = None
    email: str = ""


@dataclass
class Sheet:
    """One set of answers on the way."""

    matter: Matter
    asker: Asker
    speaker: Speaker
    now: datetime
    given: Mapping[str, Any] = field(default_factory=dict)  # what is known before: a number, a unit
    said: dict[str, Any] = field(default_factory=dict)


def fill(sheet: Sheet) -> dict[str, Any]:
    """Every field; those that the matter does not show for these answers are left out when it is lodged."""
    for each in sheet.matter.fields.values():
        value = sheet.given[each.key] if each.key in sheet.given else _value(each, sheet)
        if value not in (None, ""):
            sheet.said[each.key] = value
    return sheet.said


def topic_of(sheet: Sheet) -> str:
    """Under which head its title is drawn."""
    topic = str(sheet.said.get("topic", ""))
    if topic in table()["title"]:
        return topic
    if sheet.matter.kind in OWN_TITLES:
        return sheet.matter.kind
    return "correction" if "wrong" in sheet.matter.fields else "other"


def _value(each: Field, sheet: Sheet) -> Any:
    if each.key in _KEYS:
        return _fits(each, _KEYS[each.key](sheet))
    return _TYPES[each.type](each, sheet) if each.type in _TYPES else None


def _fits(each: Field, value: Any) -> Any:
    """Cut to what the field takes; a word that it does not offer is as if it was not said."""
    if isinstance(value, str) and each.max is not None and each.type in ("text", "longtext"):
        return value[: each.max]
    if each.words and each.type == "choice" and value not in each.words:
        return each.words[-1]
    return value


_KEYS: dict[str, Callable[[Sheet], Any]] = {
    "kind": lambda sheet: "enterprise" if sheet.asker.firm else "individual",
    "name": lambda sheet: sheet.asker.name,
    "place": lambda sheet: sheet.asker.place if sheet.asker.place in PLACES else "other",
    "regno": lambda sheet: sheet.asker.firm.number if sheet.asker.firm else None,
    "email": lambda sheet: sheet.asker.email,
    "phone": lambda _sheet: None,
    "side": lambda sheet: sheet.asker.place,
    "case_known": lambda sheet: "case_number" in sheet.given,
    "title": lambda sheet: sheet.speaker.title(topic_of(sheet))[sheet.asker.language],
    "detail": lambda sheet: sheet.speaker.detail()[sheet.asker.language],
    "wrong": lambda sheet: sheet.speaker.say("said", "wrong")[sheet.asker.language],
    "right": lambda sheet: sheet.speaker.say("said", "right")[sheet.asker.language],
}


def _some(each: Field, sheet: Sheet) -> list[str]:
    most = min(each.max or 3, 3, len(each.words))
    chosen = set(sheet.speaker.dice.sample(each.words, sheet.speaker.dice.randint(1, most)))
    return [word for word in each.words if word in chosen]


def _choice(each: Field, sheet: Sheet) -> str:
    """The first words of a list are asked for more often than the last: as people do."""
    words = each.words
    return sheet.speaker.dice.choices(words, [len(words) + 2 - n for n in range(len(words))])[0]


def _day(_each: Field, sheet: Sheet) -> str:
    return (sheet.now.date() - timedelta(days=sheet.speaker.dice.randrange(3, 90))).isoformat()


def _amount(each: Field, sheet: Sheet) -> dict[str, str]:
    amount = sheet.speaker.dice.choice((2, 3, 5, 8, 12, 20, 30, 50)) * 1000
    return {"currency": each.currencies[0], "amount": f"{amount}.00"}


def _address(each: Field, sheet: Sheet) -> dict[str, str]:
    street = {"zh-hans": "演示路{}号", "zh-hant": "演示道{}號", "en": "{} Demonstration Road"}
    region = {"zh-hans": "演示区", "zh-hant": "演示區", "en": "Demonstration District"}
    language = sheet.asker.language
    return {
        "place": each.places[0],
        "region": region[language],
        "street": street[language].format(sheet.speaker.dice.randrange(1, 90)),
    }


def _promise(each: Field, sheet: Sheet) -> dict[str, str] | None:
    if each.undertaking is None:
        return None
    promise = each.undertaking
    read = sheet.asker.language
    return {"text": promise.path, "version": promise.version, "sha": promise.sha, "read": read}


def _written(each: Field, sheet: Sheet) -> str:
    return str(_fits(each, sheet.speaker.detail()[sheet.asker.language]))


_TYPES: dict[str, Callable[[Field, Sheet], Any]] = {
    "choice": _choice,
    "multi-choice": _some,
    "codes": _some,
    "yes-no": lambda _each, sheet: sheet.speaker.dice.random() < 0.6,
    "date": _day,
    "money": _amount,
    "address": _address,
    "undertaking": _promise,
    "text": _written,
    "longtext": _written,
}
