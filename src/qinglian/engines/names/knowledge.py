"""What the engine must be told about the world: readings, regions, forms, words. Tables are arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from qinglian.faults import Fault
from qinglian.faults import noop as _

Row = Mapping[str, str]


class Scripts(Protocol):
    """Conversions that need large tables of signs; a caller brings them."""

    def simplify(self, text: str) -> str:
        """Simplified characters, as many signs as went in."""

    def pinyin(self, sign: str) -> tuple[str, ...]:
        """Readings of one sign in Mandarin, without tones (v for ü), the usual one first."""

    def jyutping(self, sign: str) -> tuple[str, ...]:
        """Readings of one sign in Cantonese, without tones, the usual one first."""


@dataclass(frozen=True, slots=True)
class Region:
    name: str
    within: str
    level: str
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A Chinese word and one English rendering, seen `seen` times in pairs (0: written by hand)."""

    zh: str
    en: tuple[str, ...]
    share: float
    industry: bool


@dataclass(frozen=True)
class Knowledge:
    """Everything the engine reads. Build it with `knowledge(...)`."""

    scripts: Scripts
    regions: dict[str, Region]
    forms_han: dict[str, str]
    forms_latin: dict[tuple[str, ...], str]
    words: dict[str, tuple[Term, ...]]
    industries: frozenset[str]
    weights: dict[str, float]
    polyphones: dict[str, tuple[str, ...]]
    cantonese: dict[str, tuple[str, ...]]
    macau: dict[str, tuple[str, ...]]
    english: dict[str, str]
    trades: frozenset[str]

    def kin(self, one: str, other: str) -> bool:
        """Whether one region holds the other, or they are the same; 泰州/台州 is either."""
        return any(a in self.chain(b) or b in self.chain(a) for a in one.split("/") for b in other.split("/"))

    def narrowest(self, regions: tuple[str, ...]) -> str:
        """The region that lies deepest; 泰州/台州 is as deep as either."""
        return max(regions, key=self.depth)

    def depth(self, region: str) -> int:
        """1 for a country, 2 for a province, and so on."""
        return max(len(self.chain(one)) for one in region.split("/"))

    def chain(self, name: str) -> tuple[str, ...]:
        found: list[str] = []
        while name and name in self.regions:
            found.append(name)
            name = self.regions[name].within
        return tuple(found)


