from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX as NO_PASSWORD
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from qinglian.capabilities.access.fence import beyond
from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.parties.directory import (
    EnterprisePage,
    EnterpriseShown,
    MergeShown,
    RepresentativeShown,
    all_representatives,
    comparison,
    decided_merges,
    enterprise_page,
    holder_of,
    in_sight,
    merge_shown,
    representative_shown,
    search,
    shown,
    waiting_merges,
)
from qinglian.capabilities.parties.enterprises import (
    EnterpriseReading,
    MergeReading,
    Registered,
    Standing,
    enterprise,
    enterprise_names,
    find_enterprise,
    merges,
    number_fault,
    registered,
    representatives,
    represented,
    represented_by,
    representing,
    same_enterprise,
    speaks_for_any,
    standing,
)
from qinglian.capabilities.parties.merging import both_rows, pair_of, root
from qinglian.capabilities.parties.models import Person, Post, Representative, Unit
from qinglian.capabilities.parties.naming import read_name as read_enterprise_name
from qinglian.capabilities.parties.telling import account_addresses, account_letters
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.current import current

# What is read of enterprises has a room of its own, and is asked for here.
ENTERPRISES = (
    EnterpriseReading, MergeReading, Registered, Standing, both_rows, enterprise, enterprise_names,
    find_enterprise, merges, number_fault, pair_of, read_enterprise_name, registered, represented,
    represented_by, representing, representatives, same_enterprise, speaks_for_any, standing,
)  # fmt: skip
LETTERS = (account_addresses, account_letters)
DIRECTORY = (
    EnterprisePage, EnterpriseShown, MergeShown, RepresentativeShown, all_representatives,
    comparison, decided_merges, enterprise_page, holder_of, in_sight, merge_shown, representative_shown,
    search, shown, waiting_merges,
)  # fmt: skip


_HOLDERS = """
    SELECT DISTINCT above.path, post.person_id
    FROM parties_unit AS unit
    JOIN parties_unit AS above ON substr(unit.path, 1, length(above.path)) = above.path
    JOIN parties_post AS post ON post.unit_id = above.id
    WHERE unit.id = %s AND post.role = %s AND post.since <= %s AND (post.until IS NULL OR post.until >= %s)
    ORDER BY post.person_id
"""


@dataclass(frozen=True)
class Posts:
    """Who a member of staff is on a day: the person, and the roles held in each unit."""

    person_id: int
    name: str
    roles: dict[str, frozenset[str]]  # unit path → roles
    password_given: bool = False

    def roles_in(self, unit_path: str) -> frozenset[str]:
        """Roles held in the unit or in one above it."""
        return frozenset(r for path, roles in self.roles.items() if unit_path.startswith(path) for r in roles)


def staff(user: AbstractBaseUser, on: date) -> Posts | None:
    """The posts of a signed-in user, or None for somebody without a post on that day."""
    if user.pk is None:
        return None
    held = Post.objects.filter(Q(until=None) | Q(until__gte=on), person__user=user.pk, since__lte=on)
    rows = list(held.values_list("person_id", "person__name", "person__password_given", "unit__path", "role"))
    roles: dict[str, set[str]] = {}
    for *_who, path, role in rows:
        roles.setdefault(path, set()).add(role)
    if not rows:
        return None
    person, name, given = rows[0][:3]
    return Posts(person, name, {k: frozenset(v) for k, v in roles.items()}, given)


def units_under(paths: list[str]) -> list[str]:
    """Ids of the units at or below any of these paths."""
    scope = Q()
    for path in paths:
        scope |= Q(path__startswith=path)
    return list(Unit.objects.filter(scope).values_list("id", flat=True)) if paths else []


def unit_path(unit_id: str) -> str:
    return Unit.objects.values_list("path", flat=True).get(pk=unit_id)


def nearest_holders(role: str, unit_id: str, on: date) -> list[int]:
    """Ids of the people who hold the role in the unit, or else in the nearest unit above it that has any."""
    with (
        connection.cursor() as cursor
    ):  # each rung of each clock asks; through the ORM it takes ten times as long
        cursor.execute(_HOLDERS, [unit_id, role, on.isoformat(), on.isoformat()])
        holders = cursor.fetchall()
    nearest = max((len(path) for path, _person in holders), default=0)
    return [person for path, person in holders if len(path) == nearest]


def demonstration_accounts() -> list[tuple[str, str, str, str]]:
    """(username, name, unit, role) of every account with a password, for a demonstration's sign-in page."""
    rows = (
        Person.objects.exclude(user=None)
        .exclude(user__password__startswith=NO_PASSWORD)
        .values_list("user__username", "name", "posts__unit_id", "posts__role")
    )
    return list(rows.order_by("id"))


def people_in(unit_path: str, roles: frozenset[str], on: date) -> list[tuple[int, str]]:
    """(id, name) of everybody who holds one of these roles in the unit or in one above it, on that day."""
    parts = unit_path.rstrip("/").split("/")
    paths = ["".join(f"{part}/" for part in parts[: n + 1]) for n in range(len(parts))]
    rows = Post.objects.filter(
        Q(until=None) | Q(until__gte=on), since__lte=on, unit__path__in=paths, role__in=roles
    )
    return _named(rows.order_by("person_id", "id"), on)


