"""Which part of one name answers to which part of the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from qinglian.engines.names.distance import distance, near
from qinglian.engines.names.knowledge import Knowledge, stem
from qinglian.engines.names.name import Name
from qinglian.engines.names.numerals import digits_at, latin_numeral
from qinglian.engines.names.readings import WAYS, Readings

CREDIT = {
    "same": 1.0, "same-letters": 1.0, "glyph": 1.0, "region": 1.0, "homophone": 0.85, "look": 0.85,
    "pinyin": 1.0,
    "jyutping": 1.0, "hk-spelling": 0.95, "word": 1.0, "initials": 0.6, "near-sound": 0.65, "near": 0.8,
    "form": 1.0, "number": 1.0, "note": 1.0, "pinyin-rare": 1.0, "mo-spelling": 0.95, "wade": 0.9,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """Units of the first name that answer to units of the second, and how sure that is."""

    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    kind: str
    credit: float


@dataclass
class Alignment:
    a: Name
    b: Name
    links: list[Link] = field(default_factory=list)

    def add(self, ours: tuple[int, ...], theirs: tuple[int, ...], kind: str, credit: float = 0.0) -> None:
        self.links.append(Link(ours, theirs, kind, credit or CREDIT[kind]))

    def open(self, kind: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Units of a kind that are not linked yet, on both sides."""
        ours = {i for link in self.links for i in link.ours}
        theirs = {j for link in self.links for j in link.theirs}
        return (
            tuple(i for i, unit in enumerate(self.a.units) if unit.kind == kind and i not in ours),
            tuple(j for j, unit in enumerate(self.b.units) if unit.kind == kind and j not in theirs),
        )

    def add_forms(self) -> None:
        """Legal forms are compared loosely: Co., Ltd. answers 股份有限公司."""
        left, right = self.open("form")
        if left and right:
            self.add(left, right, "form")


def align_han(a: Name, b: Name, readings: Readings) -> Alignment:
    """Two Chinese names, sign by sign: equal ends first, then the heaviest common sequence between.

    A sign that only sounds alike counts when a neighbour of it answers too. Regions that agree
    are linked wherever they stand.
    """
    ours, theirs = list(range(len(a.units))), list(range(len(b.units)))
    pairs: list[tuple[int, int, str]] = []
    while ours and theirs and _one_sign(a, ours[0], b, theirs[0]):
        pairs.append((ours.pop(0), theirs.pop(0), "same"))
    tail = []
    while ours and theirs and _one_sign(a, ours[-1], b, theirs[-1]):
        tail.append((ours.pop(), theirs.pop(), "same"))
    pairs += _heaviest(a, b, ours, theirs, readings) + tail[::-1]
    found = Alignment(a, b)
    linked = {(i, j) for i, j, _kind in pairs} | {(-1, -1), (len(a.units), len(b.units))}
    both = bool(a.region and b.region)
    kin = both and readings.known.kin(*(readings.known.narrowest(name.region) for name in (a, b)))
    pairs = _whole_words(a, b, pairs)
    if both and not kin:
        pairs = [(i, j, kind) for i, j, kind in pairs if a.units[i].kind != "region"]
    for i, j, kind in pairs:
        if kind not in UNLIKE or (i - 1, j - 1) in linked or (i + 1, j + 1) in linked:
            found.add((i,), (j,), kind)
    if kin:
        left, right = found.open("region")
        if left or right:
            found.add(left, right, "region")
    _by_number(found)
    _by_digits(found)
    _by_note(found)
    return found


def _one_sign(a: Name, i: int, b: Name, j: int) -> bool:
    """The same sign, and not the first of 安徽 for that of 安凯."""
    one, other = a.units[i], b.units[j]
    return one.text == other.text and (one.kind == "region") == (other.kind == "region")


