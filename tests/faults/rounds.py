"""One round: visitors lodge, or workers work, while somebody kills; then nothing is lost, half or double."""

from __future__ import annotations

import email
import random
import re
import signal
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.policy import default

from tests.faults.running_site import GONE, Site, Visitor, insist

NUMBER = re.compile(r"[A-Z]+-\d{4}-\d{6}-\d")


@dataclass
class Seen:
    kills: int = 0
    acknowledged: int = 0
    unanswered: int = 0  # presses of the last button that were never answered


def lodge_while(
    site: Site, visitors: int, point: str = "", kills: int = 0, dice: random.Random | None = None
) -> Seen:
    """Lodge in parallel. point: server processes die there; kills: the whole server dies so often."""
    seen = Seen()
    more = {"QINGLIAN_CRASH": point} if point else {}
    server = site.serve(**more)
    everybody = [Visitor(site, f"{uuid.uuid4()}") for _n in range(visitors)]
    with ThreadPoolExecutor(visitors) as pool:
        list(pool.map(lambda each: insist(each.fill_in), everybody))
        going = [pool.submit(_press, each, seen) for each in everybody]
        for _kill in range(kills):
            assert dice is not None
            time.sleep(dice.uniform(0.0, 0.12))
            site.kill(server)
            seen.kills += 1
            server = site.serve(**more)
            going += [pool.submit(_press_another, site, seen)]
        extra = [each.result(120) for each in going]
    everybody += [each for each in extra if each is not None]
    if point:
        seen.kills += seen.unanswered
    site.end(server)
    holds(site, everybody)
    seen.acknowledged = sum(each.acknowledged for each in everybody)
    return seen


def _press(visitor: Visitor, seen: Seen) -> None:
    def press() -> None:
        try:
            assert visitor.press().status == 302
        except GONE:
            seen.unanswered += 1
            raise

    insist(press)
    insist(visitor.read_number)


def _press_another(site: Site, seen: Seen) -> Visitor:
    visitor = Visitor(site, f"{uuid.uuid4()}")
    insist(visitor.fill_in)
    _press(visitor, seen)
    return visitor


def holds(site: Site, everybody: list[Visitor]) -> None:
    found = site.inside("check")
    assert not found["wrong"], found["wrong"]
    titles = Counter(title for title, _number in found["cases"])
    numbers = dict(found["cases"])
    for each in everybody:
        assert each.acknowledged and titles[each.title] == 1 and numbers[each.title] == each.number, each


def work_while(site: Site, point: str = "", kills: int = 0, dice: random.Random | None = None) -> Seen:
    """Two workers on rungs that are all due; one dies at the point, or at any moment, and begins again."""
    seen = Seen()
    doomed = site.begin("work", QINGLIAN_CRASH=point)
    other = site.begin("work")
    until = time.monotonic() + 90
    while seen.kills < max(1, kills):
        site.inside("fill", "4")
        site.inside("hurry")
        if dice is not None:
            time.sleep(dice.uniform(0.3, 2.0))
            site.kill(doomed)
        while any(site.inside("left").values()) and doomed.poll() is None:
            assert time.monotonic() < until, site.inside("left")
        if doomed.poll() is not None:
            seen.kills += 1
            doomed = site.begin("work")
        assert time.monotonic() < until, "nobody passed the point"
    while any(site.inside("left").values()):
        site.inside("again")
        time.sleep(0.1)
        assert time.monotonic() < until, site.inside("left")
    assert site.end(other) == 0 and site.end(doomed) in (0, -signal.SIGTERM)
    holds(site, [])
    _letters(site)
    return seen


def _letters(site: Site) -> None:
    """One for each case in this folder, however often it was sent: the same Message-ID is the same file."""
    files = (site.folder / "mail").glob("*.eml")
    subjects = [email.message_from_bytes(file.read_bytes(), policy=default)["Subject"] for file in files]
    about = Counter(word for subject in subjects for word in subject.split() if NUMBER.fullmatch(word))
    assert len(subjects) == about.total(), subjects
    cases = {number for _title, number in site.inside("check")["cases"]}
    assert set(about.values()) == {1} and set(about) <= cases, about
    assert site.database or set(about) == cases  # a shared database has letters in other folders
