"""A bar on a terminal, and silence everywhere else."""

from __future__ import annotations

import io

from qinglian.cli.progress import Bar, line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_tells_share_rows_speed_and_time_left() -> None:
    assert line("checking", 0.25, 50_000, 10.0) == (
        "checking ██████··················  25%  50,000  5,000/s  0:30"
    )
    assert line("writing", 1.4, 1, 0.0).endswith("100%  1  0/s  0:00")


def test_a_bar_is_drawn_five_times_a_second_at_most_and_goes_away() -> None:
    now = [0.0]
    out = Terminal()
    bar = Bar(out, 100, clock=lambda: now[0])
    for done in range(100):
        now[0] += 0.01
        bar("checking", done, done)
    drawn = out.getvalue().count("\r")
    assert 4 <= drawn <= 6
    bar("writing", 1, 1)
    assert "writing" in out.getvalue()
    bar.end()
    assert out.getvalue().endswith("\r\x1b[K")


def test_elsewhere_nothing_is_written() -> None:
    out = io.StringIO()
    bar = Bar(out, 0)
    bar("checking", 1, 1)
    bar.end()
    assert out.getvalue() == ""
