"""The grammar of a company name.

    name    = { region } brand { industry } [ "(" region ")" ] [ group ] form [ branch ]
    branch  = [ place ] ( 分公司 | 分行 | 办事处 | … )          after a form or a bank
    region  = name of the regions table [ 省 | 市 | 区 | 县 | 自治区 | 特别行政区 | … ]
    form    = the longest row of the forms table that ends the name (股份有限公司, 有限公司, …)
    group   = 集团 | (集团)
    industry= words of the terms table, read from the end backwards
    brand   = what is left: never empty, for if nothing is left the first word of the industry is it

English names have the same parts; their form and group may stand anywhere but first. An entry may hold
more than the name: see `several`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from qinglian.engines.names.folding import MOST_SIGNS, fold, has_han, latin, noted
from qinglian.engines.names.knowledge import Knowledge, stem
from qinglian.engines.names.name import Name, Unit
from qinglian.engines.names.numerals import ORDINALS, han_numerals, latin_numeral
from qinglian.engines.names.several import entry
from qinglian.faults import Fault
from qinglian.faults import noop as _

BRANCHES = (
    "分公司 支公司 子公司 分行 支行 分理处 分店 门市部 营业部 营业厅 营业所 办事处 代表处 联络处 分厂 "
    "分所 分院 分校 分部 分社 项目部 服务部"
).split()
_BRANCH = re.compile(f"({'|'.join(BRANCHES)})$")
_HEADS = re.compile("公司|银行|合作社|事务所|集团|企业|工厂|研究院|联社")
_SUFFIX = re.compile("特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|新区|合作区|省|市|区|县|盟")
_BRACKETED = re.compile(r"\(([^()]{1,12})\)")
BRANCH_WORDS = frozenset("branch office subsidiary".split())
GROUP_WORDS = frozenset("group groups".split())
FORM_WORDS = frozenset(
    (
        "co ltd limited company corporation corp inc incorporated llc plc pte pty gmbh coltd lda sarl bhd "
        "sdn llp joint stock aktiengesellschaft akg jsc ojsc pjsc cjsc oao pao zao ooo srl"
    ).split()
)
FIRST_FORM_WORDS = frozenset("jsc ojsc pjsc cjsc oao pao zao ooo srl llc".split())
LAST_FORM_WORDS = frozenset("sa ag ab bv nv spa lp".split())
SMALL_WORDS = frozenset("and of the for in at de".split())

BRAND, NUMERAL, BRANCH, REGION, FORM, GROUP, NOTE = 1.0, 0.8, 0.6, 0.18, 0.02, 0.04, 0.04
WORD_BRAND, WORD_TRADE, WORD_REGION, WORD_FORM, WORD_GROUP = 2.0, 1.0, 0.36, 0.06, 0.08


def parse(text: str, known: Knowledge, but: frozenset[str] = frozenset()) -> Name:
    """`text` taken apart. Fault for an empty name, or one longer than 500 signs; oddities go into `notes`.

    but: regions not to be read as such, because the other name says that they are a distinctive part.
    """
    folded = readable(text, known)
    written = fold(text, _unchanged)
    written = written if len(written) == len(folded) else folded
    found = entry(folded, FORM_WORDS)
    name = _one(folded, written, found.name, known, but)
    remark = written[slice(*found.remark)] if found.remark else ""
    units = (
        (*name.units, Unit(folded[slice(*found.remark)], "note", NOTE, remark))
        if found.remark
        else name.units
    )
    also = tuple((role, _one(folded, written, span, known)) for role, span in found.also)
    several = ("two-names",) if also else ()
    return replace(
        name, text=text, folded=folded, notes=(*noted(text), *several), remark=remark, also=also, units=units
    )


def _one(
    folded: str, written: str, span: tuple[int, int], known: Knowledge, but: frozenset[str] = frozenset()
) -> Name:
    """The one name that stands in a span of a folded text."""
    text, own = folded[slice(*span)], written[slice(*span)]
    return _Han(own, text, known, but).name() if has_han(text) else _latin(own, text, known)


def readable(text: str, known: Knowledge) -> str:
    """`text` folded, when it can be parsed; the Faults are those of `parse`, found sooner."""
    if len(text) > MOST_SIGNS:
        raise Fault(
            _("the name has %(length)s signs; give one name of at most %(most)s"),
            length=len(text),
            most=MOST_SIGNS,
        )
    folded = fold(text, known.scripts.simplify)
    if not folded:
        raise Fault(_("the name is empty; write the name as registered"))
    return folded


class _Han:
    """One reading of a Chinese name: each sign gets its kind, from outside inwards."""

    def __init__(self, written: str, folded: str, known: Knowledge, but: frozenset[str]) -> None:
        self.written, self.folded, self.known, self.but = written, folded, known, but
        self.kinds = [""] * len(folded)
        self.weights = [0.0] * len(folded)
        self.region: list[str] = []
        self.industry: list[str] = []
        self.branch = self.form = self.form_text = ""
        self.end = len(folded)

    def name(self) -> Name:
        self._branch()
        self._form()
        self._brackets()
        start = self._regions(0)
        self._group()
        numbers = han_numerals(self.folded)
        for begin, end, _number in numbers:
            if not any(self.kinds[begin:end]) and begin >= start:
                self._mark(begin, end, "numeral", NUMERAL / max(1, end - begin))
        self._industries(start)
        units = self._units()
        return Name(
            text=self.written,
            folded=self.folded,
            script="han",
            region=tuple(self.region),
            brand="".join(unit.text for unit in units if unit.kind == "brand"),
            industry=tuple(self.industry),
            form=self.form,
            form_text=self.form_text,
            branch=self.branch,
            numerals=tuple(number for _b, _e, number in numbers),
            units=units,
        )

    def _mark(self, begin: int, end: int, kind: str, weight: float) -> None:
        for place in range(begin, end):
            self.kinds[place], self.weights[place] = kind, weight

    def _branch(self) -> None:
        hit = _BRANCH.search(self.folded)
        if not hit:
            return
        heads = [head.end() for head in _HEADS.finditer(self.folded, 0, hit.start() + 1)]
        begin = max((end for end in heads if end <= hit.start()), default=0)
        if begin:
            self.branch = self.folded[begin:]
            self._mark(begin, self.end, "branch", BRANCH / (self.end - begin) * 2)
            self.end = begin

    def _form(self) -> None:
        for begin in range(max(1, self.end - 16), self.end):
            code = self.known.forms_han.get(self.folded[begin : self.end])
            if code:
                self.form, self.form_text = code, self.folded[begin : self.end]
                self._mark(begin, self.end, "form", FORM)
                self.end = begin
                return

    def _brackets(self) -> None:
        for hit in _BRACKETED.finditer(self.folded, 0, self.end):
            inner = hit[1]
            place = inner if inner in self.known.regions else _SUFFIX.sub("", inner)
            if inner == "集团":
                self._mark(*hit.span(1), "group", GROUP)
            elif place in self.known.regions:
                self.region.append(place)
                self._mark(*hit.span(1), "region", REGION)

    def _is_region(self, place: str) -> bool:
        return place in self.known.regions and place not in self.but

    def _regions(self, start: int) -> int:
        """Regions at the head, each within the one before; 深圳嘉兴 is a firm 嘉兴 of Shenzhen."""
        before = ""
        while True:
            for length in range(min(4, self.end - start - 1), 1, -1):
                place = self.folded[start : start + length]
                if not self._is_region(place):
                    continue
                if not before or before in self.known.chain(place):
                    break
            else:
                return start
            before, stop = place, start + length
            if hit := _SUFFIX.match(self.folded, stop, self.end):
                stop = hit.end()
            if sum(not kind for kind in self.kinds[stop : self.end]) < 2:
                return start
            self.region.append(place)
            self._mark(start, stop, "region", REGION)
            start = stop

    def _group(self) -> None:
        begin = self.folded.rfind("集团", 0, self.end)
        if begin > 1 and not self.kinds[begin]:
            self._mark(begin, begin + 2, "group", GROUP)

    def _industries(self, start: int) -> None:
        """Words of the terms table from the end backwards; then the rest is brand."""
        place, found = self.end, []
        while place > start:
            if self.kinds[place - 1] or self.folded[place - 1] in "()":
                place -= 1
                continue
            for length in range(min(6, place - start), 0, -1):
                word = self.folded[place - length : place]
                if word in self.known.industries and not any(self.kinds[place - length : place]):
                    break
            else:
                break
            place -= length
            found.append((place, place + length, word))
        left = sum(not kind and s not in "()" for kind, s in zip(self.kinds, self.folded, strict=True))
        if left <= sum(end - begin for begin, end, _w in found) and found:
            found.pop()  # the first word must be the brand
        for begin, end, word in found:
            self._mark(begin, end, "industry", term_weight(word, self.known))
        self.industry = [word for _b, _e, word in reversed(found)]
        for place, kind in enumerate(self.kinds):
            if not kind and self.folded[place] not in "() ,.、，":
                self.kinds[place], self.weights[place] = "brand", BRAND

    def _units(self) -> tuple[Unit, ...]:
        units = []
        for hit in re.finditer(r"[a-z0-9à-ÿ]+|[^\s(),.]", self.folded):
            begin, end = hit.span()
            if self.kinds[begin]:
                weight = max(self.weights[begin:end]) * (1.5 if end - begin > 1 else 1)
                units.append(Unit(hit[0], self.kinds[begin], weight, self.written[begin:end]))
        return tuple(units)


def _unchanged(text: str) -> str:
    return text


def term_weight(word: str, known: Knowledge) -> float:
    """Weight of each sign of an industry word: rarer words weigh more, between .12 and .6."""
    return max(0.12, min(0.6, known.weights.get(word, 0.45)))


def word_weight(word: str, known: Knowledge) -> tuple[str, float]:
    """Kind and weight of an English word."""
    if word in SMALL_WORDS:
        return "joint", 0.0
    weight = known.weights.get(word)
    if weight is None:
        return ("industry", WORD_TRADE) if word in known.trades else ("brand", WORD_BRAND)
    return "industry", 2 * weight


def _latin(text: str, folded: str, known: Knowledge) -> Name:
    words = latin(folded).split()
    kinds: list[tuple[str, float] | None] = [None] * len(words)
    region = _latin_regions(words, kinds, known)
    form, form_text = _latin_form(words, kinds, known)
    numerals: list[str] = []
    branch = ""
    for place, word in enumerate(words):
        if kinds[place] is None:
            number = latin_numeral(word)
            if number and (place or word[0].isdigit() or word in ORDINALS):
                numerals.append(number)
                kinds[place] = ("numeral", NUMERAL)
            elif word in BRANCH_WORDS and place:
                branch = word
                kinds[place] = ("branch", BRANCH)
            elif word in GROUP_WORDS and place:
                kinds[place] = ("group", WORD_GROUP)
            elif word == "no" and place + 1 < len(words) and latin_numeral(words[place + 1]):
                kinds[place] = ("joint", 0.0)
            else:
                kinds[place] = word_weight(stem(word), known)
    units = [Unit(word, *kind) for word, kind in zip(words, kinds, strict=True) if kind]
    if units and not any(unit.kind == "brand" for unit in units):
        units = _first_as_brand(units)
    return Name(
        text=text,
        folded=folded,
        script="latin" if words else "other",
        region=tuple(region),
        brand=" ".join(unit.text for unit in units if unit.kind == "brand"),
        industry=tuple(unit.text for unit in units if unit.kind == "industry"),
        form=form,
        form_text=form_text,
        branch=branch,
        numerals=tuple(numerals),
        units=tuple(units),
    )


def _first_as_brand(units: list[Unit]) -> list[Unit]:
    for place, unit in enumerate(units):
        if unit.kind == "industry":
            weight = max(unit.weight, 0.8)
            return [*units[:place], Unit(unit.text, "brand", weight), *units[place + 1 :]]
    return units


def _latin_regions(words: list[str], kinds: list[tuple[str, float] | None], known: Knowledge) -> list[str]:
    found = []
    place = 0
    while place < len(words):
        for length in (3, 2, 1):
            name = known.english.get(" ".join(words[place : place + length]))
            if name and place + length <= len(words):
                found.append(name)
                for spot in range(place, place + length):
                    kinds[spot] = ("region", WORD_REGION / length)
                place += length
                break
        else:
            place += 1
    if found and all(kind is not None or w in FORM_WORDS for w, kind in zip(words, kinds, strict=True)):
        for spot, kind in enumerate(kinds):
            kinds[spot] = None if kind and kind[0] == "region" else kind
        return []
    return found


def _latin_form(words: list[str], kinds: list[tuple[str, float] | None], known: Knowledge) -> tuple[str, str]:
    code, said = "", ""
    for length in (5, 4, 3, 2, 1):
        tail = tuple(words[-length:])
        if len(words) > length and tail in known.forms_latin:
            code, said = known.forms_latin[tail], " ".join(tail)
            kinds[-length:] = [("form", WORD_FORM)] * length
            break
    first = 1
    for length in (5, 4, 3, 1):
        head = tuple(words[:length])
        if len(words) > length and head in known.forms_latin and (length > 2 or head[0] in FIRST_FORM_WORDS):
            first, kinds[:length] = length, [("form", WORD_FORM)] * length
            code, said = code or known.forms_latin[head], said or " ".join(head)
            break
    for place, word in enumerate(words[first:], first):
        last = word in LAST_FORM_WORDS and place == len(words) - 1
        if kinds[place] is None and (word in FORM_WORDS or last):
            kinds[place] = ("form", WORD_FORM)
    if not code and any(kind and kind[0] == "form" for kind in kinds):
        said = " ".join(w for w, kind in zip(words, kinds, strict=True) if kind and kind[0] == "form")
        code = known.forms_latin.get(tuple(said.split()), "company")
    return code, said
