"""The invented people of the zone's units, appointed by the verbs of parties; each unit has its own pace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from qinglian.capabilities.cases.actions import Actor
from qinglian.capabilities.parties.actions import appoint
from qinglian.capabilities.parties.factors import open_demonstration_account
from qinglian.zone import Matter, Zone

FIRST = (("li", "李", "clerk"), ("wang", "王", "supervisor"), ("zhao", "赵", "head"))
OTHERS = (
    "qian 钱", "sun 孙", "zhou 周", "wu 吴", "zheng 郑", "feng 冯", "chen 陈", "chu 褚", "wei 卫", "jiang 蒋",
    "shen 沈", "han 韩", "yang 杨", "zhu 朱", "qin 秦", "you 尤", "xu 许", "he 何", "lu 吕", "shi 施",
    "zhang 张", "kong 孔", "cao 曹", "yan 严", "hua 华", "jin 金", "tao 陶", "qi 戚", "xie 谢", "zou 邹",
    "yu 喻", "bai 柏", "shui 水", "dou 窦", "yun 云", "su 苏", "pan 潘", "ge 葛", "xi 奚", "fan 范",
    "peng 彭", "lang 郎", "chang 昌", "ma 马", "miao 苗",
)  # fmt: skip
SIGN_IN = 8  # accounts with a password; who is only seen needs none
# How long a unit takes, as a share of what others take: some are quick, one is slow.
PACES = (0.55, 0.75, 0.9, 1.0, 1.15, 1.9)


@dataclass
class Office:
    """Who works in one unit."""

    unit: str
    pace: float
    people: dict[str, list[Actor]] = field(default_factory=dict)  # role → those who hold it there


@dataclass
class House:
    """Every unit that has people; `above` leads from a unit to the one over it."""

    offices: dict[str, Office]
    above: dict[str, str | None]

    def who(self, role: str, unit: str) -> list[Actor]:
        """Those who hold the role in the unit, or else in the nearest one above that has any."""
        here: str | None = unit
        while here is not None:
            found = self.offices[here].people.get(role) if here in self.offices else None
            if found:
                return found
            here = self.above.get(here)
        return []

    def pace(self, unit: str) -> float:
        return self.offices[unit].pace if unit in self.offices else 1.0

    def everybody(self) -> Iterator[Actor]:
        seen = set()
        for office in self.offices.values():
            for held in office.people.values():
                for each in held:
                    if each.person_id not in seen:
                        seen.add(each.person_id)
                        yield each


def employ(zone: Zone, matters: Iterable[Matter], since: date) -> House:
    """Somebody for every role in every unit that a matter can reach, and whoever supervises above them."""
    units = list(dict.fromkeys(unit for matter in matters for unit in units_of(matter)))
    house = House({}, {unit.id: unit.parent for unit in zone.units.values()})
    names, accounts = _names(), 0
    for unit, posts in _posts(house, units, names):
        office = house.offices.setdefault(unit, Office(unit, PACES[len(house.offices) % len(PACES)]))
        for n, (username, surname, role) in enumerate(posts):
            signs_in = (unit == units[0] and n < len(FIRST)) or (n == 0 and accounts < SIGN_IN)
            accounts += signs_in
            name = f"{surname}（示例）"
            person = appoint(username, name, unit, role, since)
            if signs_in and person.user is not None:
                open_demonstration_account(person.user)
            office.people.setdefault(role, []).append(Actor("staff", frozenset({role}), person.pk, name))
    return house


def _posts(
    house: House, units: list[str], names: Iterator[tuple[str, str]]
) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Unit by unit: (username, surname, role) of each; at the top those who supervise."""
    roles = ("clerk", "clerk", "head", "head")
    for place, unit in enumerate(units):
        some = [*FIRST, *((*next(names), role) for role in ("clerk", "clerk", "head"))]
        yield unit, some if not place else [(*next(names), role) for role in roles]
    tops = dict.fromkeys(_top(house, unit) for unit in units)
    for unit in tops:
        yield unit, [(*next(names), "supervisor")]


def _top(house: House, unit: str) -> str:
    while (above := house.above.get(unit)) is not None:
        unit = above
    return unit


def _names() -> Iterator[tuple[str, str]]:
    """(username, surname), and more of them where a pack has many units."""
    for n in count():
        for each in OTHERS:
            username, surname = each.split()
            yield f"{username}{n or ''}", surname


def units_of(matter: Matter) -> Iterator[str]:
    """Where cases of this matter can be handled."""
    yield matter.unit
    if matter.routing is not None:
        yield from sorted(matter.routing.table.outcomes)
    if matter.complaint is not None:
        yield matter.complaint.otherwise
    for action in matter.actions.values():
        if action.joint is not None:
            yield from action.joint.units
