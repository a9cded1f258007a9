"""Charts of values in time: what was not published is not bridged, and no words lie over each other."""

from __future__ import annotations

import re
from itertools import pairwise

from qinglian.batch.index.charts import BOLD, Point, _width, bars, series

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


def test_no_words_stand_on_the_line_and_the_first_month_names_its_year():
    """A value between two higher ones is written above them, not across the line that joins them."""
    valley = [
        Point(f"2025年{n + 1}月", height, f"{height}%") for n, height in enumerate([90, 40, 90, 40, 95])
    ]
    for svg in re.findall(r"<svg.*?</svg>", series(valley * 3, 0, 100, "t", "d", "k")):
        dots = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)]
        told = [found for found in re.findall(TEXT, svg) if "font-weight" in found[2]]
        for x, y, _style, words in told:
            half = _width(words) * BOLD / 2
            near = [dot for at, dot in dots if abs(at - float(x)) <= half]
            assert all(dot >= float(y) for dot in near) or all(dot <= float(y) - 13 for dot in near)
        assert f">{valley[0].label}<" in svg and len(told) == 2


def test_of_many_values_the_lowest_and_the_last_are_told_at_their_points():
    heights = [90, 95, 40, 95, 92, 93, 94, 95, 96, 97, 98, 99, 97, 98]
    many = [Point(f"2025年{n + 1}月", height, f"{height}%") for n, height in enumerate(heights)]
    for svg in re.findall(r"<svg.*?</svg>", series(many, 0, 100, "t", "d", "k")):
        dots = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)]
        told = {
            words: (float(x), float(y))
            for x, y, style, words in re.findall(TEXT, svg)
            if "bold" in style or "font-weight" in style
        }
        assert set(told) == {"40%", "98%"}
        for words, (x, y) in told.items():
            at, height = min(dots, key=lambda dot: abs(dot[0] - x))
            assert abs(y - height) <= 34 and abs(at - x) <= 40, words


def test_the_value_beside_the_longest_bar_is_not_cut_off():
    points = [Point("a", 100.0, "100.0%"), Point("b", 3.0, "12,345,678")]
    for svg in re.findall(r"<svg.*?</svg>", bars(points, "t", "d", "k")):
        width = float(re.search(r'viewBox="0 0 (\d+)', svg)[1])
        for x, words in re.findall(r'<text x="([\d.]+)" [^>]*font-weight[^>]*>([^<]*)<', svg):
            assert float(x) + _width(words) * BOLD <= width
