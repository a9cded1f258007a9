"""Who may read: predicates in code (the `rules` library), named, and kept by no row of the database.

A capability names its policies in its apps.py (`reads = {"cases.desk": staff()}`) and marks each view with
one of the names. A policy has a door, which looks at the reader alone, and may have a thing, which looks at
what is to be read as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import rules
from rules.predicates import Predicate

from qinglian.capabilities.access.levels import may_read

SIGN_IN = "sign-in"  # somebody without an account is sent to the sign-in page
PUBLIC = "public"


@dataclass(frozen=True)
class Reader:
    """Who asks: nobody in particular, the holder of a case's code, or somebody with posts."""

    account: bool = False
    person_id: int | None = None
    name: str = ""
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)  # unit path → roles held there
    tracked: int | None = None  # the case whose number and code this browser has given
    strong: bool = False  # this session was opened with a second factor, too
    user_id: int | None = None  # the account, where there is one

    def roles_in(self, unit_path: str) -> frozenset[str]:
        """Roles held in the unit or in one above it; none in no unit."""
        held = (roles for path, roles in self.roles.items() if unit_path.startswith(path))
        return frozenset(role for roles in held for role in roles)

    def belongs_to(self) -> frozenset[str]:
        """Ids of the units in which a post is held, and of those above them."""
        return frozenset(part for path in self.roles for part in path.strip("/").split("/"))


@dataclass(frozen=True)
class Thing:
    """What the gate must know of something to be read. What does not exist is nobody's: `NOTHING`."""

    unit_path: str = ""
    sensitivity: str = ""
    case_id: int | None = None
    person_id: int | None = None
    shut_units: frozenset[str] = frozenset()  # whoever belongs to one of these, or below, sees nothing of it
    shut_people: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()  # accounts that hold it today
    open: bool = False  # everybody may read it


NOTHING = Thing()


@dataclass(frozen=True)
class Policy:
    kind: str  # public | holder | room | staff | unit | role | own
    door: Predicate
    thing: Predicate | None = None
    otherwise: str = SIGN_IN  # or the name of the page where one gets in
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Source:
    """What is read other than through a view: an export, a feed, a search; `read` answers a reader."""

    name: str
    policy: str
    read: Callable[[Reader], bytes]


@rules.predicate
def has_account(reader: Reader) -> bool:
    return reader.account


@rules.predicate
def has_post(reader: Reader) -> bool:
    return bool(reader.roles)


@rules.predicate
def is_strong_enough(reader: Reader) -> bool:
    """Whoever holds a post signs in with a second factor; others may go without."""
    return reader.strong or not reader.roles


@rules.predicate
def tracks_something(reader: Reader) -> bool:
    return reader.tracked is not None


@rules.predicate
def tracks_it(reader: Reader, thing: Thing) -> bool:
    return thing.case_id is not None and reader.tracked == thing.case_id


@rules.predicate
def holds_it(reader: Reader, thing: Thing) -> bool:
    return reader.user_id is not None and reader.user_id in thing.users


@rules.predicate
def is_open(_reader: Reader, thing: Thing) -> bool:
    return thing.open


@rules.predicate
def is_it(reader: Reader, thing: Thing) -> bool:
    return thing.person_id is not None and reader.person_id == thing.person_id


def _holds(roles: frozenset[str]) -> Predicate:
    def holds(reader: Reader) -> bool:
        return any(roles & held for held in reader.roles.values())

    return rules.predicate(holds)


def _stands_over(roles: frozenset[str]) -> Predicate:
    def stands_over(reader: Reader, thing: Thing) -> bool:
        if reader.person_id in thing.shut_people or reader.belongs_to() & thing.shut_units:
            return False
        held = reader.roles_in(thing.unit_path)
        if roles:
            held &= roles
        return bool(thing.unit_path and held) and may_read(held, thing.sensitivity)

    return rules.predicate(stands_over)


def public() -> Policy:
    """Everybody."""
    return Policy(PUBLIC, rules.always_true)


def holder_of_code(otherwise: str) -> Policy:
    """Whoever has given number and code of this case, or holds it in an account; others are sent to the page
    that asks for them."""
    return Policy("holder", tracks_something | has_account, tracks_it | holds_it, otherwise)


def sender_of_code() -> Policy:
    """Whoever sends the code of this case, or a key of an account that holds it, with the request itself:
    the view reads either and says so to the gate before it asks."""
    return Policy("holder", rules.always_true, tracks_it | holds_it)


def in_room() -> Policy:
    """Everybody where the room is open; else its members, and whoever holds a post in its unit or above."""
    return Policy("room", rules.always_true, is_open | holds_it | _stands_over(frozenset()))


def account() -> Policy:
    """Somebody signed in, about nothing but the own account: the view looks no further than the session."""
    return Policy("own", has_account & is_strong_enough)


def enrolling() -> Policy:
    """Somebody signed in, on the way to a second factor or to an end of the session."""
    return Policy("own", has_account)


def staff() -> Policy:
    """Anybody with a post today, for pages that hold nothing of a case."""
    return Policy("staff", has_account & has_post & is_strong_enough)


def staff_in_unit(*roles: str) -> Policy:
    """A post in the unit of the thing or above it, cleared for it; if roles are named, in one of them."""
    named = frozenset(roles)
    door = has_account & has_post & is_strong_enough
    return Policy("unit", door, _stands_over(named), roles=named)


def role(*roles: str) -> Policy:
    """A post in one of these roles, whatever the unit."""
    named = frozenset(roles)
    return Policy("role", has_account & _holds(named) & is_strong_enough, roles=named)


def own() -> Policy:
    """The person that the thing is about."""
    return Policy("own", has_account & is_strong_enough, is_it)
