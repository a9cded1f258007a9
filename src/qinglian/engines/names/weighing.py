"""From an alignment to a score: how much of each name is answered, and what limits the answer.

Coverage of a name is the weight of its answered parts (by credit) over its whole weight; the score
is the harmonic mean of both coverages, held down by whatever tells companies apart.
"""

from __future__ import annotations

from qinglian.engines.names.aligning import Alignment, Link
from qinglian.engines.names.evidence import Evidence
from qinglian.engines.names.knowledge import Knowledge
from qinglian.engines.names.name import Name

LIMIT = {
    "numerals": 0.40, "numeral-open": 0.69, "numeral-order": 0.69, "region-conflict": 0.55,
    "region-narrower": 0.79, "region-sound": 0.79, "branch": 0.60, "note-open": 0.79,
    "brand-differs": 0.55, "brand-unseen": 0.45, "brand-longer": 0.69, "brand-unsure": 0.79,
    "brand-near": 0.69, "brand-slip": 0.79, "brand-initials": 0.79, "brand-reading": 0.79,
    "brand-wade": 0.79, "brand-look": 0.69,
    "industry-differs": 0.65, "industry-open": 0.69, "industry-untold": 0.79,
}  # fmt: skip
SUFFIX = 3  # signs of 分公司, 营业部; a longer branch says its place
SLIGHT = 0.2  # weight of an industry part below which its absence says nothing
UNSURE = {
    "homophone": "brand-unsure", "near": "brand-slip", "initials": "brand-initials",
    "near-sound": "brand-near", "look": "brand-look", "pinyin-rare": "brand-reading", "wade": "brand-wade",
}  # fmt: skip


class _Side:
    """One name in an alignment: what each unit weighs, how far it is answered, what stays open by kind."""

    def __init__(self, name: Name) -> None:
        self.name = name
        self.credits = [0.0] * len(name.units)
        self.weights = [unit.weight for unit in name.units]
        self.coverage = 0.0
        self.missing: dict[str, float] = {}
        self.texts: dict[str, list[str]] = {}

    def close(self) -> None:
        total = answered = 0.0
        for unit, weight, credit in zip(self.name.units, self.weights, self.credits, strict=True):
            total += weight
            answered += weight * credit
            if not credit:
                self.missing[unit.kind] = self.missing.get(unit.kind, 0.0) + weight
                self.texts.setdefault(unit.kind, []).append(unit.written or unit.text)
        self.coverage = answered / total if total else 0.0

    def left(self, kind: str) -> str:
        return ("" if self.name.script == "han" else " ").join(self.texts.get(kind, ()))

    def trade(self) -> str:
        """The words of the line of business of which some sign is not answered, as written."""
        places = [place for place, unit in enumerate(self.name.units) if unit.kind == "industry"]
        found, start = [], 0
        for word in self.name.industry:
            end = start
            while end < len(places) and len(
                "".join(self.name.units[p].text for p in places[start:end])
            ) < len(word):
                end += 1
            if not all(self.credits[place] for place in places[start:end]):
                found.append(text(self.name, places[start:end]))
            start = end
        return ("" if self.name.script == "han" else " ").join(found)

    def whole(self, kind: str) -> float:
        return sum(w for unit, w in zip(self.name.units, self.weights, strict=True) if unit.kind == kind)

    def touched(self, kind: str) -> bool:
        """Whether some such unit is answered."""
        return any(c and unit.kind == kind for unit, c in zip(self.name.units, self.credits, strict=True))

    def answered(self, kind: str) -> bool:
        """Whether there are such units and every one is answered (by its reading, say)."""
        return kind not in self.missing and any(unit.kind == kind for unit in self.name.units)


class _Sides:
    """Both names of an alignment; across scripts a Latin word weighs what its Chinese signs weigh."""

    def __init__(self, found: Alignment) -> None:
        self.a, self.b = _Side(found.a), _Side(found.b)
        self.cross = (found.a.script == "han") != (found.b.script == "han")
        self.han = self.a if found.a.script == "han" else self.b
        self.other = self.b if found.a.script == "han" else self.a
        self.unsure = ""
        self.by_region = False
        for link in found.links:
            for i in link.ours:
                self.a.credits[i] = link.credit
            for j in link.theirs:
                self.b.credits[j] = link.credit
            if self.cross and link.ours and link.theirs:
                self._share_weight(link)
            if self.cross and not self.by_region:
                self.by_region = link.kind != "region" and self._of_region(link)
            if link.kind in UNSURE and self._of_brand(link):
                self.unsure = min(self.unsure or UNSURE[link.kind], UNSURE[link.kind], key=LIMIT.__getitem__)
        self.a.close()
        self.b.close()

    def _of_region(self, link: Link) -> bool:
        """Whether a region answers a region by something else than being the same one."""
        ours = any(self.a.name.units[i].kind == "region" for i in link.ours)
        return ours and any(self.b.name.units[j].kind == "region" for j in link.theirs)

    def _of_brand(self, link: Link) -> bool:
        """Across scripts the Chinese side knows what its distinctive part is; else both must say so."""
        ours = any(self.a.name.units[i].kind == "brand" for i in link.ours)
        theirs = any(self.b.name.units[j].kind == "brand" for j in link.theirs)
        return (ours if self.han is self.a else theirs) if self.cross else ours and theirs

    def _share_weight(self, link: Link) -> None:
        han, latin = (link.ours, link.theirs) if self.han is self.a else (link.theirs, link.ours)
        each = sum(self.han.weights[i] for i in han) / len(latin)
        for j in latin:
            self.other.weights[j] = each


