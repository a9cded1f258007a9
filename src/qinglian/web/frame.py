"""What stands round every page: the zone's name, the doors, the three languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.module_loading import import_string
from django.utils.translation import get_language, get_language_from_path

from qinglian.capabilities.access.counting import counted
from qinglian.web.apps import TOLD_OF_TROUBLE
from qinglian.zone.current import current

MANY = 1000  # how far is counted what waits behind a door
LANG_ATTRIBUTE = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant-HK", "en": "en"}


def doors(staff: bool) -> list[tuple[str, object]]:
    """The navigation, gathered from each capability's apps.py: (url name, label)."""
    found = []
    for config in apps.get_app_configs():
        found += getattr(config, "desk_doors" if staff else "doors", [])
    return [(name, label) for _order, name, label in sorted(found, key=lambda door: door[0])]


@dataclass(frozen=True)
class Door:
    name: str
    label: object
    address: str
    count: int | None  # what waits behind it
    here: bool


def desk_doors(request: HttpRequest, waiting: dict[str, int]) -> list[Door]:
    """The doors of whoever is signed in, with what waits behind each; the one that leads furthest is here."""
    reader = getattr(request, "reader", None)
    if reader is None or reader.person_id is None or not reader.strong:  # a password alone shows no count
        return []
    found = [(name, label, reverse(name)) for name, label in doors(staff=True)]
    behind = [(address, address) for *_door, address in found]
    for config in apps.get_app_configs():
        behind += [(reverse(room), reverse(d)) for room, d in getattr(config, "desk_rooms", {}).items()]
    _room, here = max((each for each in behind if request.path.startswith(each[0])), default=("", ""))
    return [Door(name, label, address, waiting.get(name), address == here) for name, label, address in found]


def _waiting(request: HttpRequest) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """What waits behind the doors of whoever is signed in, and (what is wrong, the page about it) for whoever
    supervises: whatever the capabilities count for it, in one question to the database."""
    reader = getattr(request, "reader", None)
    if reader is None or reader.person_id is None or not reader.strong:
        return {}, []
    counts = {name: import_string(rows) for name, rows in _named("counts").items()}
    alarms = _named("alarms") if any(TOLD_OF_TROUBLE in held for held in reader.roles.values()) else {}
    lists = {name: rows(reader) for name, rows in counts.items()}
    for name in alarms:
        lists |= {f"{name} {what}": rows for what, rows in import_string(name)().items()}
    found = counted(lists, MANY)
    told = []
    for name, saying in alarms.items():
        own = {what.partition(" ")[2]: n for what, n in found.items() if what.startswith(f"{name} ")}
        told.append(import_string(saying)(own))
    return {name: found[name] for name in counts}, [each for each in told if each is not None]


@cache
def _named(kind: str) -> dict[str, str]:
    """Of each apps.py: `counts`, door → the list counted; `alarms`, the lists counted → what they mean."""
    found: dict[str, str] = {}
    for config in apps.get_app_configs():
        found |= getattr(config, kind, {})
    return found


def _in(path: str, code: str) -> str:
    """The same page in another language; where there is no such page, that answer in the other language."""
    there, here = translate_url(path, code), get_language_from_path(path)
    if there != path or here == code:
        return there
    return f"/{code}{path.removeprefix(f'/{here}') if here else path}"


def frame(request: HttpRequest) -> dict[str, object]:
    path = request.get_full_path()
    waiting, alarms = _waiting(request)
    return {
        "zone": current(),
        "doors": doors(staff=False),
        "desk_doors": desk_doors(request, waiting),
        "alarms": alarms,
        "lang_attribute": LANG_ATTRIBUTE.get(get_language() or "", "en"),
        "languages": [
            {"code": code, "attribute": LANG_ATTRIBUTE[code], "name": name, "url": _in(path, code)}
            for code, name in settings.LANGUAGES
        ],
    }
