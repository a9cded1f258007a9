"""A life, lived again by somebody else: other words, another number, another counter, other hands."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bench.scale.rows import PEOPLE, UNIT, UNITS, Row, Shape, Template, columns
from bench.scale.words import Words
from bench.scale.writing import Batch
from bench.scale.zone import Staff, counter

OPEN_SHARE = 0.15  # far more than a zone that works has: lists of open cases are the dearest
WEEKS = 140  # how far back what has ended lies; before three years are over, its words are erased
HELD_BY_ACCOUNT = 0.02
SECRET = "bench {pk}"


def code_of(pk: int) -> str:
    """The code with which the applicant follows the case of this id."""
    from qinglian.capabilities.cases.rules import code_from

    return code_from(SECRET.format(pk=pk))


@dataclass
class Firm:
    pk: int
    name: str
    number: str


@dataclass
class Counting:
    """The next id of each table, and the next number of each year."""

    ids: dict[str, int]
    numbers: dict[int, int]
    leaves: list[bytes] = field(default_factory=list)  # hashes of entries, in order

    def next(self, name: str) -> int:
        self.ids[name] += 1
        return self.ids[name]


class Copier:
    def __init__(self, templates: list[Template], staff: Staff, words: Words, counting: Counting,
                 firms: list[Firm], index: int) -> None:  # fmt: skip
        self.ended = [each for each in templates if not each.life.open]
        self.opened = [each.shape(0) for each in templates if each.life.open]
        self.shapes: dict[tuple[int, int], Shape] = {}
        self.staff, self.words, self.counting, self.firms = staff, words, counting, firms
        self.index = index  # of the next entry in the tree
        self.place = {name: {c: n for n, c in enumerate(columns(name))} for name in self._tables()}

    def _tables(self) -> list[str]:
        return ["cases.Case", *self.ended[0].found, "ledger.Entry"]

    def _shape(self) -> Shape:
        chance = self.words.chance
        if chance() < OPEN_SHARE:
            return self.opened[int(chance() * len(self.opened))]
        which, weeks = int(chance() * len(self.ended)), int(chance() * WEEKS)
        if (which, weeks) not in self.shapes:
            self.shapes[which, weeks] = self.ended[which].shape(weeks)
        return self.shapes[which, weeks]

    def copy(self, batch: Batch) -> None:
        """One more case, into the batch."""
        shape, chance = self._shape(), self.words.chance
        unit = counter(1 + int(48 * chance() ** 2))
        pk, number = self.counting.next("cases.Case"), self._number(shape)
        firm = self.firms[int(chance() * len(self.firms))] if shape.firm else None
        said = self._said(shape, firm, number, unit)
        hands = self._hands(unit)
        from qinglian.capabilities.ledger.appending import moment

        ids: dict[str, dict[int, int]] = defaultdict(dict)
        if not shape.logged:
            shape.logged = [(moment(at), self.moment(at)) for at in shape.on]
        entries = [self._entry(batch, at, n) for n, at in enumerate(shape.logged)]
        changed = {
            "case_id": pk, "number": number, "subject": number,
            "applicant_id": firm.pk if firm else None,
            "enterprises": f"[{firm.pk}]" if firm else "[]",
        }  # fmt: skip
        for name in ORDER:
            for n, row in enumerate(shape.rows.get(name, ())):
                values = self._values(name, row, shape.marks, said, hands, unit, changed)
                new = pk if name == "cases.Case" else self.counting.next(name)
                ids[name][row.pk] = values[0] = new
                self._tie(name, values, row, ids, entries, n)
                batch.add(name, tuple(values))
        self._texts(batch, shape, pk, unit, said)
        if chance() < HELD_BY_ACCOUNT:
            user = self.staff.accounts[int(len(self.staff.accounts) * chance() ** 3)]
            batch.add("cases.CaseHolder", (self.counting.next("cases.CaseHolder"), pk, user, None,
                                           shape.rows["cases.Case"][0].values["lodged_at"], 0))  # fmt: skip

    def _tie(self, name: str, values: list[Any], row: Row, ids: dict[str, dict[int, int]], entries: list[int],
             n: int) -> None:  # fmt: skip
        """What rows of one case say of each other."""
        place = self.place[name]
        if name == "cases.Case":
            values[place["code_hash"]] = self._code_hash(values[0])
        elif name == "cases.ClockRung":
            values[place["clock_id"]] = ids["cases.Clock"][row.values["clock_id"]]
        elif name in ("cases.CaseEvent", "cases.Assignment") and row.values["conflict_check_id"] is not None:
            check = ids["interests.ConflictCheck"][row.values["conflict_check_id"]]
            values[place["conflict_check_id"]] = check
        if name == "cases.CaseEvent":
            values[place["entry_id"]] = entries[n]

    def _values(self, name: str, row: Row, marks: dict[str, str], said: dict[str, str],
                hands: dict[int, int], unit: str, changed: dict[str, Any]) -> list[Any]:  # fmt: skip
        values = list(row.kept)
        for place, column, value in row.changing:
            if column in changed:
                value = changed[column]
            elif column in PEOPLE:
                value = hands.get(value, value)
            elif column in UNITS:
                value = unit if value == UNIT else value
            for mark in row.marks.get(column, ()) if isinstance(value, str) else ():
                value = value.replace(marks[mark], said[mark])
            if column == "data" and '"to": ' in value:
                for old, new in hands.items():
                    value = value.replace(f'"to": {old}' + "}", f'"to": {new}' + "}")
            values[place] = value
        return values

    def _hands(self, unit: str) -> dict[int, int]:
        """Person in the life → person of this counter."""
        acting, clerks = self.staff.acting, self.staff.clerks[unit]
        first = int(len(clerks) * self.words.chance())
        return {
            acting["bench-li"]: clerks[first], acting["bench-mo"]: clerks[first - 1],
            acting["bench-zhao"]: self.staff.heads[unit],
        }  # fmt: skip

    def _number(self, shape: Shape) -> str:
        from qinglian.capabilities.cases.rules import case_number

        self.counting.numbers[shape.year] = seq = self.counting.numbers.get(shape.year, 0) + 1
        return case_number("{prefix}-{yyyy}-{seq:06}-{check}", shape.prefix, shape.year, seq)

    def _code_hash(self, pk: int) -> str:
        from django.conf import settings

        from qinglian.capabilities.cases.rules import code_hash

        return code_hash(code_of(pk), settings.SECRET_KEY)

    def _said(self, shape: Shape, firm: Firm | None, number: str, unit: str) -> dict[str, str]:
        words = self.words
        made = {
            "title": words.title, "detail": words.detail, "answer": words.reply, "supply": words.detail,
            "reason": words.reply, "items": lambda: words.items().replace("\n", "\\n"),
            "name": lambda: firm.name if firm else words.person(),
            "regno": lambda: firm.number if firm else "",
        }  # fmt: skip
        said = {name: made[name]() for name in made if name in shape.marks}
        return said | {"number": number, "unit": unit, "head": self.staff.names[self.staff.heads[unit]]}

    def _entry(self, batch: Batch, at: tuple[str, Any], seq: int) -> int:
        """An entry as the log has them, its hidden values erased: only their commitments are there."""
        from qinglian.engines.merkle import leaf_hash

        names = HIDDEN if seq else LODGED
        kind = "cases.event" if seq else "cases.lodged"
        salt = self.words.dice.randbytes(32 * len(names))
        hidden = ",".join(
            f'"{name}":"{base64.b64encode(salt[32 * n : 32 * n + 32]).decode()}"'
            for n, name in enumerate(names)
        )
        data = f'{{"fields":{{{hidden}}},"open":{{"at":"{at[0]}","kind":"{kind}"}},"v":"entry/1"}}'.encode()
        pk = self.counting.next("ledger.Entry")
        self.counting.leaves.append(leaf_hash(data))
        batch.add("ledger.Entry", (pk, "restricted", kind, at[1], data, "restricted", self.index))
        self.index += 1
        return pk

    def moment(self, at: datetime) -> Any:
        from django.db import connection

        return connection.ops.adapt_datetimefield_value(at)

    def _texts(self, batch: Batch, shape: Shape, pk: int, unit: str, said: dict[str, str]) -> None:
        from qinglian.capabilities.cases.grams import folded, terms

        held = shape.rows["cases.Case"][0].values["unit_holding_id"]
        held = unit if held == UNIT else held  # it may have been passed on
        for row in shape.rows["cases.CaseText"]:
            text = row.values["text"]
            for mark in row.marks.get("text", ()):
                text = text.replace(folded(shape.marks[mark]), folded(said[mark].replace("\\n", "\n")))
            new = self.counting.next("cases.CaseText")
            batch.add("cases.CaseText", (new, pk, row.values["level"], text))
            batch.terms.append((new, pk, row.values["level"], text, held, terms(text)))


ORDER = (  # each after what it points to
    "cases.Case", "interests.ConflictCheck", "cases.CaseEvent", "cases.Assignment", "cases.Clock",
    "cases.ClockRung", "cases.Fact", "cases.Concern", "notices.Notice",
)  # fmt: skip
HIDDEN = ("action", "actor", "data", "from_state", "number", "person", "seq", "to_state")
LODGED = ("actor", "answers", "matter", "matter_sha", "number")


def copies(copier: Copier, n: int, batch: Batch, size: int = 4000) -> Iterator[int]:
    """Write n cases, a batch at a time; how many there are so far."""
    for done in range(1, n + 1):
        copier.copy(batch)
        if done % size == 0 or done == n:
            yield done