def weigh(found: Alignment, known: Knowledge) -> tuple[float, list[Evidence]]:
    """The score before its limits, and the reasons that limit it."""
    sides = _Sides(found)
    one, other = sides.a.coverage, sides.b.coverage
    score = 2 * one * other / (one + other) if one and other else 0.0
    return score, [*_brand(sides), *_industry(sides), *_vetoes(sides, known)]


def _brand(sides: _Sides) -> list[Evidence]:
    if sides.cross:
        kind = _brand_across(sides.han, sides.other, sides.unsure)
    elif "brand" in sides.a.missing and "brand" in sides.b.missing:
        return [_limit("brand-differs", sides.a.left("brand"), sides.b.left("brand"))]
    elif "brand" in sides.a.missing or "brand" in sides.b.missing:
        kind = "brand-longer"
    else:
        kind = sides.unsure
    return [_limit(kind, _of_kind(sides.a.name, "brand"), _of_kind(sides.b.name, "brand"))] if kind else []


def _limit(kind: str, a: str, b: str) -> Evidence:
    return Evidence(kind, a, b, limit=LIMIT[kind])


def _brand_across(han: _Side, other: _Side, unsure: str) -> str:
    """The Chinese side decides: a Latin word that is not known may be its line of business."""
    missing = han.missing.get("brand", 0.0)
    if missing:
        return "brand-unseen" if missing > han.whole("brand") / 2 else "brand-longer"
    if "brand" in other.missing and "industry" not in han.missing:
        return "brand-longer"
    return unsure


def _industry(sides: _Sides) -> list[Evidence]:
    one, other = (side.missing.get("industry", 0.0) for side in (sides.a, sides.b))
    if max(one, other) <= SLIGHT:
        return []
    kind = "industry-untold" if sides.cross else "industry-open"
    if min(one, other) > SLIGHT and not sides.cross:
        kind = "industry-differs"
    return [_limit(kind, sides.a.trade(), sides.b.trade())]


def _vetoes(sides: _Sides, known: Knowledge) -> list[Evidence]:
    a, b = sides.a.name, sides.b.name
    found = []
    if kind := _numerals(sides):
        found.append(_limit(kind, " ".join(a.numerals), " ".join(b.numerals)))
    if a.region and b.region and (kind := _regions(sides, known)):
        found.append(_limit(kind, _of_kind(a, "region"), _of_kind(b, "region")))
    if _branches(sides):
        found.append(_limit("branch", a.branch, b.branch))
    if any("note" in side.missing for side in (sides.a, sides.b)):
        found.append(_limit("note-open", _of_kind(a, "note"), _of_kind(b, "note")))
    return found


def _branches(sides: _Sides) -> bool:
    """A branch against a head office, or two branches. Across scripts the place of a branch must be answered:
    东营分公司 is no Heze Branch; 第一分公司 is told by its number."""
    a, b = sides.a.name, sides.b.name
    if sides.cross and sides.han.answered("branch"):
        return False
    if sides.cross and a.branch and b.branch:
        named = len(sides.han.name.branch) > SUFFIX and not (a.numerals and a.numerals == b.numerals)
        return named and not sides.han.touched("branch")
    places = all("region" in side.missing for side in (sides.a, sides.b))
    differ = bool(a.branch) != bool(b.branch) if sides.cross else a.branch != b.branch
    return differ or bool(a.branch and b.branch and places)


def _numerals(sides: _Sides) -> str:
    """How numbers tell apart: 二局第一工程 is not 一局第二工程; in English their order is freer."""
    ours, theirs = sides.a.name.numerals, sides.b.name.numerals
    if ours == theirs:
        return ""
    if sorted(ours) == sorted(theirs) and sides.a.name.script + sides.b.name.script != "hanhan":
        return "numeral-order"
    if sides.cross and sides.han.answered("numeral"):
        return ""
    if not (ours and theirs) and (sides.a if ours else sides.b).answered("numeral"):
        return ""  # 58 and 五八
    return "numerals" if ours and theirs else "numeral-open"


