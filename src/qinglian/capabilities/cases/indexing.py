"""The search index: one text for each case and level, and its terms in the database's own full text.

Whoever changes what a case says calls `index_case` in the same transaction. SQLite keeps the terms in an
FTS5 table without content, PostgreSQL in a table of its own: with a copy of what else a search looks at, so
that one row tells whether a case is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import connection, transaction

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.access.prepared_writes import insert, update
from qinglian.capabilities.cases.grams import kept, terms
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import Case, CaseEvent, CaseText
from qinglian.capabilities.cases.placing import marks
from qinglian.capabilities.cases.saying import said_everywhere
from qinglian.capabilities.parties.queries import enterprise
from qinglian.zone import Matter

LONGEST = 20_000  # signs of one text that are searched
STEP = 200  # cases to a transaction, when the index is made anew
MANY = 2_000  # texts whose terms are laid down together
POSTGRESQL = ("text_id", "case_id", "level", "text", "body")  # what it keeps of a text
UNREAD = ("add", "clock", "erased", "to", "rung", "files")  # of an event's data: nothing that somebody wrote


def index_case(case: Case, *, new: bool = False) -> None:
    """Make the texts of a case, and their terms, what its rows say now. new: it has no texts yet."""
    meant = {level: kept(text)[:LONGEST] for level, text in said(case, matter_of(case)).items() if text}
    for row in () if new else CaseText.objects.filter(case=case):
        text = meant.pop(row.level, "")
        if text == row.text:
            continue
        _forget(row)
        if text:
            row.text = text
            update(row, "text")
            _keep(row, case)
        else:
            row.delete()
    for level, text in meant.items():
        _keep(insert(CaseText(case=case, level=level, text=text)), case)


def index_event(case: Case, action: str, data: Mapping[str, Any]) -> None:
    """Add the words of one event, just written, to the texts of a case that are in step but for them."""
    words = kept("\n".join(words_of(data)))
    if not words:
        return
    level = _level(matter_of(case), action)
    row = _TEXT.first(case=case.pk, level=level)
    if row is None:
        _keep(insert(CaseText(case=case, level=level, text=words[:LONGEST])), case)
    elif len(row.text) < LONGEST:
        _forget(row)
        row.text = f"{row.text}\n{words}"[:LONGEST]
        update(row, "text")
        _keep(row, case)


_TEXT = Prepared(lambda case, level: CaseText.objects.filter(case=case, level=level), case=int, level=str)


def words_of(data: Mapping[str, Any]) -> list[str]:
    """What somebody wrote with an event, or picked; sorted, as databases keep no order."""
    said = [text for need, text in sorted(data.items()) if need not in UNREAD]
    return [text for text in said if isinstance(text, str) and text]


def _level(matter: Matter, action: str) -> str:
    taken = matter.actions.get(action)
    return taken.sensitivity if taken else matter.content


def said(case: Case, matter: Matter) -> Mapping[str, str]:
    """Level → everything of that level that a case says. The number is held as closely as the case."""
    found: dict[str, list[str]] = defaultdict(list)
    found[case.sensitivity].append(case.number)
    titled = matter.fields.get("title")
    found[titled.sensitivity if titled else matter.content].append(case.title)
    for key, field in matter.fields.items():  # in their order there: databases keep no other
        if key in case.answers and field.type not in ("files", "undertaking"):
            found[field.sensitivity].append(said_everywhere(field, case.answers[key]))
    named = matter.fields.get("name")
    if case.applicant_id is not None and named is not None and case.erased_at is None:
        firm = enterprise(case.applicant_id)
        found[named.sensitivity] += [name for _script, _kind, name in firm.names]
        found[named.sensitivity] += [value for _kind, value, _checked, _source in firm.numbers]
    for action, data in _SAID(case=case.pk):
        found[_level(matter, action)] += words_of(data)
    return {level: "\n".join(filter(None, texts)) for level, texts in found.items()}


_SAID = Prepared(
    lambda case: CaseEvent.objects.filter(case=case).order_by("seq").values_list("action", "data"), case=int
)


def _keep(row: CaseText, case: Case) -> None:
    found = terms(row.text)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO cases_terms (rowid, body) VALUES (%s, %s)", [row.pk, " ".join(found)])
        else:
            body = sorted({*found, *marks(row.pk, case.unit_holding_id)})
            cursor.execute(_KEEP, [row.pk, case.pk, row.level, row.text, body])


_KEEP = (
    f"INSERT INTO cases_terms ({', '.join(POSTGRESQL)})"
    " VALUES (%s, %s, %s, %s, array_to_tsvector(%s::text[])) ON CONFLICT (text_id) DO UPDATE SET"
    " case_id = excluded.case_id, level = excluded.level, text = excluded.text, body = excluded.body"
)


def _forget(row: CaseText) -> None:
    """SQLite's table has no content of its own: it is told the terms that it shall forget."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "INSERT INTO cases_terms (cases_terms, rowid, body) VALUES ('delete', %s, %s)",
                [row.pk, " ".join(terms(row.text))],
            )
        else:
            cursor.execute("DELETE FROM cases_terms WHERE text_id = %s", [row.pk])


def let_go() -> None:
    """What was forgotten leaves the file too: SQLite only marks terms as gone until its index is merged."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO cases_terms (cases_terms) VALUES ('optimize')")


def lay_terms(tell: Callable[[int], None] = lambda _more: None) -> int:
    """The terms of every text anew, from the texts as they stand; how many there were.

    tell: hears how many more are done.
    """
    done = last = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EMPTIED[connection.vendor])
        rows = CaseText.objects.order_by("pk").values_list(
            "pk", "case", "level", "text", "case__unit_holding"
        )
        while some := list(rows.filter(pk__gt=last)[:MANY]):
            _lay(cursor, some)
            done, last = done + len(some), some[-1][0]
            tell(len(some))
    return done


def _lay(cursor: Any, rows: list[tuple[int, int, str, str, str]]) -> None:
    """Many at once."""
    if connection.vendor == "sqlite":
        words = [(pk, " ".join(terms(text))) for pk, _case, _level, text, _unit in rows]
        cursor.executemany("INSERT INTO cases_terms (rowid, body) VALUES (%s, %s)", words)
        return
    with cursor.copy(f"COPY cases_terms ({', '.join(POSTGRESQL)}) FROM STDIN") as copy:
        for pk, case, level, text, unit in rows:
            copy.write_row((pk, case, level, text, as_tsvector({*terms(text), *marks(pk, unit)})))


def as_tsvector(found: Iterable[str]) -> str:
    """As PostgreSQL reads it. Terms are letters and digits; what a unit is called may have a hyphen."""
    return " ".join(f"'{term}'" for term in sorted(found))


_EMPTIED = {
    "sqlite": "INSERT INTO cases_terms (cases_terms) VALUES ('delete-all')",
    "postgresql": "TRUNCATE cases_terms",
}


def rebuild_search(tell: Callable[[int], None] = lambda _done: None) -> int:
    """Make the whole index anew from the cases; how many there were. Texts that agree are left alone."""
    done, last = 0, 0
    while ids := list(Case.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:STEP]):
        with transaction.atomic():
            for case in Case.objects.select_related("matter_version").filter(pk__in=ids):
                index_case(case)
        done, last = done + len(ids), ids[-1]
        tell(done)
    return done
