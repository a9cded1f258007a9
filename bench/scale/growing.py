"""Many times as many cases: those that were filled in are copied by the database itself, some names changed.

Each copy has a number, a code, an enterprise and rows of its own; its words are those of the case that it
was copied from, but that its enterprise is called and numbered otherwise, as many words of a language come
again and few names do. So a word is found the more often the more cases there are, and a name as before.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

from bench.scale.copies import code_of
from bench.scale.lives import HOW_MANY
from bench.scale.rows import columns, model
from bench.scale.writing import TERMS, analyse, bare
from django.conf import settings
from django.db import connection, transaction

from qinglian.cli.progress import Bar

SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
MAP, WORDS = "bench_map", "bench_words"
# Column → the table whose rows it points to, all of them copied as well.
POINTS = {
    "case_id": "cases.Case", "clock_id": "cases.Clock", "conflict_check_id": "interests.ConflictCheck",
    "entry_id": "ledger.Entry", "applicant_id": "parties.Enterprise", "enterprise_id": "parties.Enterprise",
}  # fmt: skip
ORDER = (
    "parties.Enterprise", "parties.EnterpriseName", "parties.Identifier", "parties.Mention", "ledger.Entry",
    "cases.Case", "interests.ConflictCheck", "cases.CaseEvent", "cases.Assignment", "cases.Clock",
    "cases.ClockRung", "cases.Fact", "cases.Concern", "cases.CaseText", "cases.CaseHolder", "notices.Notice",
)  # fmt: skip
NAMED = {  # by the map, beside the rows themselves
    "cases.Case": "o.id", "cases.CaseText": "o.case_id", "notices.Notice": "o.subject",
}  # fmt: skip


def grow(times: int) -> dict[str, float]:
    """Seconds of each part, after which there are `times` as many cases as were filled in."""
    if not 2 <= times <= len(SIGNS):
        raise SystemExit(f"between 2 and {len(SIGNS)} times as many; not {times}")
    took, began = dict[str, float](), time.monotonic()
    spans = {name: _span(name) for name in ORDER}
    with bare():
        _lay_out(spans["cases.CaseText"])
        bar = Bar(sys.stderr, times - 1)
        for k in range(1, times):
            with transaction.atomic():
                _once_more(k, spans)
                _log_grows(spans["ledger.Entry"])
            bar("copying by the database", k, k)
        bar.end()
        _run(f"DROP TABLE {MAP}")
        _run(f"DROP TABLE {WORDS}")
        took["copies"] = time.monotonic() - began
    took["indexes"] = time.monotonic() - began - took["copies"]
    analyse()
    return took


def _run(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def _span(name: str) -> tuple[int, int]:
    """(last id before the first copy, last id): the lives that were copied are not copied again."""
    first = {
        "cases.Case": f"SELECT {HOW_MANY}",
        "parties.Enterprise": "SELECT MIN(enterprise_id) - 1 FROM parties_identifier WHERE source = 'bench'",
        "ledger.Entry": f"SELECT MIN(entry_id) - 1 FROM cases_caseevent WHERE case_id > {HOW_MANY}",
        "interests.ConflictCheck":
            f"SELECT MIN(conflict_check_id) - 1 FROM cases_caseevent WHERE case_id > {HOW_MANY}",
        "cases.ClockRung": "SELECT MIN(r.id) - 1 FROM cases_clockrung r JOIN cases_clock c"
            f" ON c.id = r.clock_id WHERE c.case_id > {HOW_MANY}",
        "notices.Notice": "SELECT MIN(n.id) - 1 FROM notices_notice n JOIN cases_case c"
            f" ON c.number = n.subject WHERE c.id > {HOW_MANY}",
    }  # fmt: skip
    table = model(name)._meta.db_table
    if name not in first:
        by, after = ("case_id", str(HOW_MANY)) if "case_id" in columns(name) else ("enterprise_id", "")
        after = after or f"({first['parties.Enterprise']})"
        first[name] = f"SELECT MIN(id) - 1 FROM {table} WHERE {by} > {after}"
    ((low,),), ((high,),) = _run(first[name]), _run(f"SELECT MAX(id) FROM {table}")
    return (0, 0) if low is None or high is None else (low, high)


def _lay_out(texts: tuple[int, int]) -> None:
    """Beside the tables: each case's new number, and the terms of each text."""
    from qinglian.capabilities.cases.grams import terms

    _run(f"CREATE TEMPORARY TABLE {MAP} (old BIGINT PRIMARY KEY, was TEXT, was_text TEXT, was_terms TEXT,"
         " number TEXT, text TEXT, terms TEXT, code TEXT)")  # fmt: skip
    _run(f"CREATE INDEX {MAP}_was ON {MAP} (was)")
    _run(f"CREATE TEMPORARY TABLE {WORDS} (id BIGINT PRIMARY KEY, body TEXT)")
    rows = model("cases.CaseText").objects.filter(pk__gt=texts[0], pk__lte=texts[1]).order_by("pk")
    found = ((pk, " ".join(terms(text))) for pk, text in rows.values_list("pk", "text").iterator(5000))
    _write(WORDS, 2, found)