def _regions(sides: _Sides, known: Knowledge) -> str:
    """How regions tell apart. Across scripts a region may agree by sound though the word means another:
    Shanxi is 山西, and some write it for 陕西."""
    a, b = sides.a.name, sides.b.name
    if known.kin(known.narrowest(a.region), known.narrowest(b.region)):
        return "region-narrower" if not sides.cross and _one_is_narrower(a, b, known) else ""
    if sides.cross and sides.han.answered("region"):
        known_there = any(known.kin(one, other) for one in a.region for other in b.region)
        return (
            "region-sound" if sides.by_region and not known_there else ""
        )  # xian of you xian gong si: no Xi'an
    return "region-conflict"


def _one_is_narrower(a: Name, b: Name, known: Knowledge) -> bool:
    """深圳龙岗 against 深圳: often two firms; the country holds everybody and says nothing."""
    depths = [known.depth(known.narrowest(name.region)) for name in (a, b)]
    return depths[0] != depths[1] and min(depths) > 1


def parts(found: Alignment) -> list[Evidence]:
    """Part by part, in the order of the first name; neighbours answered in the same way stand together."""
    a, b = found.a, found.b
    sides = _Sides(found)
    total = sum(sides.a.weights) or 1.0
    told: list[_Told] = []
    for link in sorted(found.links, key=lambda link: (link.ours or (len(a.units),))[0]):
        if told and _follows(told[-1], link, a, b):
            told[-1][0].extend(link.ours)
            told[-1][1].extend(link.theirs)
        else:
            told.append((list(link.ours), list(link.theirs), link.kind))
    whole = _forms_whole(_regions_whole(told, a, b), a, b)
    reasons = []
    for ours, theirs, kind in whole:
        share = sum(sides.a.weights[i] * sides.a.credits[i] for i in ours) / total
        said, heard = text(a, ours), text(b, theirs)
        kind = "respelled" if kind == "same" and said != heard else kind
        reasons.append(Evidence(kind, said, heard, round(share, 4)))
    shown = {i for ours, _t, _k in whole for i in ours}, {j for _o, theirs, _k in whole for j in theirs}
    for number, (side, kind) in enumerate(((sides.a, "only-a"), (sides.b, "only-b"))):
        rest = [
            place
            for place, credit in enumerate(side.credits)
            if not credit and side.weights[place] and place not in shown[number]
        ]
        if rest:
            said = text(side.name, rest)
            reasons.append(Evidence(kind, said if kind == "only-a" else "", said if kind == "only-b" else ""))
    return reasons


_Told = tuple[list[int], list[int], str]


def _regions_whole(told: list[_Told], a: Name, b: Name) -> list[_Told]:
    """What one side alone says of the region (市, 广东省) told with the region it belongs to."""
    lone = [entry for entry in told if not (entry[0] and entry[1])]
    full = [entry for entry in told if entry[0] and entry[1]]
    at = next(
        (n for n, (ours, _t, _k) in enumerate(full) if all(a.units[i].kind == "region" for i in ours)),
        next((n for n, (_o, theirs, _k) in enumerate(full) if b.units[theirs[0]].kind == "region"), None),
    )
    if not lone or at is None:
        return told
    ours, theirs, _kind = full[at]
    for left, right, _lone in lone:
        ours, theirs = sorted(ours + left), sorted(theirs + right)
    full[at] = ours, theirs, "region"
    return full


def _forms_whole(told: list[_Told], a: Name, b: Name) -> list[_Told]:
    """Both legal forms as wholes, however many of their signs agree."""
    ours = [i for i, unit in enumerate(a.units) if unit.kind == "form"]
    theirs = [j for j, unit in enumerate(b.units) if unit.kind == "form"]
    if not ours or not theirs:
        return told
    spelled = {kind for left, _r, kind in told if left and set(left) <= set(ours)} - {"same", "form"}
    rest = [entry for entry in told if not (entry[0] and set(entry[0]) <= set(ours))]
    if spelled or len(rest) == len(told):
        return told
    return [*rest, (ours, theirs, "same" if text(a, ours) == text(b, theirs) else "form")]


def _follows(last: _Told, link: Link, a: Name, b: Name) -> bool:
    if link.kind != last[2] or not (link.ours and link.theirs and last[0] and last[1]):
        return False
    near = link.ours[0] == last[0][-1] + 1 and link.theirs[0] == last[1][-1] + 1
    return near and a.units[link.ours[0]].kind == a.units[last[0][-1]].kind


def _of_kind(name: Name, kind: str) -> str:
    """All units of a kind, as written."""
    return text(name, [place for place, unit in enumerate(name.units) if unit.kind == kind])


def text(name: Name, places: list[int]) -> str:
    """The units of a name as they were written; a blank where something between was left out."""
    blank = "" if name.script == "han" else " "
    said = ""
    for number, place in enumerate(places):
        gap = number and (place != places[number - 1] + 1 or blank)
        said += (" " if gap else "") + (name.units[place].written or name.units[place].text)
    return said