def _whole_words(a: Name, b: Name, pairs: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Numbers, and regions that answer to something else, answer whole or not at all.

    The 第 of 第二 is no answer to the 第 of 第三, nor the 宝 of 宝安 to that of a firm 宝华.
    """
    left = _broken(a, {i for i, _j, _kind in pairs})
    right = _broken(b, {j for _i, j, _kind in pairs})
    if not left and not right:
        return pairs
    return [
        (i, j, kind)
        for i, j, kind in pairs
        if not (i in left or j in right)
        or (a.units[i].kind == b.units[j].kind and a.units[i].kind == "region")
    ]


def _broken(name: Name, linked: set[int]) -> set[int]:
    """Places of numbers and regions of which some sign is not linked."""
    broken, run = set[int](), list[int]()
    for place, unit in enumerate((*name.units, None)):
        if run and (unit is None or unit.kind != name.units[run[0]].kind):
            broken.update(run if not linked.issuperset(run) else ())
            run = []
        if unit is not None and unit.kind in ("numeral", "region"):
            run.append(place)
    return broken


UNLIKE = frozenset({"homophone", "look"})  # two signs; worth what the lesser of them weighs
FEEBLE = 0.2  # how much it is worth that a sign of a region answers one that is none
Sign = tuple[str, str, str, frozenset[str]]  # text, glyph, look, readings


def _kind(one: Sign, other: Sign) -> str:
    if one[0] == other[0]:
        return "same"
    if one[1] == other[1]:
        return "glyph"
    if not one[3].isdisjoint(other[3]):
        return "homophone"
    return "look" if one[2] == other[2] else ""


def _heaviest(
    a: Name, b: Name, ours: list[int], theirs: list[int], readings: Readings
) -> list[tuple[int, int, str]]:
    """Longest common subsequence, weighted."""
    if not ours or not theirs:
        return []
    columns = [readings.sign(b.units[j].text) for j in theirs]
    kinds = [
        [_kind(row, column) for column in columns] for row in (readings.sign(a.units[i].text) for i in ours)
    ]
    regions = [a.units[i].kind == "region" for i in ours]
    region = [b.units[j].kind == "region" for j in theirs]
    width = len(theirs)
    table = [[0.0] * (width + 1) for _row in range(len(ours) + 1)]
    for row in range(len(ours) - 1, -1, -1):
        weight = a.units[ours[row]].weight
        for column in range(width - 1, -1, -1):
            best = max(table[row + 1][column], table[row][column + 1])
            if kind := kinds[row][column]:
                other = b.units[theirs[column]].weight
                gain = CREDIT[kind] * (2 * min(weight, other) if kind in UNLIKE else weight + other)
                gain *= 1 if regions[row] == region[column] else FEEBLE
                best = max(best, table[row + 1][column + 1] + gain)
            table[row][column] = best
    found, row, column = [], 0, 0
    while row < len(ours) and column < width:
        if table[row][column] == table[row + 1][column]:
            row += 1
        elif table[row][column] == table[row][column + 1]:
            column += 1
        else:
            found.append((ours[row], theirs[column], kinds[row][column]))
            row, column = row + 1, column + 1
    return found


Choice = tuple[float, float, tuple[int, ...], tuple[int, ...], str, float]


def align_cross(a: Name, b: Name, known: Knowledge, readings: Readings) -> Alignment:
    """A Chinese name and one in Latin letters: readings and words, the heaviest first, nothing used twice."""
    if found := _syllable_by_syllable(a, b, readings):
        return found
    choices = _by_sound(a, b, readings) + _by_word(a, b, readings)
    choices.sort(key=lambda choice: (-choice[0], choice[1]))
    found, ours, theirs = Alignment(a, b), set[int](), set[int]()
    for _value, _away, left, right, kind, credit in choices:
        if ours.isdisjoint(left) and theirs.isdisjoint(right):
            found.add(left, right, kind, credit)
            ours.update(left)
            theirs.update(right)
    found.add_forms()
    _by_number(found)
    _by_note(found)
    _by_region(found, known)
    _by_near_sound(found, readings)
    return found


def _syllable_by_syllable(a: Name, b: Name, readings: Readings) -> Alignment | None:
    """A name written out in syllables, legal form and all; None when this is not one."""
    size, width = len(a.units), len(b.units)
    if not 4 <= width <= size + 1 or width < 0.7 * size:
        return None
    ways = [(way, readings.by_way(way)) for way in WAYS]
    best: list[tuple[int, int]] = []
    kind = ""
    for way, of in ways:
        pairs = _in_order(a, b, of)
        if len(pairs) > len(best):
            best, kind = pairs, way
        if len(pairs) == size:
            break
    if len(best) < 0.8 * max(size, width):
        return None
    found = Alignment(a, b)
    for i, j in best:
        same = a.units[i].text == b.units[j].text
        rare = kind == "pinyin" and not same and not readings.usually(a, i, 1, b.units[j].text)
        found.add((i,), (j,), "same" if same else "pinyin-rare" if rare else kind)
    return found


def _in_order(a: Name, b: Name, of: Callable[[str], frozenset[str]]) -> list[tuple[int, int]]:
    """Signs and syllables that answer to each other in order; one side may skip one."""
    pairs, i, j = [], 0, 0
    said = [of(unit.written or unit.text) | of(unit.text) | {unit.text} for unit in a.units]
    while i < len(said) and j < len(b.units):
        if b.units[j].text in said[i]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i + 1 < len(said) and b.units[j].text in said[i + 1]:
            i += 1
        elif j + 1 < len(b.units) and b.units[j + 1].text in said[i]:
            j += 1
        else:
            i, j = i + 1, j + 1
    return pairs


def _by_sound(a: Name, b: Name, readings: Readings) -> list[Choice]:
    found: list[Choice] = []
    scale = len(a.units) / max(1, len(b.units))
    for j, unit in enumerate(b.units):
        if unit.kind in ("form", "joint") or unit.text.isdigit():
            continue
        for start, length, way, trust in readings.spelled(unit.text, a):
            ours = tuple(range(start, start + length))
            worth = sum(a.units[i].weight for i in ours) * trust + 0.01 * length
            found.append((worth, abs(start - j * scale), ours, (j,), way, trust))
    return found


def _by_word(a: Name, b: Name, readings: Readings) -> list[Choice]:
    found: list[Choice] = []
    stems = readings.stems(b)
    for i, length, term in readings.terms(a):
        if term.en[0] in stems:
            for j in _places(stems, term.en):
                ours = tuple(range(i, i + length))
                theirs = tuple(range(j, j + len(term.en)))
                worth = sum(a.units[place].weight for place in ours) + 0.05 * len(theirs)
                found.append((worth, abs(i - j), ours, theirs, "word", CREDIT["word"]))
    return found


def _places(words: list[str], wanted: tuple[str, ...]) -> list[int]:
    size = len(wanted)
    return [j for j in range(len(words) - size + 1) if tuple(words[j : j + size]) == wanted]


def _by_number(found: Alignment) -> None:
    """第二, 第贰 and 2nd: numbers agree wherever they stand."""
    if found.a.numerals and sorted(found.a.numerals) == sorted(found.b.numerals):
        left, right = found.open("numeral")
        if left or right:
            found.add(left, right, "number")


def _by_digits(found: Alignment) -> None:
    """58 in one name and 五八 in the distinctive part of the other."""
    for turned in (False, True):
        of, other = (found.b, found.a) if turned else (found.a, found.b)
        run = found.open("brand")[not turned]
        for place in found.open("numeral")[turned]:
            digits = of.units[place].text
            start = digits_at([other.units[at].text for at in run], digits)
            if start >= 0:
                spelled = run[start : start + len(digits)]
                ours, theirs = (spelled, (place,)) if turned else ((place,), spelled)
                found.add(ours, theirs, "number")
                break


def _by_note(found: Alignment) -> None:
    """Remarks behind both names, 示例 and example, are compared loosely."""
    left, right = found.open("note")
    if left and right:
        found.add(left, right, "note")


def _by_region(found: Alignment, known: Knowledge) -> None:
    """A region spelled in a way of its own (Hong Kong, Inner Mongolia), or one that holds the other."""
    if any(known.kin(x, y) for x in found.a.region for y in found.b.region):
        left, right = found.open("region")
        if left or right:
            found.add(left, right, "region")


def _by_near_sound(found: Alignment, readings: Readings) -> None:
    """A brand not yet answered and a word that is spelled nearly as it sounds: Vanke for 万科."""
    brand, words = found.open("brand")
    if len(brand) < 2 or brand[-1] - brand[0] != len(brand) - 1:
        return
    said = "".join(readings.usual(found.a.units[i].text) for i in brand)
    for j in (*words, *found.open("industry")[1]):
        word = found.b.units[j].text
        most = 2 if len(word) >= 7 else 1
        if len(word) > 3 and len(said) > 3 and distance(said, word, most) <= most:
            found.add(brand, (j,), "near-sound")
            return


def align_latin(a: Name, b: Name) -> Alignment:
    """Two names in Latin letters: equal words, joined words, then slips; their order is free."""
    found = Alignment(a, b)
    ours, theirs = list(range(len(a.units))), list(range(len(b.units)))
    _pair_words(found, ours, theirs, _equal, "same")
    _pair_words(found, ours, theirs, _stems, "same")
    _pair_words(found, ours, theirs, _same_number, "number")
    found.add_forms()
    linked = found.links[-1] if found.links and found.links[-1].kind == "form" else None
    if linked:
        ours = [i for i in ours if i not in linked.ours]
        theirs = [j for j in theirs if j not in linked.theirs]
    for left, right in _joined(a, b, ours, theirs):
        found.add(left, right, "same-letters")
        ours, theirs = [i for i in ours if i not in left], [j for j in theirs if j not in right]
    for right, left in _joined(b, a, theirs, ours):
        found.add(left, right, "same-letters")
        ours, theirs = [i for i in ours if i not in left], [j for j in theirs if j not in right]
    _pair_words(found, ours, theirs, near, "near")
    _by_note(found)
    return found


def _pair_words(
    found: Alignment, ours: list[int], theirs: list[int], alike: Callable[[str, str], bool], kind: str
) -> None:
    for i in list(ours):
        for j in theirs:
            if alike(found.a.units[i].text, found.b.units[j].text):
                found.add((i,), (j,), kind)
                ours.remove(i)
                theirs.remove(j)
                break


def _equal(one: str, other: str) -> bool:
    return one == other


def _stems(one: str, other: str) -> bool:
    return stem(one) == stem(other)


def _same_number(one: str, other: str) -> bool:
    """First and 1st, II and 2."""
    number = latin_numeral(one)
    return bool(number) and number == latin_numeral(other)


def _joined(
    one: Name, other: Name, few: list[int], many: list[int]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """High Tech and Hightech, Zhen Ye and Zhenye: one word of `one` against two to five of `other`."""
    runs = {
        "".join(other.units[j].text for j in many[start:stop]): tuple(many[start:stop])
        for start in range(len(many))
        for stop in range(start + 2, min(start + 5, len(many)) + 1)
    }
    found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    used = set[int]()
    for i in few:
        run = runs.get(one.units[i].text)
        if run and used.isdisjoint(run):
            used.update(run)
            found.append(((i,), run))
    return found
