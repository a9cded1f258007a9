"""No page asks the database more than twelve questions, nor more when there is more to show.

The same pages are asked for with three of everything and with thirty: cases, notices, answers, enterprises
that somebody speaks for, ties, questions of a room, notes, letters and events of one case.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import people
from tests.web.conftest import NOW

from qinglian.capabilities.cases import actions
from qinglian.capabilities.cases.actions import Actor
from qinglian.capabilities.cases.answered import bases_today
from qinglian.capabilities.cases.claiming import claim_case
from qinglian.capabilities.cases.links import link_cases
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.notes import write_note
from qinglian.capabilities.cases.queues import QUEUES
from qinglian.capabilities.cases.sight import Sight
from qinglian.capabilities.cases.thread import write_letter
from qinglian.capabilities.interests.actions import declare_tie
from qinglian.capabilities.parties.actions import state_enterprise

BUDGET = 12
FEW, MANY = 3, 30
ROOM, MEMBERS = "north-park", "cross-border-trade"
CODE = actions.code_from("of the room")
STAFF = [f"/en/desk/?show={show}" for show in QUEUES] + [
    "/en/desk/?show=open&words=office",
    "/en/desk/?show=open&handler=nobody",
    "/en/desk/search/?q=登记",
    "/en/desk/{number}/",
    "/en/desk/notices/",
    "/en/desk/notices/?show=all",
    "/en/desk/answers/",
    "/en/desk/rooms/",
    "/en/desk/enterprises/?q=陈记",
    "/en/desk/merges/",
    "/en/ties/",
]
READERS = {
    "wang": [*STAFF, "/en/desk/outbox/"],  # the supervisor, in trouble too: letters wait
    "zhao": ["/en/desk/", "/en/desk/{number}/", "/en/desk/rooms/"],  # a head, who may do most
    "li": STAFF,
    "zheng": ["/en/desk/rooms/", f"/en/desk/rooms/{MEMBERS}/"],  # has a room with members
    "he": ["/en/cases/mine/", "/en/cases/track/{number}/", "/en/"],
    "with a code": ["/en/cases/track/{number}/"],
    "visitor": [
        "/en/", "/en/cases/", "/en/cases/new/consultation/", "/en/answers/", "/en/answers/?q=lease",
        "/en/answers/{answer}/", "/en/rooms/", f"/en/rooms/{ROOM}/", "/en/figures/", "/en/data/", "/en/log/",
        "/en/measures/", "/api/v1/answers", "/api/v1/matters", "/api/v1/requests.json", "/api/v1/figures",
        "/en/answers/feed.atom",
    ],
}  # fmt: skip


def zheng() -> Actor:
    """Gives cases to others in the unit of a room that has members."""
    return people._post("zheng", "郑（示例）", people.OTHER_UNIT, "head")


class World:
    """A zone in which there are n of everything; `grow` makes more of it."""

    def __init__(self, he: int) -> None:
        self.he, self.li, self.zhao, self.n = he, people.li(), people.zhao(), 0
        self.long = people.chen_asks(NOW - timedelta(hours=5), secret="long", email="chen@example.com")
        self.answer = ""
        actions.make_channel_code(MEMBERS, CODE, zheng(), NOW)

    def grow(self, to: int) -> None:
        for n in range(self.n, to):
            self._case(n, NOW - timedelta(hours=4) + timedelta(minutes=n))
        self.n = to

    def _case(self, n: int, at: object) -> None:
        lodged = people.chen_asks(at, secret=f"case {n}", title=f"office {n}", email="chen@example.com")
        claim_case(lodged.number, actions.code_from(f"case {n}"), self.he, None, at)
        people.act(lodged.case_id, "accept", self.li, at)
        if n % 3 == 1:
            people.act(lodged.case_id, "ask", self.li, at)
        if n % 3 == 2:
            people.act(lodged.case_id, "answer", self.li, at)
        self._beside(n, lodged.number, at)
        self._published(lodged.case_id)
        said = people.CHEN | {"title": f"room {n}"}
        code = actions.code_from(f"room {n}")
        asked = actions.lodge_case(people.matter(), said, code, "zh-hans", at, ROOM)
        if n % 3 == 2:
            people.act(asked.case_id, "accept", self.li, at)
            people.act(asked.case_id, "answer", self.li, at)
        member = get_user_model().objects.create_user(f"member {n}", f"{n}@example.com")
        actions.come_in(MEMBERS, CODE, member.pk, at)

    def _beside(self, n: int, number: str, at: object) -> None:
        """What stands on the page of one case, and who somebody speaks for."""
        case_id, me = self.long.case_id, self.li.person_id
        write_letter(case_id, self.li, f"letter {n}", at)
        write_note(case_id, f"note {n}", "internal", me, self.li.roles, at)
        link_cases(
            case_id, number, "related", "the same papers", at, sight=Sight({people.UNIT: self.li.roles}, me)
        )
        firm = state_enterprise("CN", "", f"陈记{n}号（示例）有限公司", at)
        people.may_speak(firm, self.zhao, user=self.he)
        for each in (self.li, self.zhao, people.wang()):
            declare_tie(each.person_id, "shareholder", at, enterprise=firm, since=NOW.date())

    def _published(self, case_id: int) -> None:
        said = dict.fromkeys(("zh-Hans", "zh-Hant", "en"), "a lease will do")
        basis = [key for key, _basis in bases_today(people.matter())][:1]
        if Case.objects.get(pk=case_id).events.filter(action="answer").exists():
            row = actions.draft_answer(case_id, question=said, answer=said, basis=basis, by=self.li, now=NOW)
            actions.decide_answer(row.pk, self.zhao, True, NOW)
            self.answer = row.number


@pytest.fixture
def asked(
    signed_in: Callable[[str], Client], settings: object
) -> dict[int, dict[tuple[str, str], list[str]]]:
    """With three of everything and with thirty: who asked for what → the statements that it took."""
    settings.MAIL_READY = False  # type: ignore[attr-defined]  # what a supervisor is warned of is counted too
    he = get_user_model().objects.create_user("he", "he@example.com", people.PASSWORD)
    EmailAddress.objects.create(user=he, email=he.email, verified=True, primary=True)
    clients = {name: signed_in(name) for name in ("li", "wang", "zhao")}
    zheng()
    clients["zheng"] = people.browser("zheng")
    clients |= {"he": people.browser("he"), "visitor": Client(), "with a code": Client()}
    world, found = World(he.pk), dict[int, dict[tuple[str, str], list[str]]]()
    claim_case(world.long.number, actions.code_from("long"), he.pk, None, NOW)
    given = {"number": world.long.number, "code": actions.code_from("long")}
    assert clients["with a code"].post("/en/cases/track/", given).status_code == 302
    for n in (FEW, MANY):
        world.grow(n)
        named = {"number": world.long.number, "answer": world.answer}
        found[n] = {(who, path): _statements(clients[who], path.format(**named), n == FEW or who == "he")
                    for who, paths in READERS.items() for path in paths}  # fmt: skip
    return found


def _statements(client: Client, path: str, warm: bool) -> list[str]:
    if warm:  # what a process asks for once, it has asked for; and an account has seen what is new
        client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    # What the second fence says to PostgreSQL comes on top: who reads, and where it is gone beyond.
    return [each["sql"] for each in asked if not each["sql"].startswith("SELECT set_config('")]


@pytest.mark.django_db
def test_pages_ask_the_database_little_and_no_more_when_there_is_more(
    asked: dict[int, dict[tuple[str, str], list[str]]],
) -> None:
    dear = {page: statements for page, statements in asked[MANY].items() if len(statements) > BUDGET}
    assert not dear, {page: [each[:300] for each in statements] for page, statements in dear.items()}
    grown = {page: (len(asked[FEW][page]), len(statements)) for page, statements in asked[MANY].items()}
    assert not {page: both for page, both in grown.items() if both[0] != both[1]}, "few → many"
