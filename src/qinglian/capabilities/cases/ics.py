"""Deadlines as iCalendar (RFC 5545): moments in UTC, so that no table of time zones is needed; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

WIDEST = 75  # octets of a line, without its end: RFC 5545 section 3.1


@dataclass(frozen=True)
class Deadline:
    """moment: when it is due. sequence grows with every change; stamp: when that was."""

    uid: str
    moment: datetime
    sequence: int
    stamp: datetime
    summary: str
    description: str
    url: str
    status: str  # CONFIRMED | TENTATIVE | CANCELLED


def calendar_text(name: str, deadlines: Iterable[Deadline]) -> str:
    """The calendar with CRLF line ends, each line folded, no sign of any script cut in two."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Qinglian//deadlines 1//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for each in deadlines:
        lines += _event(each)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in fold_line(line))


def _event(each: Deadline) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(each.uid)}",
        f"DTSTAMP:{_moment(each.stamp)}",
        f"LAST-MODIFIED:{_moment(each.stamp)}",
        f"SEQUENCE:{each.sequence}",
        f"DTSTART:{_moment(each.moment)}",
        f"SUMMARY:{_text(each.summary)}",
        f"DESCRIPTION:{_text(each.description)}",
        f"URL:{each.url}",
        f"STATUS:{each.status}",
        "TRANSP:TRANSPARENT",
        "CLASS:PRIVATE",
        "END:VEVENT",
    ]


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A TEXT value: RFC 5545 section 3.3.11."""
    for sign, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        value = value.replace(sign, escaped)
    return "".join(sign for sign in value if sign >= " " and sign != "\x7f")


def fold_line(line: str) -> Iterator[str]:
    """The line in parts of at most WIDEST octets, every one after the first begun with a space."""
    part, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > WIDEST:
            yield part
            part, size = " ", 1
        part, size = part + sign, size + octets
    yield part
