"""Names and numbers that belong to nobody: how often what stands where is counted from a real register.

A brand is one ordinary sign and one of LATTER. None of those stands in any of the 20,913 real names that were
looked through (tools/enterprise_statistics.py looks again), so no brand is a real one of them; and every name
carries （示例） or (example). What is invented how: docs/explanation/the-demonstration.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

from qinglian.engines.names.identifiers import organisation_check, uscc_check

FORMER = "青云南晓白松远安秋春夏冬月星石木林山溪河湖海风雨雪花叶竹梅兰和平乐知行书画琴墨文新明"
LATTER = "鹮榷芃渚汀菡霭砚笺鸢椋漪湄汐沄桨锚鹇莺芷蘅荻篁箬柚橘黍菽粟畦瀑淙沁濯霁霓昀晗琚琬瑾缣梭毫甍榭溆汜"
FORMER_EN = (
    "Amber", "Ashen", "Auburn", "Azure", "Copper", "Coral", "Crimson", "Dappled", "Early", "Fallow",
    "Hollow", "Inland", "Ivory", "Lively", "Lower", "Mellow", "Misty", "Northern", "Ochre", "Olive",
    "Quiet", "Rambling", "Russet", "Scarlet", "Silver", "Sloping", "Steady", "Umber", "Velvet", "Winding",
)  # fmt: skip
LATTER_EN = (
    "Heron", "Quill", "Fennel", "Bramble", "Thistle", "Plover", "Lapwing", "Curlew", "Sandpiper", "Wagtail",
    "Dunlin", "Avocet", "Driftwood", "Thimble", "Spindle", "Bobbin", "Inkwell", "Stirrup", "Acorn", "Rowan",
    "Alder", "Larch", "Sorrel", "Yarrow", "Borage", "Bracken", "Lichen", "Sedge", "Dulse", "Cockle", "Whelk",
    "Halyard", "Mooring", "Footbridge", "Hedgerow", "Furrow", "Dovecote", "Sundial", "Tinder", "Kettle",
)  # fmt: skip
SURNAMES = (
    "陈林黄张李王吴刘蔡杨许郑谢郭洪曾邱廖赖徐周叶苏庄吕江何萧罗高潘简朱钟彭游詹胡施沈余赵卢梁颜柯翁"
    "魏孙戴范方宋邓杜傅侯曹薛丁卓马董唐蓝石蒋邹尹俞姜邵秦孔贺汤万龙汪钱倪"
)
CANTONESE = (
    "Chan", "Wong", "Lam", "Cheung", "Leung", "Ho", "Ng", "Lau", "Yip", "Kwok", "Tang", "Fung", "Poon", "Mok",
    "Siu", "Tsang", "Yeung", "Kwan", "Lui", "Tam", "Choi", "Hui", "Chow", "Lai", "Pang", "Szeto", "Au", "Tse",
)  # fmt: skip
# 91: an enterprise. 000000: no division of the country has this number, so no office can have given the code.
NOWHERE = "91000000"
PLACES = (("CN", 74), ("HK", 20), ("MO", 6))
OPENINGS = {"市": "深圳市{}", "plain": "深圳{}", "none": "{}", "inside": "{}"}


@dataclass(frozen=True)
class Firm:
    """An invented enterprise, as a register would hold it. names: zone language → name."""

    place: str
    number: str
    names: dict[str, str]
    since: date
    district: str
    business: str

    def name(self, language: str) -> str:
        """In a language of the site; where it has none there, the one that it has."""
        wished = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}[language]
        return self.names.get(wished) or next(iter(self.names.values()))


@dataclass(frozen=True)
class Counted:
    """What was counted of the real register: value → how many share it."""

    of: dict[str, dict[str, int]]
    english: dict[str, str]  # a word of business → in English

    def draw(self, what: str, dice: Random) -> str:
        values = self.of[what]
        return dice.choices(list(values), list(values.values()))[0]


@cache
def counted() -> Counted:
    of: dict[str, dict[str, int]] = {}
    english = {}
    with Path(__file__).with_name("enterprises.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            of.setdefault(row["what"], {})[row["value"]] = int(row["count"])
            if row["en"]:
                english[row["value"]] = row["en"]
    return Counted(of, english)


def firms(dice: Random, until: date) -> Iterator[Firm]:
    """As many as there are brands, no brand twice; all were registered before `until`."""
    brands = [former + latter for former in FORMER for latter in LATTER]
    english = [f"{former} {latter}" for former in FORMER_EN for latter in LATTER_EN]
    dice.shuffle(brands)
    dice.shuffle(english)
    places = [place for place, _share in PLACES]
    shares = [share for _place, share in PLACES]
    for n, brand in enumerate(brands, 1):
        place = dice.choices(places, shares)[0]
        business = counted().draw("word", dice)
        since = _since(dice, until)
        if place == "CN":
            district = counted().draw("district", dice)
            yield Firm(
                place, code(n), {"zh-Hans": _mainland(brand, business, dice)}, since, district, business
            )
        else:
            names = _beyond(brand, english[n % len(english)], business, place)
            number = f"99{n:06d}" if place == "HK" else f"EX{n:06d}"
            yield Firm(place, number, names, since, "", business)


def _mainland(brand: str, business: str, dice: Random) -> str:
    opening = counted().draw("opening", dice)
    form = counted().draw("form", dice)
    place = "(深圳)" if opening == "inside" else ""
    return OPENINGS[opening].format(f"{brand}{business}{place}（示例）{form}")


def _beyond(brand: str, english: str, business: str, place: str) -> dict[str, str]:
    """In Hong Kong traditional and English; in Macau traditional and Portuguese."""
    plain = f"{brand}{business}（示例）" + ("有限公司" if place == "HK" else "一人有限公司")
    traditional = in_traditional(plain)
    words = " ".join(word.capitalize() for word in counted().english[business].split())
    if place == "HK":
        return {"zh-Hant": traditional, "en": f"{english} {words} (example) Limited"}
    return {"zh-Hant": traditional, "pt": f"{english} (exemplo), Limitada"}


def _since(dice: Random, until: date) -> date:
    """The register's years run to 2019; a zone has younger firms: half are of the last twelve years."""
    if dice.random() < 0.5:
        return until - timedelta(days=dice.randrange(400, 12 * 365))
    year = int(counted().draw("year", dice))
    return date(year, 1 + dice.randrange(12), 1 + dice.randrange(28))


def code(n: int) -> str:
    """A unified social credit code that fits both its check characters and was given by nobody."""
    body = f"MAEX{n:04d}"
    first = f"{NOWHERE}{body}{organisation_check(body)}"
    return first + uscc_check(first)


def person(dice: Random, language: str) -> str:
    """Somebody who asks, by a surname that many share: no person is meant."""
    if language == "en":
        return f"{dice.choice(('Ms', 'Mr'))} {dice.choice(CANTONESE)} (example)"
    name = f"{dice.choice(SURNAMES)}（示例）"
    return in_traditional(name) if language == "zh-hant" else name


def in_traditional(text: str) -> str:
    return _converter()(text)


@cache
def _converter():  # type: ignore[no-untyped-def]
    import opencc

    return opencc.OpenCC("s2hk").convert
