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


@dataclass(frozen=True)
class Door:
    name: str
    label: object
    address: str
    count: int | None  # what waits behind it
    here: bool


def doors(path: str, waiting: dict[str, int], staff: bool) -> tuple[list[Door], list[Door]]:
    """The navigation, gathered from each capability's apps.py: the doors of the desk, and those of everybody.
    Of all that begin the address, the one that leads furthest is here."""
    desk, public = (_gathered("desk_doors") if staff else []), _gathered("doors")
    behind = [(address, address) for _name, _label, address in desk + public]
    for room, door in _named("rooms_behind").items():
        behind.append((reverse(room), reverse(door)))
    _room, here = max((each for each in behind if path.startswith(each[0])), default=("", ""))

    def drawn(found: list[tuple[str, object, str]]) -> list[Door]:
        return [Door(name, label, to, waiting.get(name), to == here) for name, label, to in found]

    return drawn(desk), drawn(public)


def _gathered(kind: str) -> list[tuple[str, object, str]]:
    found: list[tuple[int, str, object]] = []
    for config in apps.get_app_configs():
        found += getattr(config, kind, [])
    return [(name, label, reverse(name)) for _order, name, label in sorted(found, key=lambda door: door[0])]


def _strong(request: HttpRequest) -> bool:
    """A password alone opens no door of the desk, and shows no count."""
    reader = getattr(request, "reader", None)
    return reader is not None and reader.person_id is not None and reader.strong


def _waiting(request: HttpRequest) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """What waits behind the doors of whoever is signed in, and (what is wrong, the page about it) for whoever
    supervises: whatever the capabilities count for it, in one question to the database."""
    if not _strong(request):
        return {}, []
    reader = request.reader
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
    """Of each apps.py: `counts`, door → the list counted; `alarms`, the lists counted → what they mean;
    `rooms_behind`, a page → the door that leads to it."""
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
    desk_doors, public_doors = doors(request.path, waiting, _strong(request))
    return {
        "zone": current(),
        "doors": public_doors,
        "desk_doors": desk_doors,
        "own_address": f"{settings.PUBLIC_URL}{path}",  # on paper
        "public_here": any(door.here for door in public_doors),
        "alarms": alarms,
        "lang_attribute": LANG_ATTRIBUTE.get(get_language() or "", "en"),
        "languages": [
            {"code": code, "attribute": LANG_ATTRIBUTE[code], "name": name, "url": _in(path, code)}
            for code, name in settings.LANGUAGES
        ],
    }
