"""Office hours of a day, and how half days cut them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from qinglian.faults import Fault
from qinglian.faults import noop as _

_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans of one working day in order, each (opens, closes). There is no default: offices differ."""

    spans: tuple[tuple[time, time], ...]

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise _unreadable(str(self))

    @classmethod
    def parse(cls, text: str) -> Hours:
        """`09:00-12:00,14:00-18:00`; Fault with the mend when it cannot be read."""
        spans = []
        for part in text.split(","):
            found = _SPAN.fullmatch(part.strip())
            if found is None:
                raise _unreadable(text)
            h1, m1, h2, m2 = map(int, found.groups())
            try:
                spans.append((time(h1, m1), time(h2, m2)))
            except ValueError:
                raise _unreadable(text) from None
        return cls(tuple(spans))

    def open(self, kind: str) -> tuple[tuple[time, time], ...]:
        """The spans worked on a day of that kind; am (morning off) leaves the last, pm the first."""
        if kind == "work":
            return self.spans
        if kind == "off":
            return ()
        if len(self.spans) != 2:
            raise Fault(
                _(
                    "office hours %(hours)s do not show where a half day is cut; "
                    "write two spans, morning and afternoon"
                ),
                hours=str(self),
            )
        return self.spans[1:] if kind == "am" else self.spans[:1]

    def __str__(self) -> str:
        return ",".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in self.spans)


def _unreadable(text: str) -> Fault:
    return Fault(
        _("office hours %(text)r cannot be read; write spans in order, as 09:00-12:00,14:00-18:00"), text=text
    )
