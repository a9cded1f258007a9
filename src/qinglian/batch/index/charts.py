"""Small charts as SVG text: each has a title and a description, its colours are not needed to read it, and
prints.

Every chart stands beside a table with the same numbers; a chart is for the eye only. Each is drawn twice:
wide for a screen and for paper, and narrow for a phone, where a name stands above its bar.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

MANY = 12  # values of a series that are all written beside their points
BOLD = 1.12  # so much wider are bold signs
INK, QUIET, LINE, SEAL, ACT = "#1b2126", "#535d65", "#d5d9dc", "#a3261f", "#0b5c6b"


@dataclass(frozen=True)
class Point:
    """A value with its interval; texts as they are printed."""

    label: str
    value: float
    text: str
    low: float | None = None
    high: float | None = None


Drawn = tuple[int, int, list[str]]
"""Width, height, and what is drawn."""


def svg(width: int, height: int, title: str, about: str, parts: list[str], key: str, kind: str) -> str:
    head = (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="{key}-t {key}-d" '
        f'class="chart {kind}">'
    )
    named = f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(about)}</desc>'
    return f"{head}{named}{''.join(parts)}</svg>"


def series(
    points: Sequence[Point],
    low: float,
    high: float,
    title: str,
    about: str,
    key: str,
    places: Sequence[int] | None = None,
) -> str:
    """Values of several periods from left to right with intervals as bars; the axis runs over the whole
    scale. places: the period of each, from 0, the line broken where one is missing; None if none is."""
    told = list(places) if places is not None else list(range(len(points)))
    return _both(lambda narrow: _series(points, told, (low, high), narrow), title, about, key)


def _series(points: Sequence[Point], places: list[int], scale: tuple[float, float], narrow: bool) -> Drawn:
    low, high = scale
    width, left, right = (360, 34, 354) if narrow else (760, 56, 730)
    height, top, bottom = 320, 24, 280

    def y(value: float) -> float:
        return bottom - (min(max(value, low), high) - low) / (high - low) * (bottom - top)

    step = (right - left) / (places[-1] + 1)
    levels = [low + (high - low) * share / 5 for share in range(6)]
    parts = [_level(left, right, y(level), f"{level:g}") for level in levels]
    xs = [left + step * (place + 0.5) for place in places]
    for here, after, x, to, one, two in zip(places, places[1:], xs, xs[1:], points, points[1:], strict=False):
        if after == here + 1:
            parts.append(_line(x, to, y(one.value), y(two.value), SEAL, 2))
    tops = [(x, y(p.value if p.high is None else p.high)) for x, p in zip(xs, points, strict=True)]
    free = float(width)  # from right to left, where there is still room for words
    first = _widest(points[0])  # it names the year: its room is kept
    kept = _inside(xs[0], first, width, left) + first / 2 + 8
    for place, (x, point) in reversed(list(enumerate(zip(xs, points, strict=True)))):
        if point.low is not None and point.high is not None:
            parts.append(_line(x, x, y(point.low), y(point.high), SEAL, 9, 0.3))
        parts.append(f'<circle cx="{x:.1f}" cy="{y(point.value):.1f}" r="4.5" fill="{SEAL}"/>')
        wide = _widest(point)
        middle = _inside(x, wide, width, left)
        if middle + wide / 2 <= free and (place == 0 or middle - wide / 2 >= kept):
            if len(points) <= MANY:
                above = _crest(tops, middle - wide / 2, middle + wide / 2) - 10
                parts.append(_text(middle, above, point.text, "middle", bold=True))
            parts.append(_text(middle, bottom + 24, point.label, "middle"))
            free = middle - wide / 2 - 8
    if len(points) > MANY:
        parts += _ends(points, xs, tops, (y, width, left, bottom))
    return width, height, parts


def _ends(
    points: Sequence[Point],
    xs: Sequence[float],
    tops: Sequence[tuple[float, float]],
    frame: tuple[Callable[[float], float], int, int, int],
) -> list[str]:
    """Of many values the last and the lowest are told; the others stand in the table."""
    y, width, left, bottom = frame
    last, parts = len(points) - 1, []
    lowest = min(range(len(points)), key=lambda place: points[place].value)
    for place in {last, lowest}:
        point = points[place]
        half = _width(point.text) * BOLD / 2
        middle = _inside(xs[place], 2 * half, width, left)
        under = y(point.value if point.low is None else point.low) + 22
        if place == last or under > bottom - 4:
            under = _crest(tops, middle - half, middle + half) - 10
        if place == last or middle + half + 8 <= _inside(xs[last], _widest(points[last]), width, left) - half:
            parts.append(_text(middle, under, point.text, "middle", bold=True))
    return parts


def dots(points: Sequence[Point], low: float, high: float, title: str, about: str, key: str) -> str:
    """One row for each point, value as a dot and interval as a bar."""
    return _both(lambda narrow: _dots(points, low, high, narrow), title, about, key)


def _dots(points: Sequence[Point], low: float, high: float, narrow: bool) -> Drawn:
    width, row, left, right, top = (360, 42, 8, 308, 34) if narrow else (760, 26, 210, 690, 34)
    bottom = top + row * len(points)

    def x(value: float) -> float:
        return left + (min(max(value, low), high) - low) / ((high - low) or 1) * (right - left)

    parts = []
    for share in range(5):
        value = low + (high - low) * share / 4
        parts.append(_line(x(value), x(value), top - 8, bottom, LINE))
        parts.append(_text(x(value), top - 14, f"{value:g}", "middle"))
    for place, point in enumerate(points):
        y = top + row * (place + 0.5) + (8 if narrow else 0)
        parts.append(_name(left - 10, y, point.label, narrow))
        if point.low is not None and point.high is not None:
            parts.append(_line(x(point.low), x(point.high), y, y, ACT, 8, 0.3))
        parts.append(f'<circle cx="{x(point.value):.1f}" cy="{y:.1f}" r="4.5" fill="{ACT}"/>')
        parts.append(_text(right + 12, y + 4, point.text, "start", bold=True))
    return width, bottom + 10, parts


def bars(points: Sequence[Point], title: str, about: str, key: str) -> str:
    """One row for each point, a bar from zero to the right or left; below zero it is hatched."""
    return _both(lambda narrow: _bars(points, key, narrow), title, about, key)


def _bars(points: Sequence[Point], key: str, narrow: bool) -> Drawn:
    width, row, top = (360, 42, 10) if narrow else (760, 26, 10)
    key += "-n" if narrow else ""
    most, least = max([0.0, *(p.value for p in points)]), min([0.0, *(p.value for p in points)])
    names = 8.0 if narrow else min(420.0, max(_width(point.label) for point in points) + 24)
    texts = max((_width(point.text) * BOLD for point in points), default=0.0)
    left = names + texts + 12 if least < 0 else names
    right = width - max(texts + 12, 52.0 if narrow else 70.0)
    span = (most - least) or 1.0

    def x(value: float) -> float:
        return left + (value - least) / span * (right - left)

    bottom = top + row * len(points)
    hatch = (
        f'<defs><pattern id="{key}-h" width="5" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/>'
        f'<rect width="2.5" height="5" fill="{SEAL}"/></pattern></defs>'
    )
    parts = [hatch, *([] if narrow else [_line(x(0), x(0), top, bottom, QUIET)])]
    for place, point in enumerate(points):
        y = top + row * (place + 0.5) + (8 if narrow else 0)
        if narrow:  # a line from top to bottom would cross the names
            parts.append(_line(x(0), x(0), y - 10, y + 10, QUIET))
        start, end = sorted((x(0), x(point.value)))
        fill = f"url(#{key}-h)" if point.value < 0 else ACT
        edge = f' stroke="{SEAL}"' if point.value < 0 else ""
        parts.append(
            f'<rect x="{start:.1f}" y="{y - 8:.1f}" width="{max(end - start, 0.5):.1f}" '
            f'height="16" fill="{fill}"{edge}/>'
        )
        parts.append(_name(names - 10, y, point.label, narrow))
        away, anchor = (x(point.value) + 8, "start") if point.value >= 0 else (x(point.value) - 8, "end")
        parts.append(_text(away, y + 4, point.text, anchor, bold=True))
    return width, bottom + 8, parts


def _both(draw: Callable[[bool], Drawn], title: str, about: str, key: str) -> str:
    """The wide drawing and the narrow one; the page shows one of them."""
    found = ""
    for narrow, kind in ((False, "wide"), (True, "narrow")):
        width, height, parts = draw(narrow)
        found += svg(width, height, title, about, parts, key + ("-n" if narrow else ""), kind)
    return found


def _name(x: float, y: float, label: str, narrow: bool) -> str:
    """A row's name: before it, or on a phone above it."""
    return _text(8, y - 14, label, "start") if narrow else _text(x, y + 4, label, "end")


