"""How a search is best gone about: how common its words are in the last texts, and which cases are in sight.

There are two ways to find the cases with a word. By the index: every text with the word is looked at, the
newest first, until there are enough. One by one: every case in sight is looked at. Which is shorter depends
on the share of texts with the word, and on the share of cases in sight; what the last ones say of both is
near enough, as it changes nothing but the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from django.db import connection

from qinglian.capabilities.cases.grams import Word
from qinglian.capabilities.cases.placing import APART

WANTED = 1_000  # hits that a page counts; whoever has more narrows down
SAMPLE = {"sqlite": 5_000, "postgresql": 2_000}  # texts, the last ones; PostgreSQL must read each, and
# for pieces of words the half of them
RARE = 8  # of the last texts: no more than these tell nothing of which word is rarer
SLOWER = 2  # as a case one by one is to a text by the index
FEW = 3_000  # texts that are looked at without a second thought
ENOUGH = 1.5  # times as many hits as are wanted, should be among the newest cases
ASIDE = 200  # cases whose texts may have been written side by side


@dataclass(frozen=True)
class Way:
    """A word, and its terms by which the index is asked, the rarest; without, cases are asked one by one."""

    word: Word
    terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Since:
    """The newest cases: those after this one, and the first text that any of them may have."""

    case: int
    text: int


@dataclass(frozen=True)
class Weighed:
    ways: list[Way]
    by_number: bool = False  # there is a case with the number that was typed: that one is meant
    since: Since | None = None  # the newest cases, which promise enough hits; none: all are needed
    texts: int = 0  # the number of the last text

    @property
    def by_index(self) -> bool:
        return any(way.terms for way in self.ways)


@dataclass(frozen=True)
class Sampled:
    """What the last cases and texts say of all of them."""

    by_number: bool
    cases: int
    in_sight: float  # share of the cases
    texts: int
    share: dict[str, float]  # term → share of the texts
    whole: dict[Word, float]  # word → share of the texts that hold it, all its signs in their order


def weigh(asked: Sequence[Word], number: str, units: Sequence[str], *, newest_first: bool) -> Weighed:
    """In one question to the database, and another where not all cases are gone through at once.

    newest_first: the list is in that order, and enough is enough. Several words are taken to meet as chance
    would have it; where they meet less often, what was looked at among the newest cases was in vain.
    """
    found = _sampled(asked, number, units)
    if found.by_number:
        return Weighed([], by_number=True)
    rarest = {each: sorted(each.terms, key=lambda term: found.share[term])[:2] for each in asked}
    held = {each: found.share[rarest[each][0]] for each in asked}  # no more texts than these hold the word
    # what the last texts hold hardly or not at all is alike rare by what they say, and a long word the rarer
    first = min(asked, key=lambda each: (max(held[each], RARE / SAMPLE[connection.vendor]), -len(each.text)))
    looked, since = held[first] * found.texts, None
    if connection.vendor == "postgresql" and len(units) <= APART:
        looked *= found.in_sight  # its index knows the unit of a text
    if newest_first and looked > FEW:
        meeting = prod(min(1.0, found.whole[each] * found.texts / found.cases) for each in asked)
        back = WANTED * ENOUGH / found.in_sight / meeting  # the newest cases that promise enough
        since = _since(found.cases - round(back)) if back < found.cases / 2 else None
        looked *= back / found.cases if since else 1
    walked = found.in_sight * found.cases
    if len(asked) == 1:
        walked = min(walked, WANTED / held[first])
    if looked > max(FEW, SLOWER * walked):
        return Weighed([Way(each) for each in asked])
    # the index is asked for the rarest word first, and for others that one has many texts; by SQLite, which
    # meets two lists one after the other, only for words that are not much commoner
    most = {"sqlite": SLOWER * held[first], "postgresql": 1}[connection.vendor] if looked > FEW else 0
    ways = [
        Way(each, tuple(rarest[each]) if each is first or held[each] < most else ())
        for each in sorted(asked, key=lambda each: (each is not first, held[each]))
    ]
    return Weighed(ways, since=since, texts=found.texts)


def _sampled(asked: Sequence[Word], number: str, units: Sequence[str]) -> Sampled:
    pieces = {term: signs for each in asked for term, signs in _pieces(each)}
    sample = SAMPLE[connection.vendor]
    case, text = (f"(SELECT MAX(id) FROM cases_{name})" for name in ("case", "casetext"))
    held = ", ".join(["%s"] * len(units)) or "NULL"
    numbered = "EXISTS (SELECT 1 FROM cases_case WHERE number = %s)"
    parts = [
        numbered,
        case,
        text,
        f"(SELECT COUNT(*) FROM cases_case WHERE id > {case} - {sample} AND unit_holding_id IN ({held}))",
    ]  # and, unless it is found by its number, how many texts hold each piece and each word
    if connection.vendor == "sqlite":
        said = [*(f'"{term}"' for term in pieces), *(_phrase(each) for each in asked)]
        count = "(SELECT COUNT(*) FROM cases_terms WHERE cases_terms MATCH %s AND rowid > {at})"
        parts += [f"CASE WHEN {numbered} THEN 0 ELSE {count.format(at=f'{text} - {sample}')} END"] * len(said)
        values = [value for each in said for value in (number, each)]
        among = [sample] * len(said)
    else:
        among = [sample // 2] * len(pieces) + [sample] * len(asked)
        values = []
        for some, last in ((list(pieces.values()), sample // 2), ([each.text for each in asked], sample)):
            counts = ", ".join(["COUNT(*) FILTER (WHERE position(%s in text) > 0)"] * len(some))
            texts_read = f"(SELECT text FROM cases_terms ORDER BY text_id DESC LIMIT {last}) t"
            if some:
                parts.append(f"CASE WHEN NOT {numbered} THEN (SELECT ARRAY[{counts}] FROM {texts_read}) END")
                values += [number, *some]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", [number, *units, *values])
        by_number, cases, texts, seen, *counted = cursor.fetchone()
    if connection.vendor != "sqlite":
        counted = [n for some in counted for n in some or ()] or [0] * len(among)
    shares = [max(n, 1) / max(1, min(of, texts or 0)) for n, of in zip(counted, among, strict=True)]
    whole = dict(zip(asked, shares[len(pieces) :], strict=True))
    return Sampled(
        bool(by_number),
        cases or 0,
        max(seen, 1) / max(1, min(sample, cases or 0)),
        texts or 0,
        {each.terms[0]: share for each, share in whole.items()} | dict(zip(pieces, shares, strict=False)),
        whole,
    )


def _pieces(word: Word) -> list[tuple[str, str]]:
    """The terms of a word of several, each with its two signs."""
    pairs = zip(word.terms, word.text, word.text[1:], strict=False)
    return [(term, one + two) for term, one, two in pairs] if len(word.terms) > 1 else []


def _phrase(word: Word) -> str:
    """The whole word, as FTS5 reads it."""
    return f'"{" ".join(word.terms)}"' + "*" * word.begun


def _since(case: int) -> Since | None:
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [case, case + ASIDE])
        (text,) = cursor.fetchone()
    return None if text is None else Since(case, text)


# "+ 0": PostgreSQL would otherwise walk through all texts in their order until it meets one.
_FIRST = "SELECT MIN(id + 0) FROM cases_casetext WHERE case_id > %s AND case_id <= %s"


def as_asked(terms: Sequence[str], begun: bool) -> str:
    """Terms that must all stand in a text, as FTS5 or PostgreSQL reads it; begun: they may go on."""
    if connection.vendor == "sqlite":
        return " AND ".join(f'"{term}"' + "*" * begun for term in terms)
    return " & ".join(f"'{term}'" + ":*" * begun for term in terms)