def _write(table: str, n: int, rows: Iterator[tuple]) -> None:
    if connection.vendor == "sqlite":
        marks = ", ".join("?" * n)
        connection.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        return
    found = list(rows)  # read by the same connection that writes
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in found:
            copy.write_row(row)


def _once_more(k: int, spans: dict[str, tuple[int, int]]) -> None:
    _number(k, spans["cases.Case"])
    for name in ORDER:
        low, high = spans[name]
        if high == low:
            continue
        said = _said(name, k, spans)
        into = ", ".join(f'"{each}"' for each in said)
        beside = (
            f" JOIN {MAP} m ON m.{'was' if 'subject' in NAMED[name] else 'old'} = {NAMED[name]}"
            if name in NAMED
            else ""
        )
        _run(
            f"INSERT INTO {model(name)._meta.db_table} ({into}) SELECT {', '.join(said.values())}"
            f" FROM {model(name)._meta.db_table} o{beside}"
            f" WHERE o.id > {low} AND o.id <= {high} ORDER BY o.id"
        )
    _terms(k, spans["cases.CaseText"])


def _number(k: int, span: tuple[int, int]) -> None:
    from qinglian.capabilities.cases.grams import folded, terms
    from qinglian.capabilities.cases.rules import case_number, code_hash

    pattern = "{prefix}-{yyyy}-{seq:06}-{check}"
    series = model("cases.NumberSeries").objects.filter(pattern=pattern)
    last = dict(series.values_list("year", "last"))
    step = span[1] - span[0]

    def rows() -> Iterator[tuple]:
        cases = model("cases.Case").objects.filter(pk__gt=span[0], pk__lte=span[1]).order_by("pk")
        for pk, was in list(cases.values_list("pk", "number")):
            prefix, year, _rest = was.split("-", 2)
            last[int(year)] = seq = last[int(year)] + 1
            number = case_number(pattern, prefix, int(year), seq)
            code = code_hash(code_of(pk + k * step), settings.SECRET_KEY)
            old, new = folded(was), folded(number)
            yield pk, was, old, " ".join(terms(old)), number, new, " ".join(terms(new)), code

    _run(f"DELETE FROM {MAP}")
    _write(MAP, 8, rows())
    _run(f"ANALYZE {MAP}")
    for year, n in last.items():
        series.filter(year=year).update(last=n)


