"""Charts of values in time: what was not published is not bridged, and no words lie over each other."""

from __future__ import annotations

import re
from itertools import pairwise

from qinglian.batch.index.charts import BOLD, Point, _width, series

MONTHS = [Point(f"2025年{month}月", 100.0 - month, f"{100.0 - month}%") for month in range(1, 13)]
TEXT = r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="middle" ([^>]*)>([^<]*)</text>'


def lines(svg):
    return len(re.findall(r'<line [^>]*stroke-width="2"', svg))


def test_the_line_is_broken_where_a_month_was_not_published():
    whole = series(MONTHS, 0, 100, "t", "d", "k")
    broken = series(MONTHS, 0, 100, "t", "d", "k", [0, 1, *range(5, 15)])
    assert lines(whole) == 2 * 11 and lines(broken) == 2 * 10  # drawn wide and narrow
    assert whole.count("<circle") == broken.count("<circle") == 2 * 12


def test_words_of_a_chart_neither_overlap_nor_leave_it():
    for points in (MONTHS, MONTHS[:1], MONTHS * 2):
        for svg in re.findall(r"<svg.*?</svg>", series(points, 0, 100, "t", "d", "k")):
            width, rows = float(re.search(r'viewBox="0 0 (\d+)', svg)[1]), {}
            for x, y, style, words in re.findall(TEXT, svg):
                bold = "font-weight" in style
                half = _width(words) * (BOLD if bold else 1) / 2
                assert float(x) - half >= 0 and float(x) + half <= width
                rows.setdefault("values" if bold else y, []).append((float(x) - half, float(x) + half))
            for spans in rows.values():
                spans.sort()
                assert all(one[1] <= two[0] for one, two in pairwise(spans))
            assert f">{points[-1].text}<" in svg  # the last is always told
