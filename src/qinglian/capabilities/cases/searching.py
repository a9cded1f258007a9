"""Cases found by what they say: each word in a text that the reader is cleared for, or by the number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import isqrt
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from qinglian.capabilities.access.levels import asks_again
from qinglian.capabilities.cases.concerns import shut_from
from qinglian.capabilities.cases.grams import HAN, Word, words
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.rules import tidy_number
from qinglian.capabilities.cases.sight import Sight, groups, of_group
from qinglian.zone.current import current

LONGEST = 200  # signs of a question that are read
WANTED = 1_000  # hits that a page counts; whoever has more narrows down
SAMPLE = 20_000  # texts, the last ones, in which it is counted how often a term stands
_HAN = re.compile(f"[{HAN}]")
_NUMBER = re.compile(r"\S*\d\S*")


def matching(question: str, sight: Sight) -> Q:
    """The cases within sight in which every word is found; none for a question without a word.

    A word counts only where the reader may read the text it stands in, so that nobody learns by asking.
    The number of a case finds that one.
    """
    asked = words(question[:LONGEST])
    none = Q(pk__in=[])
    if not asked or "\x00" in question:
        return none
    number = tidy_number(question[:LONGEST])
    by_number = _NUMBER.fullmatch(number) and Case.objects.filter(number=number).exists()
    rarest = {} if by_number else _rarest(asked)
    found = none
    for levels, ids in groups(sight.units).items():
        said = Q(number=number) if by_number else Q()
        for each in () if by_number else asked:
            said &= _holding(each, _open_now(levels, sight.fresh), rarest.get(each))
        found |= of_group(levels, ids) & said
    return found & ~shut_from(sight.belongs, sight.person)


def _open_now(levels: frozenset[str] | None, fresh: bool) -> frozenset[str] | None:
    """The levels whose texts are searched: those that ask for a fresh sign-in only after one."""
    if fresh:
        return levels
    known = current().sensitivity if levels is None else levels
    return frozenset(level for level in known if not asks_again(level))


def _rarest(asked: Sequence[Word]) -> dict[Word, list[str]]:
    """Word → its terms, the rarest first; none for a word that stands in so many texts that it is quicker to
    look at cases one by one until enough are found. PostgreSQL weighs this by itself; SQLite is told.

    How often a term stands in the last texts says how often in all. By the index a word costs as many steps
    as there are texts with it; one by one, the wanted hits over the share of texts with it: they are equal at
    the root of wanted times texts.
    """
    if connection.vendor != "sqlite":
        return {}
    newest = "(SELECT MAX(id) FROM cases_casetext)"
    term = f"(SELECT COUNT(*) FROM cases_terms WHERE cases_terms MATCH %s AND rowid > {newest} - {SAMPLE})"
    terms = [(each, n) for each in asked for n in range(len(each.terms))]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join([newest, *[term] * len(terms)])}", [_phrase(w, n) for w, n in terms]
        )
        texts, *found = cursor.fetchone()
    share: dict[Word, list[tuple[int, str]]] = {each: [] for each in asked}
    for (word, n), seen in zip(terms, found, strict=True):
        share[word].append((seen, word.terms[n]))
    most = isqrt(WANTED * (texts or 0)) * min(texts or 0, SAMPLE)
    return {
        word: [] if min(rows)[0] * (texts or 0) > most else [name for _n, name in sorted(rows)]
        for word, rows in share.items()
    }


def _holding(word: Word, levels: frozenset[str] | None, rarest: list[str] | None) -> Q:
    """The cases with a text of these levels that holds the word."""
    at_level, values = _of_levels(levels)
    if connection.vendor == "sqlite":
        if not rarest:
            return Q(_one_by_one(word, at_level, values))
        phrase, whole = _phrase(word), list[str]()
        if len(word.terms) > 2:  # two of them find few texts, and those are looked at
            phrase, whole = " AND ".join(f'"{term}"' for term in rarest[:2]), [word.text]
            at_level = f" AND instr(t.text, %s) > 0{at_level}"
        # CROSS JOIN: the terms first, always; the planner would rather walk every text and ask for each.
        ids = RawSQL(
            "SELECT t.case_id FROM cases_terms CROSS JOIN cases_casetext t ON t.id = cases_terms.rowid"
            f" WHERE cases_terms MATCH %s{at_level}",
            [phrase, *whole, *values],
        )
        return Q(pk__in=ids)
    also, whole = ("", []) if len(word.terms) < 2 else (" AND t.text LIKE %s", [f"%{word.text}%"])
    ids = RawSQL(
        "SELECT t.case_id FROM cases_terms g JOIN cases_casetext t ON t.id = g.text_id"
        f" WHERE g.body @@ %s::tsquery{also}{at_level}",
        [_all_of(word), *whole, *values],
    )
    return Q(pk__in=ids)


def _one_by_one(word: Word, at_level: str, values: list[Any]) -> RawSQL:
    """Asked of each case on the way: its text holds the word; what is no Chinese, not within another word."""
    also, phrase = "", list[str]()
    if word.begun and not _HAN.fullmatch(word.text):
        also = " AND EXISTS (SELECT 1 FROM cases_terms WHERE rowid = t.id AND cases_terms MATCH %s)"
        phrase = [_phrase(word)]
    return RawSQL(
        "EXISTS (SELECT 1 FROM cases_casetext t WHERE t.case_id = cases_case.id"
        f" AND instr(t.text, %s) > 0{at_level}{also})",
        [word.text, *values, *phrase],
        output_field=BooleanField(),
    )


def _of_levels(levels: Iterable[str] | None) -> tuple[str, list[Any]]:
    if levels is None:
        return "", []
    known = sorted(levels)
    return (f" AND t.level IN ({', '.join(['%s'] * len(known))})" if known else " AND 1 = 0"), known


def _phrase(word: Word, only: int | None = None) -> str:
    """As FTS5 reads it: terms that follow each other, or one of them; the last one may go on."""
    terms = word.terms if only is None else word.terms[only : only + 1]
    return '"' + " ".join(terms) + '"' + ("*" if word.begun else "")


def _all_of(word: Word) -> str:
    """As PostgreSQL reads it; whether they follow each other, the text says."""
    return " & ".join(f"'{term}'" + (":*" if word.begun else "") for term in word.terms)
