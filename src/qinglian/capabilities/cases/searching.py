"""Cases found by what they say: each word in a text that the reader is cleared for, or by the number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from qinglian.capabilities.access.levels import asks_again
from qinglian.capabilities.cases.concerns import open_to
from qinglian.capabilities.cases.grams import HAN, Word, words
from qinglian.capabilities.cases.placing import placed
from qinglian.capabilities.cases.rules import tidy_number
from qinglian.capabilities.cases.sight import APART, Sight, groups, of_group
from qinglian.capabilities.cases.weighing import Since, Way, Weighed, as_asked, weigh
from qinglian.zone.current import current

LONGEST = 200  # signs of a question that are read
_HAN = re.compile(f"[{HAN}]")
_NUMBER = re.compile(r"\S*\d\S*")


class Search:
    """Which cases within sight hold every word of a question, none for one without a word: `all` of them, or
    in `parts`, the newest cases first, where those promise as many hits as are wanted.

    A word counts only where the reader may read the text it stands in, so that nobody learns by asking.
    The number of a case finds that one.
    """

    def __init__(self, question: str, sight: Sight, *, newest_first: bool = False) -> None:
        self.sight, self.weighed = sight, Weighed([])
        asked = [] if "\x00" in question else words(question[:LONGEST])
        number = tidy_number(question[:LONGEST])
        self.number = number if _NUMBER.fullmatch(number) else ""
        if asked:
            self.weighed = weigh(asked, self.number, list(sight.units), newest_first=newest_first)

    def all(self) -> Q:
        return self._within(None)

    def parts(self) -> Iterator[Q]:
        since = self.weighed.since
        if since:
            yield self._within(since)
        yield self.all() & Q(pk__lte=since.case) if since else self.all()

    def _within(self, since: Since | None) -> Q:
        found = Q(pk__in=[])
        if not (self.weighed.by_number or self.weighed.ways):
            return found
        alone = sum(bool(way.terms) for way in self.weighed.ways) == 1
        for levels, ids in groups(self.sight.units).items():
            said = Q(number=self.number) if self.weighed.by_number else Q()
            for way in self.weighed.ways:
                said &= self._holding(way, ids, _open_now(levels, self.sight.fresh), since, alone=alone)
            found |= of_group(levels, ids, apart=0 if self.weighed.by_index else APART) & said
        found &= open_to(self.sight.belongs, self.sight.person)
        return found & Q(pk__gt=since.case) if since else found

    def _holding(
        self, way: Way, ids: list[str], levels: frozenset[str] | None, since: Since | None, *, alone: bool
    ) -> Q:
        """The cases with a text of these levels that holds the word; alone: no other list is met."""
        at_level, values = _of_levels(levels)
        if not way.terms:
            return Q(_one_by_one(way.word, at_level, values))
        among, join, contains, matches, newer = _SPOKEN[connection.vendor]
        among = among if alone else "cases_case.id IN ({})"
        asked, whole = as_asked(way.terms, way.word.begun), list[str]()
        if len(way.word.terms) > 1:
            at_level, whole = f" AND {contains}{at_level}", [way.word.text]
        if connection.vendor == "postgresql":
            asked += placed(ids if len(ids) <= APART else [], since.text if since else 0, self.weighed.texts)
        elif since:
            at_level = f" AND {newer.format(since.text)}{at_level}"
        return Q(RawSQL(
            among.format(f"SELECT t.case_id FROM {join} WHERE {matches}{at_level}"),
            [asked, *whole, *values],
            output_field=BooleanField(),
        ))  # fmt: skip


def _open_now(levels: frozenset[str] | None, fresh: bool) -> frozenset[str] | None:
    """The levels whose texts are searched: those that ask for a fresh sign-in only after one."""
    if fresh:
        return levels
    known = current().sensitivity if levels is None else levels
    return frozenset(level for level in known if not asks_again(level))


# A case is among those found; the texts of a word, whether a text holds it, its terms, since which text.
# CROSS JOIN: the terms first, always; SQLite's planner would rather walk every text and ask for each.
# ARRAY: found first; PostgreSQL would rather look for words case after case. Two lists it joins itself.
_SPOKEN = {
    "sqlite": (
        "cases_case.id IN ({})",
        "cases_terms CROSS JOIN cases_casetext t ON t.id = cases_terms.rowid",
        "instr(t.text, %s) > 0", "cases_terms MATCH %s", "cases_terms.rowid >= {:d}",
    ),
    "postgresql": (
        "cases_case.id IN (SELECT unnest(ARRAY({})))",
        "cases_terms t",
        "position(%s in t.text) > 0", "t.body @@ %s::tsquery", "",
    ),
}  # fmt: skip


def _one_by_one(word: Word, at_level: str, values: list[Any]) -> RawSQL:
    """Asked of each case on the way: its text holds the word; what is no Chinese, not within another word."""
    also, phrase = "", list[str]()
    _among, _join, contains, _matches, _row = _SPOKEN[connection.vendor]
    if word.begun and not _HAN.fullmatch(word.text):
        also, phrase = f" AND EXISTS ({_STANDS[connection.vendor]})", [as_asked(word.terms, word.begun)]
    return RawSQL(
        "EXISTS (SELECT 1 FROM cases_casetext t WHERE t.case_id = cases_case.id"
        f" AND {contains}{at_level}{also} {_APART[connection.vendor]})",
        [word.text, *values, *phrase],
        output_field=BooleanField(),
    )


_STANDS = {
    "sqlite": "SELECT 1 FROM cases_terms WHERE rowid = t.id AND cases_terms MATCH %s",
    "postgresql": "SELECT 1 FROM cases_terms g WHERE g.text_id = t.id AND g.body @@ %s::tsquery",
}
_APART = {"sqlite": "", "postgresql": "OFFSET 0"}  # PostgreSQL would make a join of it, and read every text


def _of_levels(levels: Iterable[str] | None) -> tuple[str, list[Any]]:
    if levels is None:
        return "", []
    known = sorted(levels)
    return (f" AND t.level IN ({', '.join(['%s'] * len(known))})" if known else " AND 1 = 0"), known