def _said(name: str, k: int, spans: dict[str, tuple[int, int]]) -> dict[str, str]:
    """Column → how the copy's value is made of the row o, and of the map's row m."""
    sign, letter = SIGNS[k], chr(ord("C") + k)
    postgres = connection.vendor == "postgresql"

    def moved(table: str, column: str) -> str:
        return f"o.{column} + {k * (spans[table][1] - spans[table][0])}"

    def renamed(column: str, json: bool = False) -> str:
        text = f"{column}::text" if json and postgres else column
        made = (
            f"replace(replace({text}, '号（示例）', '{sign}号（示例）'), '91000000MB', '91000000M{letter}')"
        )
        return f"({made})::jsonb" if json and postgres else made

    firms, entries = spans["parties.Enterprise"], spans["ledger.Entry"]
    away = k * (firms[1] - firms[0])
    own = {
        ("cases.Case", "number"): "m.number",
        ("cases.Case", "code_hash"): "m.code",
        ("cases.Case", "answers"): renamed("o.answers", json=True),
        ("parties.EnterpriseName", "name"): renamed("o.name"),
        ("parties.Identifier", "value"): renamed("o.value"),
        ("ledger.Entry", "index"): f'o."index" + {k * (entries[1] - entries[0])}',
        ("notices.Notice", "subject"): "m.number",
        ("cases.CaseText", "text"): f"replace(replace(replace(o.text, m.was_text, m.text), '号(示例)',"
                                    f" '{sign}号(示例)'), '91000000mb', '91000000m{letter.lower()}')",
        ("interests.ConflictCheck", "enterprises"):
            f"CASE WHEN o.enterprises::text = '[]' THEN o.enterprises ELSE"
            f" jsonb_build_array((o.enterprises->>0)::bigint + {away}) END" if postgres else
            f"CASE WHEN o.enterprises = '[]' THEN o.enterprises ELSE"
            f" '[' || (CAST(substr(o.enterprises, 2) AS INTEGER) + {away}) || ']' END",
    }  # fmt: skip
    made: dict[str, str] = {"id": moved(name, "id")}
    for column in columns(name)[1:]:
        plain: Callable[[], str] = lambda c=column: moved(POINTS[c], c) if c in POINTS else f'o."{c}"'  # noqa: E731
        made[column] = own.get((name, column)) or plain()
    return made


def _terms(k: int, texts: tuple[int, int]) -> None:
    """The terms of the copies' texts, changed where those were."""
    from qinglian.capabilities.cases.grams import folded, terms
    from qinglian.capabilities.cases.indexing import POSTGRESQL
    from qinglian.capabilities.cases.placing import BITS

    was, now = (" ".join(terms(folded(each))) for each in ("号（示例）", f"{SIGNS[k]}号（示例）"))
    letter = chr(ord("c") + k)
    body = (
        f"replace(replace(replace(w.body, m.was_terms, m.terms), '{was}', '{now}'),"
        f" 'w91000000mb', 'w91000000m{letter}')"
    )
    away = k * (texts[1] - texts[0])
    if connection.vendor == "sqlite":
        into, said, beside = "rowid, body", body, "JOIN cases_casetext t ON t.id = w.id"
    else:  # the copies' texts are there already
        marks = ", ".join(f"'n{bits}x' || (c.id >> {bits})" for bits in BITS)
        said = f"({body})::tsvector || array_to_tsvector(ARRAY['u' || k.unit_holding_id, {marks}])"
        into, said = ", ".join(POSTGRESQL), f"c.case_id, c.level, c.text, {said}"
        beside = (
            f"JOIN cases_casetext t ON t.id = w.id JOIN cases_casetext c ON c.id = w.id + {away}"
            " JOIN cases_case k ON k.id = c.case_id"
        )
    _run(
        f"INSERT INTO {TERMS} ({into}) SELECT w.id + {away}, {said} FROM {WORDS} w {beside}"
        f" JOIN {MAP} m ON m.old = t.case_id ORDER BY w.id"
    )


def _log_grows(span: tuple[int, int]) -> None:
    """The copies' entries stand in the tree, each where its index says."""
    from qinglian.capabilities.ledger import shelf
    from qinglian.engines.merkle import leaf_hash

    if not _leaves:
        rows = model("ledger.Entry").objects.filter(pk__gt=span[0], pk__lte=span[1]).order_by("pk")
        _leaves.extend(leaf_hash(bytes(data)) for data in rows.values_list("data", flat=True).iterator(5000))
    tree = model("ledger.Tree").objects.get(pk="restricted")
    grown, tiles = shelf.resume(tree).append(_leaves)
    shelf._keep(tree, tiles)
    model("ledger.Tree").objects.filter(pk=tree.pk).update(size=grown.size, root=grown.root())


_leaves: list[bytes] = []
