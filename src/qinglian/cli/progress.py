"""How far a long reading has come, on a terminal: a bar, rows a second, and how long it will still take."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from qinglian.batch.telling import Tell
from qinglian.cli.words import gettext as _

WIDTH = 24
EVERY = 0.2  # seconds


class Bar:
    """Call it with the words for the step, what is done of `whole`, and the rows so far; silent elsewhere."""

    def __init__(self, out: TextIO, whole: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.out, self.whole, self.clock = out, max(whole, 1), clock
        self.on = out.isatty()
        self.step, self.drawn = "", float("-inf")
        self.began = self.last = clock()

    def __call__(self, step: str, done: float, rows: int) -> None:
        now = self.clock()
        if step != self.step:
            self.step, self.began, self.drawn = step, self.last, float("-inf")
        if self.on and now - self.drawn >= EVERY:
            self.out.write(f"\r{line(step, done / self.whole, rows, now - self.began)}\x1b[K")
            self.out.flush()
            self.drawn = now
        self.last = now

    def end(self) -> None:
        if self.on and self.step:
            self.out.write("\r\x1b[K")
            self.out.flush()


@contextmanager
def telling() -> Iterator[Tell]:
    """What long work is given to say how far it has come; the bar is gone at the end."""
    bar = Bar(sys.stderr, 1)
    try:
        yield lambda step, share, rows: bar(_(step), share, rows)
    finally:
        bar.end()


def line(step: str, share: float, rows: int, seconds: float) -> str:
    """`checking ████····  40%  80,000  40,000/s  0:03`: share, rows, rows a second, time left"""
    share = min(max(share, 0.0), 1.0)
    full = round(share * WIDTH)
    speed = rows / seconds if seconds > 0 else 0
    left = seconds * (1 - share) / share if share > 0 else 0
    bar = "█" * full + "·" * (WIDTH - full)
    return f"{step} {bar} {share:4.0%}  {rows:,}  {speed:,.0f}/s  {left // 60:.0f}:{left % 60:02.0f}"
