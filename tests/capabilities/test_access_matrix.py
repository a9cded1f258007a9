"""Every role at every endpoint with every method: no planted word comes out where it may not be read.

The endpoints are those that the resolver knows; a new one is tried by itself. What stands in its address
is given by name in ARGUMENTS: a name that is not there fails, so that nobody forgets to plant something.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Max
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from tests import people
from tests.capabilities.planted import MIXED, Planted, Word, plant, readers_of, zone_of_levels

from qinglian.capabilities.access.endpoints import Endpoint, endpoints, policies, sources
from qinglian.capabilities.access.policies import PUBLIC, Reader
from qinglian.capabilities.access.queries import holds
from qinglian.capabilities.cases import feeds
from qinglian.capabilities.cases.holds import place
from qinglian.capabilities.cases.models import Case, MatterVersion
from qinglian.capabilities.figures.actions import compute_all
from qinglian.capabilities.files.models import FileUse
from qinglian.capabilities.interests.actions import merge_enterprises, name_representative
from qinglian.capabilities.ledger.actions import open_trees, sequence
from qinglian.capabilities.ledger.models import Entry
from qinglian.capabilities.parties.actions import Mandate, Proof
from qinglian.capabilities.parties.models import Enterprise, EnterpriseName, MergeProposal, Representative
from qinglian.capabilities.parties.readers import reader
from qinglian.zone.current import current

PARTS = 4
NOWHERE = "ZX-2026-999999-9"
# What stands in addresses, by its name there.
ARGUMENTS: dict[str, Callable[[Planted], list[str | int]]] = {
    "number": lambda planted: [*planted.numbers.values(), NOWHERE],
    "action": lambda _planted: ["answer", "close", "accept"],
    "rule_id": lambda _planted: ["answer-in"],
    "matter_id": lambda _planted: ["consultation", "held-sealed"],
    "step_id": lambda _planted: ["question"],
    "calendar_id": lambda _planted: ["CN"],
    "channel_id": lambda _planted: ["north-park", "cross-border-trade"],
    "member": lambda _planted: [1],
    "year": lambda _planted: [2026],
    "slug": lambda _planted: ["restricted", "public"],
    "index": lambda _planted: one_entry_of_each_kind(),
    "seq": lambda _planted: [1, 2],
    "secret": lambda planted: [planted_feed(planted), "no-such-address"],
    "tree": lambda _planted: ["restricted", "public"],
    "ident": lambda _planted: ["0123456789ab"],
    "hook": lambda _planted: [1, 2],
    "place": lambda _planted: [1, 2],
    **dict.fromkeys(("proposal", "contribution"), lambda _planted: [1, 2]),
    "path": lambda _planted: ["entries/000.p/12", "0/000"],
    **dict.fromkeys(("tie", "enterprise", "pk", "merge", "notice"), lambda _planted: [1, 2]),
    "enterprise": lambda _planted: [*Enterprise.objects.order_by("id").values_list("id", flat=True)],
    "merge": lambda _planted: [*MergeProposal.objects.order_by("id").values_list("id", flat=True)],
    "representative": lambda _planted: [*Representative.objects.order_by("id").values_list("id", flat=True)],
    "hold": lambda _planted: [row.id for row in holds()],
    "sha": lambda _planted: [
        *FileUse.objects.order_by("id").values_list("file__sha", flat=True),
        *(sha256(text.encode()).hexdigest() for text in MatterVersion.objects.first().pins.values()),
    ],
    "figure_id": lambda _planted: ["cases.pending", "cases.lodged", "cases.nothing"],
    "table_id": lambda _planted: ["cases.lodgings", "cases.in-hand", "cases.nothing"],
    "form": lambda _planted: ["csv", "json", "xml"],
    "measure_id": lambda _planted: [current().measures[0].id],
}
QUERIES = (
    "",
    "?show=open",
    "?show=ended",
    "?show=waiting&after=0",
    "?words=wtitle",
    "?show=mine&words=w",
    "?number=QD-2026-000004-1",
    "?next=/en/desk/",
)
# What one page is asked besides, by the name of its endpoint.
QUESTIONS: dict[str, Callable[[], list[str]]] = {
    "parties:enterprises": lambda: ["?words=wname"],
    "cases:answers": lambda: [f"?q={word}" for word in ("wname", "wtitle", "wdetail", "wanswer")],
    "cases:search": lambda: [f"?q={word}" for word in ("wname", "wtitle", "wdetail", "wanswer", "QD")],
    "interests:propose": lambda: [
        f"?first={keep}&second={drop}" for keep, drop in MergeProposal.objects.values_list("keep", "drop")
    ],
}
NOBODIES = ["anonymous", "outsider", "holder of another"]  # what is public is the same for whoever asks
ONE_HOLDER = "holder of sealed"  # of the codes, where the door asks for a post or an account: it sees no code
ODD = {"anonymous", "clerk", ONE_HOLDER}  # who tries the methods that no page has
STAFF = {
    "clerk": "li",
    "head": "zhao",
    "supervisor": "wang",
    "clerk of another unit": "qian",
    "outsider": "outsider",
}


def one_entry_of_each_kind() -> list[str | int]:
    """The newest of each in the restricted log, behind the first entry of either log."""
    kinds = Entry.objects.filter(tree="restricted").values("kind").annotate(last=Max("index"))
    return [0, 0, *sorted(each["last"] for each in kinds if each["last"])]


def planted_feed(planted: Planted) -> str:
    """An address of somebody's calendar, as whoever was given it knows it."""
    number = next(iter(planted.numbers.values()))
    return feeds.open_feed(people.MONDAY, case_id=Case.objects.get(number=number).pk)