def knowledge(
    scripts: Scripts,
    *,
    regions: Iterable[Row],
    forms: Iterable[Row],
    terms: Iterable[Row],
    weights: Iterable[Row],
    polyphones: Iterable[Row],
    cantonese: Iterable[Row],
    macau: Iterable[Row],
) -> Knowledge:
    """Knowledge from the rows of its tables (columns as in the reference page). Fault names a bad row."""
    places = {r["name"]: Region(r["name"], r["within"], r["level"], _several(r["other"])) for r in regions}
    lost = [place.name for place in places.values() if place.within and place.within not in places]
    if lost:
        raise Fault(_("region %(name)s lies in a region that has no row; add it"), name=lost[0])
    form_rows = list(forms)
    words = _words(terms)
    spoken = {r["text"]: tuple(r["reading"].split()) for r in polyphones}
    return Knowledge(
        scripts=scripts,
        regions=places,
        forms_han={r["text"]: r["code"] for r in form_rows if r["script"] == "han"},
        forms_latin={tuple(r["text"].split()): r["code"] for r in form_rows if r["script"] == "latin"},
        words=words,
        industries=frozenset(zh for zh, found in words.items() if any(t.industry for t in found)),
        weights={r["token"]: float(r["weight"]) for r in weights},
        polyphones=spoken,
        cantonese=spellings(cantonese),
        macau=spellings_of_macau(macau),
        english=_english(places, scripts, spoken),
        trades=frozenset(word for found in words.values() for t in found if t.industry for word in t.en),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _words(terms: Iterable[Row]) -> dict[str, tuple[Term, ...]]:
    found: dict[str, list[Term]] = {}
    for row in terms:
        for rendering in _several(row["en"]):
            en = tuple(stem(word) for word in rendering.lower().replace("-", " ").split())
            share = float(row.get("share") or 1)
            term = Term(row["zh"], en, share, row["kind"] == "industry")
            if all(term.en != other.en for other in found.setdefault(row["zh"], [])):
                found[row["zh"]].append(term)
    return {zh: tuple(terms) for zh, terms in found.items()}


def _english(
    regions: Mapping[str, Region], scripts: Scripts, spoken: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """Spelling to region; two regions that are spelled alike stand as 泰州/台州."""
    found: dict[str, list[str]] = {}
    for region in regions.values():
        read = "".join(syllables(region.name, scripts, spoken))
        for spelling in (*(other.lower() for other in region.other), read):
            if region.name not in found.setdefault(spelling, []):
                found[spelling].append(region.name)
    found["shanxi"] = ["山西"]  # 陕西 is written Shaanxi
    return {spelling: "/".join(names) for spelling, names in found.items()}


def syllables(text: str, scripts: Scripts, spoken: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The usual Mandarin reading of simplified text, polyphones by the longest row that fits.

    A sign without a reading stays as it is; runs of letters or digits are one syllable.
    """
    found: list[str] = []
    place = 0
    while place < len(text):
        if text[place].isascii() and text[place].isalnum():
            end = place
            while end < len(text) and text[end].isascii() and text[end].isalnum():
                end += 1
            found.append(text[place:end])
            place = end
            continue
        for length in (3, 2, 1):
            said = spoken.get(text[place : place + length])
            if said and len(said) == length:
                found.extend(said)
                place += length
                break
        else:
            read = scripts.pinyin(text[place])
            if read or not text[place].isspace():
                found.append(read[0] if read else text[place])
            place += 1
    return tuple(found)


_SHORT = {
    "tech": "technology", "technologie": "technology", "technological": "technology",
    "pharma": "pharmaceutical", "pharm": "pharmaceutical", "intl": "international",
    "int": "international", "eng": "engineering", "engrg": "engineering", "mfg": "manufacturing",
    "manufacture": "manufacturing", "ind": "industry", "industrial": "industry", "industrie": "industry",
    "dev": "development", "mgmt": "management", "grp": "group", "hldg": "holding", "hldgs": "holding",
    "hold": "holding", "bros": "brother", "elec": "electric", "electrical": "electric",
    "electronic": "electronics", "chem": "chemical", "mech": "mechanical", "equip": "equipment",
    "auto": "automobile", "automotive": "automobile", "biotech": "biotechnology", "info": "information",
    "telecom": "telecommunication", "svc": "service", "svcs": "service", "assn": "association",
    "constr": "construction", "const": "construction", "natl": "national", "trdg": "trading",
    "trade": "trading", "univ": "university", "inst": "institute", "medicine": "pharmaceutical",
    "medical": "medical", "hitech": "hightech", "centre": "center", "fibre": "fiber",
}  # fmt: skip


def stem(word: str) -> str:
    """An English word without its plural, short forms written out."""
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is", "ics")):
        word = word[:-1]
    return _SHORT.get(word, word)


def spellings(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """Every Jyutping syllable (no tone) to its spellings in the way of Hong Kong's government.

    The table gives spellings of initials and finals; a syllable takes each with each.
    """
    heads, tails = _heads_and_tails(rows)
    found = {}
    for (head, starts), (tail, ends) in product(heads.items(), tails.items()):
        plain = {start + end for start, end in product(starts, ends)}
        if head == "j":
            plain |= {re.sub("^y(?=yu|u$|ue)", "", word) for word in plain} | _yods(tail, ends)
        if (head, tail) in {("z", "i"), ("c", "i"), ("s", "i")}:
            plain |= {"tsz", "tze", "chi", "see", "sze", "sz", "shi", "szeto"}
        found[head + tail] = tuple(sorted(word for word in plain if word))
    return found | {"m": ("m",), "ng": ("ng",)}


def _yods(tail: str, ends: tuple[str, ...]) -> set[str]:
    """Syllables in j- whose final already says it: jyu is written Yu, jyun Yuen, ji Yi or Yee."""
    return (
        {end if end.startswith("y") else "y" + end for end in ends} if tail.startswith(("yu", "i")) else set()
    )


def spellings_of_macau(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """Every Jyutping syllable (no tone) to its spellings in the Portuguese way of Macau (Seac Pai Van)."""
    heads, tails = _heads_and_tails(rows)
    found = {}
    for (head, starts), (tail, ends) in product(heads.items(), tails.items()):
        plain = {start + end for start, end in product(starts, ends)}
        if head == "j":
            plain = {end if end[:1] in "iu" else "i" + end for end in ends} | {"i" + end for end in ends}
        found[head + tail] = tuple(sorted(word for word in plain if word))
    return found | {"m": ("m",), "ng": ("ng",)}


def _heads_and_tails(rows: Iterable[Row]) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    heads: dict[str, tuple[str, ...]] = {}
    tails: dict[str, tuple[str, ...]] = {}
    for row in rows:
        side = heads if row["part"] == "initial" else tails
        side[row["jyutping"]] = tuple(part.strip() for part in row["spellings"].split(";"))
    return heads, tails
