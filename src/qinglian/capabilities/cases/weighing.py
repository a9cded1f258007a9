"""How a search is best gone about: how common its words are in the last texts, and which cases are in sight.

There are two ways to find the cases with a word. By the index: every text with the word is looked at, the
newest first, until there are enough. One by one: every case in sight is looked at. Which is shorter depends
on the share of texts with the word, and on the share of cases in sight; what the last ones say of both is
near enough, as it changes nothing but the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from qinglian.capabilities.cases.grams import Word

WANTED = 1_000  # hits that a page counts; whoever has more narrows down
SAMPLE = {"sqlite": 5_000, "postgresql": 2_000}  # texts, the last ones; PostgreSQL must read each
SLOWER = 2  # as a case one by one is to a text by the index
FEW = 5_000  # texts that are looked at without a second thought
ENOUGH = 2  # as many hits as are wanted, should be among the newest cases
BACK = [2_000 * 4**n for n in range(6)]  # newest cases among which hits are looked for first
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
    since: Since | None = None  # the cases that promise enough hits; none: all are needed

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
    back: list[Since]


def weigh(asked: Sequence[Word], number: str, units: Sequence[str], *, newest_first: bool) -> Weighed:
    """In one question to the database. newest_first: the list is in that order, and enough is enough.

    Several words may each be common and never stand together: then no end comes before the last case.
    """
    found = _sampled(asked, number, units)
    if found.by_number:
        return Weighed([], by_number=True)
    rarest = {each: sorted(each.terms, key=lambda term: found.share[term])[:2] for each in asked}
    held = {each: found.share[rarest[each][0]] for each in asked}  # no more texts than these hold the word
    first = min(asked, key=lambda each: held[each])
    texts = held[first] * found.texts
    enough = WANTED * ENOUGH / found.in_sight  # texts with the word among which are as many as are wanted
    since = None
    if newest_first and len(asked) == 1 and texts > max(FEW, 2 * enough):
        far = enough / texts * found.cases
        since = next((each for each, back in zip(found.back, BACK, strict=False) if back >= far), None)
    walked = found.in_sight * found.cases
    if len(asked) == 1:
        walked = min(walked, WANTED / held[first])
    if (enough if since else texts) > max(FEW, SLOWER * walked):
        return Weighed([Way(each) for each in asked])
    # the index is asked for the rarest word first, and for others that one has many texts; by SQLite, which
    # meets two lists one after the other, only for words that are not much commoner
    most = {"sqlite": SLOWER * texts, "postgresql": found.texts}[connection.vendor] if texts > FEW else 0
    ways = [
        Way(each, tuple(rarest[each]) if each is first or held[each] * found.texts < most else ())
        for each in sorted(asked, key=lambda each: held[each])
    ]
    return Weighed(ways, since=since)


def _sampled(asked: Sequence[Word], number: str, units: Sequence[str]) -> Sampled:
    begun = {term: each.begun for each in asked for term in each.terms}
    sample = SAMPLE[connection.vendor]
    case, text = (f"(SELECT MAX(id) FROM cases_{name})" for name in ("case", "casetext"))
    held = ", ".join(["%s"] * len(units)) or "NULL"
    numbered = "EXISTS (SELECT 1 FROM cases_case WHERE number = %s)"
    parts = [
        numbered,
        case,
        text,
        f"(SELECT COUNT(*) FROM cases_case WHERE id > {case} - {sample} AND unit_holding_id IN ({held}))",
        *(_FIRST.format(case=case, back=back) for back in BACK),
    ]
    said = [as_asked([each], on) for each, on in begun.items()]
    if connection.vendor == "sqlite":  # CASE: what is found by its number is not counted
        count = "(SELECT COUNT(*) FROM cases_terms WHERE cases_terms MATCH %s AND rowid > {at})"
        parts += [f"CASE WHEN {numbered} THEN 0 ELSE {count.format(at=f'{text} - {sample}')} END"] * len(said)
        values = [value for each in said for value in (number, each)]
    else:
        counts = ", ".join(["COUNT(*) FILTER (WHERE body @@ %s::tsquery)"] * len(said))
        counted = f"(SELECT ARRAY[{counts}] FROM cases_terms WHERE text_id > {text} - {sample})"
        parts.append(f"CASE WHEN {numbered} THEN NULL ELSE {counted} END")
        values = [number, *said]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", [number, *units, *values])
        by_number, cases, texts, seen, *more = cursor.fetchone()
    at_first, counted = more[: len(BACK)], more[len(BACK) :]
    if connection.vendor != "sqlite":
        counted = counted[0] or [0] * len(said)
    looked = max(1, min(sample, texts or 0))
    return Sampled(
        bool(by_number),
        cases or 0,
        max(seen, 1) / max(1, min(sample, cases or 0)),
        texts or 0,
        {term: max(n, 1) / looked for term, n in zip(begun, counted, strict=True)},
        [Since(cases - back, at) for back, at in zip(BACK, at_first, strict=True) if at is not None],
    )


# The first text that a case after the newest but so many may have. "+ 0": PostgreSQL would otherwise walk
# through all texts in their order until it meets one.
_FIRST = (
    "(SELECT MIN(id + 0) FROM cases_casetext"
    f" WHERE case_id > {{case}} - {{back}} AND case_id <= {{case}} - {{back}} + {ASIDE})"
)


def as_asked(terms: Sequence[str], begun: bool) -> str:
    """Terms that must all stand in a text, as FTS5 or PostgreSQL reads it; begun: they may go on."""
    if connection.vendor == "sqlite":
        return " AND ".join(f'"{term}"' + "*" * begun for term in terms)
    return " & ".join(f"'{term}'" + ":*" * begun for term in terms)
