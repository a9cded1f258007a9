"""Who is left out for past visits: rules in the terms, and a history that can be held against them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from qinglian.engines.draw import fields
from qinglian.engines.draw.identities import is_pseudonym
from qinglian.engines.draw.rows import Row, in_order
from qinglian.faults import Fault
from qinglian.faults import noop as _

RECENT, CAP = "recent", "cap"


@dataclass(frozen=True)
class Exclusions:
    """recent: visited on or after this day (ISO) → `x.recent`. cap: visited so often on or after `since` →
    `x.cap`. None: there is no such rule."""

    recent: str | None = None
    cap: int | None = None
    since: str | None = None

    @property
    def names(self) -> set[str]:
        """The reasons that these rules decide, and nobody's hand."""
        return ({RECENT} if self.recent else set()) | ({CAP} if self.cap else set())

    def reason(self, days: Sequence[str]) -> str:
        """The reason that past visits on these days (ISO) give, or nothing; `recent` comes first."""
        if self.recent is not None and any(day >= self.recent for day in days):
            return RECENT
        if (
            self.cap is not None
            and self.since is not None
            and sum(day >= self.since for day in days) >= self.cap
        ):
            return CAP
        return ""

    @property
    def document(self) -> dict[str, Any]:
        return {"recent": self.recent, "cap": self.cap, "since": self.since}


def is_day(text: str) -> bool:
    """Whether the text is a day of the calendar as 2026-11-02."""
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def read_exclusions(value: object, reasons: Collection[str]) -> Exclusions:
    """The rules from their table, each named among the reasons; Fault otherwise."""
    data = fields.table(value, "exclusions", {"recent", "cap", "since"})
    cap = None if data.get("cap") is None else fields.whole(data, "cap", "exclusions", 1)
    recent, since = _day(data, "recent"), _day(data, "since")
    if (cap is None) != (since is None):
        raise Fault(_("a cap counts from a day; write both cap and since"), key="exclusions")
    found = Exclusions(recent, cap, since)
    missing = sorted(found.names - set(reasons))
    if missing:
        raise Fault(
            _("no such reason for leaving out: %(name)s; name it under reasons"),
            key="reasons",
            name=missing[0],
        )
    return found


def _day(data: Mapping[str, Any], name: str) -> str | None:
    text = fields.maybe_text(data, name, "exclusions")
    if text is not None and not is_day(text):
        raise Fault(_("%(text)r is no day; write 2026-11-02"), key=f"exclusions.{name}", text=text)
    return text


def read_history(lines: Iterable[bytes]) -> dict[str, list[str]]:
    """pid → days of past visits, from lines of pid and day, sorted, each once; Fault with the wrong line."""
    found: dict[str, list[str]] = {}
    for number, line in in_order(lines, 43):
        pid, _tab, day = line.decode("ascii", "replace").rstrip("\n").partition("\t")
        if not is_pseudonym(pid) or not is_day(day):
            raise Fault(
                _("not a past visit; each line has a pseudonym and a day, a tab between"), line=number
            )
        found.setdefault(pid, []).append(day)
    return found


def check_exclusions(rows: Iterable[Row], history: Mapping[str, Sequence[str]], rules: Exclusions) -> None:
    """Nothing if just those are left out whom the rules and the history leave out; Fault for the first other.

    A subject left out for another reason is passed over: no rule speaks of it.
    """
    for number, row in enumerate(rows, 1):
        wanted, told = rules.reason(history.get(row.pid, ())), row.excluded or ""
        if told in rules.names | {""} and told != wanted:
            raise Fault(
                _("%(pid)s stands as %(told)r, but rules and past visits say %(wanted)r; refuse the record"),
                line=number,
                pid=row.pid,
                told=told,
                wanted=wanted,
            )
