"""What is for whom: a notice is for one person, or for everybody with a post in a unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.module_loading import import_string

from qinglian.capabilities.notices.models import Notice


class Reader(Protocol):
    """Who asks, as the gate says it."""

    @property
    def person_id(self) -> int | None: ...

    @property
    def roles(self) -> Mapping[str, frozenset[str]]: ...  # unit path → roles held there


def own_notices(reader: Reader) -> QuerySet[Notice]:
    """What is for the reader, or for a unit of the reader's; what is for a unit below is read there."""
    if reader.person_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(Q(person=reader.person_id) | Q(unit__in=_units(reader)))


def newest(rows: QuerySet[Notice], reader: Reader, n: int) -> QuerySet[Notice]:
    """The newest n of these that are for the reader. Those of each addressee are looked up apart, by its
    index, so that it costs the same however many there are."""
    if reader.person_id is None:
        return Notice.objects.none()
    whom = [Q(person=reader.person_id), *(Q(unit=each) for each in _units(reader))]
    parts, values = list[str](), list[Any]()
    for each in whom:
        ids = rows.filter(each).order_by("-pk").values("pk")[:n]
        text, given = ids.query.get_compiler(connection=connection).as_sql()
        parts.append(f"SELECT * FROM ({text}) part_{len(parts)}")
        values += given
    return Notice.objects.filter(pk__in=RawSQL(" UNION ALL ".join(parts), values)).order_by("-pk")[:n]


def _units(reader: Reader) -> list[str]:
    return [path.strip("/").rpartition("/")[2] for path in reader.roles]


def in_sight(reader: Reader, subjects: Iterable[str]) -> set[str]:
    """Of what notices are about, what the reader may know the number of: a notice is for a whole unit, and
    not everybody in it is cleared for every case. The setting names who knows."""
    asked: Callable[[Reader, Iterable[str]], set[str]]
    asked = import_string(settings.NEWS_IN_SIGHT)
    return asked(reader, subjects)