@pytest.fixture
def planted(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Planted:
    settings.DATA, settings.LOG_WITNESSES = tmp_path, tmp_path / "witnesses.toml"
    open_trees(people.MONDAY)
    monkeypatch.setattr("qinglian.zone.current._zone", zone_of_levels(tmp_path))
    monkeypatch.setattr("django.utils.timezone.now", lambda: people.MONDAY + timedelta(hours=2))
    people.units()
    for who in ("li", "zhao", "wang", "qian", "outsider"):
        getattr(people, who)()
    found = plant()
    named = list(Enterprise.objects.order_by("id").values_list("id", flat=True))
    for keep, drop in itertools.pairwise(named):  # of each two rows one may be out of sight
        merge_enterprises(keep, drop, people.zhao().person_id or 0, "the same", people.MONDAY)
    for row in EnterpriseName.objects.order_by("id"):  # where its proof is held says whose it is
        proof = Proof("licence", "A-1", "0" * 64, reference=row.name)
        said = Mandate(proof, row.name, people.SINCE, sealed="envelope")
        name_representative(row.enterprise_id, said, people.zhao().person_id or 0, people.MONDAY)
    for number in found.numbers.values():  # why it is kept says what is in it
        word = Case.objects.get(number=number).title
        place("case", number, word, "art. 47", date(2030, 1, 1), people.zhao().person_id or 0, people.MONDAY)
    compute_all(people.MONDAY + timedelta(hours=1))
    people.chen_fills_in(title="wdraftw")  # a draft of somebody else
    while sequence(people.MONDAY + timedelta(hours=1)):
        pass
    return found


def roles(planted: Planted) -> dict[str, Client]:
    found = {"anonymous": Client(), **{role: people.browser(name) for role, name in STAFF.items()}}
    found["head, signed in just now"] = people.browser("zhao")
    code_given(found["head"], time.time() - 3600)
    another = people.chen_asks(secret="another case")
    numbers = planted.numbers | {"another": another.number}
    codes = planted.codes | {"another": another.code}
    for case, number in numbers.items():
        client = found[f"holder of {case}"] = Client()
        assert client.post("/en/cases/track/", {"number": number, "code": codes[case]}).status_code == 302
    return found


def code_given(client: Client, at: float) -> None:
    """As if the last code had been given then."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": at}]
    session.save()


def addresses(endpoint: Endpoint, planted: Planted) -> Iterator[str]:
    for name in endpoint.arguments:
        assert name in ARGUMENTS, f"{endpoint.name}: say in ARGUMENTS what {name} may be"
    values = [ARGUMENTS[name](planted) for name in endpoint.arguments]
    most = max(map(len, values), default=1)  # each value once; together with the first ones of the others
    rows = [[each[n] if n < len(each) else each[0] for each in values] for n in range(most)]
    for row in rows:
        yield reverse(endpoint.name, kwargs=dict(zip(endpoint.arguments, row, strict=True)))


def everything(response: HttpResponse) -> str:
    """Body, headers, cookies and the reason: whatever reaches a reader."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    told = [f"{name}: {value}" for name, value in response.headers.items()]
    return "\n".join([body.decode("utf-8", "replace"), *told, str(response.cookies), response.reason_phrase])


def ask(client: Client, method: str, address: str, body: dict[str, str]) -> str:
    """What is answered; whatever it did is undone."""
    kept = client.cookies.copy()
    with transaction.atomic():
        extra = {"data": body} if method == "post" else {}
        found = everything(getattr(client, method)(address, **extra))
        transaction.set_rollback(True)
    client.cookies = kept
    return found


def leaks(role: str, told: str, words: list[Word]) -> list[str]:
    return [word.text for word in words if word.text in told and role not in readers_of(word)]


def bodies(planted: Planted) -> dict[str, str]:
    prefixed = {f"{act}-seen": "5" for act in ("answer", "close", "accept", "extend-answer-in")}
    return {**prefixed, "answer-answer": "x", "number": planted.numbers["sealed"], "code": "0000-0000-0000"}


def ways(endpoint: Endpoint, places: list[str], role: str) -> Iterator[tuple[str, str]]:
    """(method, address): reading and sending everywhere, odd methods once."""
    yield from itertools.product(("get", "post"), places)
    if role in ODD:
        yield from itertools.product(("head", "put", "delete", "options"), places[:1])
    if not endpoint.arguments:
        asked = [*QUERIES, *QUESTIONS.get(endpoint.name, list)()]
        yield from (("get", places[0] + question) for question in asked)


def who_asks(kind: str, browsers: dict[str, Client]) -> list[str]:
    if kind == PUBLIC:
        return NOBODIES
    by_code = kind in ("holder", "room")
    return [role for role in browsers if by_code or role == ONE_HOLDER or not role.startswith("holder")]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_word_comes_out_where_it_may_not_be_read(planted: Planted, part: int) -> None:
    """In parts, so that each worker has some; together they are every endpoint on SQLite, and on another
    database, on which the same code asks, every fourth."""
    browsers, found, tried = roles(planted), [], 0
    body, step = bodies(planted), PARTS if connection.vendor == "sqlite" else 4 * PARTS
    for endpoint in itertools.islice(endpoints(), part, None, step):
        with translation.override("en"):
            places = list(addresses(endpoint, planted))
        for role in who_asks(policies()[endpoint.policy or ""].kind, browsers):
            for method, address in ways(endpoint, places, role):
                told = ask(browsers[role], method, address, body)
                tried += 1
                found += [(role, method, address, word) for word in leaks(role, told, planted.words)]
                assert "wdraftw" not in told
    assert not found
    assert tried > 100


def test_what_is_planted_stands_in_the_log_pages_that_the_matrix_reads(planted: Planted) -> None:
    """Else those pages are empty there, and say nothing because they have nothing to say."""
    indices, anybody = one_entry_of_each_kind(), Client()
    assert len(indices) > 4
    for index in indices:
        for page in ("en/log/restricted/{}/", "log/restricted/{}/proof", "log/restricted/{}/record"):
            assert anybody.get("/" + page.format(index)).status_code == 200, (index, page)
    assert anybody.get("/log/restricted/tile/entries/000.p/12").status_code == 200
    holder = roles(planted)["holder of open"]  # and whoever may follow the case gets the values behind it
    address = reverse("cases:record", kwargs={"number": planted.numbers["open"], "seq": 1})
    assert "wtitleopenw" in everything(holder.get(address))


def test_whoever_may_read_a_word_finds_it(planted: Planted) -> None:
    """The other side of the matrix: a gate that lets nobody in would pass the first."""
    browsers, missing = roles(planted), []
    for word in planted.words:
        number = planted.numbers[word.case]
        for role in readers_of(word):
            page = "cases/track" if role.startswith("holder") else "desk"
            if word.text not in ask(browsers[role], "get", f"/en/{page}/{number}/", {}):
                missing.append((role, word.text))
    assert not missing


def test_what_is_withheld_says_so_by_the_name_of_its_level(planted: Planted) -> None:
    told = ask(people.browser("li"), "get", f"/en/desk/{planted.numbers[MIXED]}/", {})
    assert "Withheld: Sealed" in told and "Withheld: Confidential" not in told
    told = ask(people.browser("wang"), "get", f"/en/desk/{planted.numbers[MIXED]}/", {})
    assert "Withheld: Sealed" in told and "Withheld: Confidential" in told


def test_every_source_is_read_under_its_policy(planted: Planted) -> None:
    from django.contrib.auth import get_user_model

    readers = {"anonymous": Reader()}
    for role, name in STAFF.items():
        user = get_user_model().objects.get(username=name)
        readers[role] = reader(user, None, timezone.localdate())
    for source, (role, who) in itertools.product(sources(), readers.items()):
        assert not leaks(role, source.read(who).decode("utf-8", "replace"), planted.words), (
            source.name,
            role,
        )