def _inside(x: float, wide: float, width: int, least: float = 2) -> float:
    """Where the middle of a text must be so that it is not cut off at either edge, nor stands on the axis."""
    return min(max(x, wide / 2 + least), width - wide / 2 - 2)


def _crest(tops: Sequence[tuple[float, float]], left: float, right: float) -> float:
    """The highest place of the line between left and right: what is written above it crosses nothing."""
    found = [y for x, y in tops if left <= x <= right]
    for (x1, y1), (x2, y2) in pairwise(tops):
        found += [y1 + (y2 - y1) * (edge - x1) / (x2 - x1) for edge in (left, right) if x1 < edge < x2]
    return min(found)


def _width(text: str) -> float:
    """About how wide a label is at 13 px: a Chinese sign is as wide as high, a Latin letter 7 px."""
    return sum(13.0 if ord(sign) > 0x2E80 else 7.2 for sign in text)


def _widest(point: Point) -> float:
    return max(_width(point.label), _width(point.text) * BOLD)


def _level(left: float, right: float, y: float, text: str) -> str:
    return _line(left, right, y, y, LINE) + _text(left - 8, y + 4, text, "end")


def _line(
    x1: float, x2: float, y1: float, y2: float, stroke: str, width: float = 1, opacity: float = 1
) -> str:
    return (
        f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}" stroke="{stroke}" '
        f'stroke-width="{width:g}" stroke-opacity="{opacity:g}"/>'
    )


def _text(x: float, y: float, text: str, anchor: str, bold: bool = False) -> str:
    style = f'font-size="13" fill="{INK if bold else QUIET}"' + (' font-weight="600"' if bold else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {style}>{escape(text)}</text>'