def _named(rows: QuerySet[Post], on: date) -> list[tuple[int, str]]:
    """Whose posts these are, each once; that two share a name costs no question where their posts differ."""
    names, posts = dict[int, str](), dict[int, str]()
    for person, name, unit, role in rows.values_list("person_id", "person__name", "unit_id", "role"):
        names.setdefault(person, name)
        posts.setdefault(person, _post_said(unit, role))
    return told_apart(names.items(), on, posts)


def told_apart(
    people: Iterable[tuple[int, str]], on: date, posts: Mapping[int, str] | None = None
) -> list[tuple[int, str]]:
    """The same people; who shares a name bears unit and post too, or else the account as well.

    posts: person → unit and post, where they were read already.
    """
    rows, accounts = list(people), dict[int, str]()
    shared = _repeated(name for _person, name in rows)
    if not shared:
        return rows
    alike = [person for person, name in rows if name in shared]
    if posts is None:
        posts, accounts = _posts_of(alike, on)
    labels = [
        (person, f"{name} · {posts.get(person, '')}" if name in shared else name) for person, name in rows
    ]
    still = _repeated(label for _person, label in labels)
    if still and not accounts:
        _posts, accounts = _posts_of(alike, on)
    return [
        (person, f"{label} · {accounts.get(person, person)}" if label in still else label)
        for person, label in labels
    ]


def _repeated(names: Iterable[str]) -> set[str]:
    return {name for name, times in Counter(names).items() if times > 1}


def _posts_of(people: list[int], on: date) -> tuple[dict[int, str], dict[int, str]]:
    """Person → unit and post in the reader's language; person → what the account is called."""
    held = Post.objects.filter(Q(until=None) | Q(until__gte=on), since__lte=on, person__in=people)
    posts, accounts = dict[int, str](), dict[int, str]()
    with beyond("people of one name are told apart by posts, or by what their accounts are called"):
        for person, unit, role, account in held.order_by("id").values_list(
            "person_id", "unit_id", "role", "person__user__username"
        ):
            posts.setdefault(person, _post_said(unit, role))
            accounts.setdefault(person, account or str(person))
    return posts, accounts


def _post_said(unit: str, role: str) -> str:
    zone, language = current(), get_language() or "en"
    both = [(zone.units, unit), (zone.roles, role)]
    return " · ".join(kind[key].title.say(language) for kind, key in both if key in kind)


def colleagues(on: date) -> list[tuple[int, str, str]]:
    """(id, name, unit) of everybody who holds a post on that day; each unit once."""
    rows = Post.objects.filter(Q(until=None) | Q(until__gte=on), since__lte=on)
    return list(
        rows.order_by("person_id", "unit_id").values_list("person_id", "person__name", "unit_id").distinct()
    )


def units_above(unit_id: str) -> list[str]:
    """The unit and those above it, the highest first."""
    return unit_path(unit_id).strip("/").split("/")


def belongs_to(person: int, on: date, *, direct: bool = False) -> frozenset[str]:
    """Ids of the units in which somebody holds a post on that day, and of those above; direct: not those."""
    rows = _POSTS(person=person, on=on)
    if direct:
        return frozenset(unit for unit, _path in rows)
    return frozenset(part for _unit, path in rows for part in path.strip("/").split("/"))


_POSTS = Prepared(
    lambda person, on: Post.objects.filter(
        Q(until=None) | Q(until__gte=on), since__lte=on, person=person
    ).values_list("unit_id", "unit__path"),
    person=int,
    on=date,
)


@dataclass(frozen=True)
class PostReading:
    """A post as `site staff list` shows it; factor: whether its account has a second factor."""

    account: str
    name: str
    unit: str
    role: str
    since: date
    until: date | None
    factor: bool


def posts(on: date | None) -> list[PostReading]:
    """Every post that is held on that day, or ever was."""
    rows = Post.objects.exclude(person__user=None).annotate(
        factor=Exists(
            Authenticator.objects.filter(user=OuterRef("person__user")).exclude(type="recovery_codes")
        )
    )
    if on is not None:
        rows = rows.filter(Q(until=None) | Q(until__gte=on), since__lte=on)
    names = ("person__user__username", "person__name", "unit_id", "role", "since", "until", "factor")
    return [PostReading(*row) for row in rows.order_by("unit__path", "role", "id").values_list(*names)]


def holder_of_post(account: str, on: date) -> int:
    """The person behind an account that holds a post on that day."""
    held = Post.objects.filter(
        Q(until=None) | Q(until__gte=on), since__lte=on, person__user__username=account
    )
    found = held.values_list("person_id", flat=True).first()
    if found is None:
        raise Fault(_("%(account)s holds no post today; see `qinglian site staff list`"), account=account)
    return found


def enterprise_of(representative: int) -> int:
    """The enterprise, as it is now, for which somebody was recorded."""
    found = Representative.objects.filter(pk=representative).values_list("enterprise_id", flat=True).first()
    if found is None:
        raise Fault(_("there is no such record; look at the page of the enterprise again"))
    return root(found)


def person_name(person_id: int) -> str:
    return Person.objects.values_list("name", flat=True).get(pk=person_id)


def person_names(ids: Iterable[int]) -> dict[int, str]:
    return dict(Person.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def members(units: Iterable[str], on: date) -> list[tuple[int, str]]:
    """(id, name) of everybody who holds a post in one of these units on that day, by name."""
    rows = Post.objects.filter(Q(until=None) | Q(until__gte=on), since__lte=on, unit__in=list(units))
    return _named(rows.order_by("person__name", "person_id", "id"), on)
