"""The Qianhai demonstration with other matters: its consultation, a permit, a complaint, an appeal."""

from __future__ import annotations

import shutil
from datetime import datetime
from functools import cache
from pathlib import Path

from tests import people
from tests.people import MONDAY

from qinglian.capabilities.cases import actions
from qinglian.capabilities.cases.actions import Actor, Lodged
from qinglian.capabilities.cases.models import Case
from qinglian.zone import Zone, load
from qinglian.zone.current import current

PACK = Path(__file__).parent / "desk_pack"
STATION = "integrity-station"


@cache
def desk_zone(root: Path, folder: Path) -> Zone:
    """The units, roles and consultation of the demonstration; its other matters make room."""
    into = Path(shutil.copytree(root, folder / "desk-zone", dirs_exist_ok=True))
    for each in [*(into / "matters").iterdir(), *(into / "texts").iterdir()]:
        if not each.name.startswith("consultation."):
            each.unlink()
    for place in ("codes", "decisions", "letters"):
        shutil.rmtree(into / place, ignore_errors=True)
    shutil.copytree(PACK, into, dirs_exist_ok=True)
    return load(into)


def lodge(matter: str, now: datetime = MONDAY, secret: str = "", **answers: str) -> Lodged:
    said = {"title": f"title of {matter}", **answers}
    code = actions.code_from(secret or f"{matter} {now}")
    return actions.lodge_case(current().matters[matter], said, code, "zh-hans", now)


def act(case_id: int, action: str, actor: Actor, now: datetime = MONDAY, **said: object) -> None:
    """By somebody who has just read the page."""
    actions.act_on_case(case_id, action, actor, Case.objects.get(pk=case_id).ver, said, now)


def zheng() -> Actor:
    """Case officer of the integrity station."""
    return people._post("zheng", "郑（示例）", STATION, "clerk")


def wu() -> Actor:
    """Head of the integrity station."""
    return people._post("wu", "吴（示例）", STATION, "head")


def feng() -> Actor:
    """Supervisor of the zone authority, above the service centre and the market regulator."""
    return people._post("feng", "冯（示例）", "zone-authority", "supervisor")
