"""Hooks are called: signed, at least once, never a neighbour of ours, and one that hangs holds up nobody."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.cases.claiming import claim_case
from qinglian.capabilities.figures.actions import compute_all
from qinglian.capabilities.interfaces import actions, delivering, following, targets
from qinglian.capabilities.interfaces.models import Delivery, Hook
from qinglian.capabilities.interfaces.scopes import ANSWER_PUBLISHED, CASE_MOVED, FIGURES_PUBLISHED
from qinglian.capabilities.interfaces.signing import TOLERANCE, is_right, read, signature, told
from qinglian.capabilities.interfaces.targets import Refused, post, read_target
from qinglian.faults import Fault


@contextmanager
def target(status: int = 204, hang: float = 0, location: str = "") -> Iterator[tuple[str, list[Any]]]:
    """A program of somebody's on this machine: its address, and the calls that it got."""
    got: list[Any] = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(hang)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/called?by=us", got
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def owner(units: None) -> int:
    user = get_user_model().objects.create_user("a-1", email="he@example.com", password=people.PASSWORD)
    return int(user.pk)


def later(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def test_signatures_are_those_of_the_specification() -> None:
    """The worked example that Standard Webhooks publishes."""
    secret = read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    given = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert given == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert told(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_receiver_sees_what_was_touched_and_what_is_old() -> None:
    secret, body = b"s" * 32, b"{}"
    right = signature(secret, "msg_1", 1000, body)
    assert is_right([secret], "msg_1", 1000, body, f"v1,xxxx {right}", 1000 + TOLERANCE)
    assert not is_right([secret], "msg_1", 1000, body, right, 1001 + TOLERANCE)
    assert not is_right([secret], "msg_1", 1000, body + b" ", right, 1000)
    assert not is_right([secret], "msg_2", 1000, body, right, 1000)
    assert not is_right([b"t" * 32], "msg_1", 1000, body, right, 1000)


def test_a_case_that_moves_is_told_to_its_holder_and_to_nobody_else(owner: int) -> None:
    other = get_user_model().objects.create_user("a-2", email="o@example.com", password=people.PASSWORD)
    lodged = people.he_asks()
    claim_case(lodged.number, lodged.code, owner, None, MONDAY)
    with target() as (url, got):
        hook = actions.make_hook(owner, url, [CASE_MOVED], MONDAY)
        actions.make_hook(owner, url, [ANSWER_PUBLISHED], MONDAY)
        actions.make_hook(other.pk, url, [CASE_MOVED], MONDAY)
        people.act(lodged.case_id, "accept", people.li(), later(5))
        people.act(lodged.case_id, "answer", people.li(), later(10))
        waiting = Delivery.objects.count()
        assert waiting >= 1 and set(Delivery.objects.values_list("hook", flat=True)) == {hook.pk}
        while delivering.send_due(later(11)):
            pass
    assert len(got) == waiting and not Delivery.objects.filter(sent_at=None).exists()
    path, headers, body = got[-1]
    said = json.loads(body)
    assert path == "/called?by=us" and said["type"] == CASE_MOVED
    assert said["data"]["number"] == lodged.number and people.HE["title"] not in body.decode()
    secret = read(actions.secret_told(hook.pk, owner) or "")
    stamp = int(headers["webhook-timestamp"])
    assert is_right([secret], headers["webhook-id"], stamp, body, headers["webhook-signature"], stamp)
    assert len({headers["webhook-id"] for _path, headers, _body in got}) == waiting


def test_what_failed_is_tried_again_later_each_time_with_the_same_id_and_then_rests(owner: int) -> None:
    with target(status=500) as (url, got):
        hook = actions.make_hook(owner, url, [CASE_MOVED], MONDAY)
        assert actions.try_hook(hook.pk, owner, MONDAY)
        now, waits = MONDAY, []
        while True:
            assert delivering.send_due(now) == 1 and delivering.send_due(now) == 0
            hook.refresh_from_db()
            if hook.resting:
                break
            assert hook.next_try is not None and hook.last_error == "status 500"
            waits.append(hook.next_try - now)
            now = hook.next_try
        assert waits == list(delivering.WAITS) and delivering.send_due(now + timedelta(days=9)) == 0
    assert len(got) == len(waits) + 1 and len({headers["webhook-id"] for _p, headers, _b in got}) == 1
    with target() as (url, got):
        Hook.objects.update(url=url)
        assert actions.set_going(hook.pk, owner, now) and not actions.set_going(hook.pk, owner + 9, now)
        assert delivering.send_due(now) == 1 and len(got) == 1


def test_a_target_that_hangs_costs_its_time_and_no_more(owner: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets.post, "__defaults__", (0.5,))
    with target(hang=5) as (slow, _got), target() as (quick, got):
        hanging = actions.make_hook(owner, slow, [CASE_MOVED], MONDAY)
        good = actions.make_hook(owner, quick, [CASE_MOVED], MONDAY)
        for hook in (hanging, good):
            actions.try_hook(hook.pk, owner, MONDAY)
        began = time.monotonic()
        assert delivering.send_due(MONDAY) == 2
        assert time.monotonic() - began < 4
        hanging.refresh_from_db()
        assert (hanging.last_error, len(got)) == ("timeout", 1)


def test_a_target_that_drips_is_cut_off() -> None:
    """Each byte comes within the patience of a socket; the whole does not."""
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        link, _who = server.accept()
        with link:
            try:
                for sign in b"HTTP/1.1 200 OK\r\n" * 50:
                    link.sendall(bytes([sign]))
                    time.sleep(0.1)
            except OSError:
                pass

    threading.Thread(target=drip, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(Refused, match="timeout"):
        post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, local=True, seconds=0.6)
    assert time.monotonic() - began < 3
    server.close()


def test_a_redirect_is_not_followed(owner: int) -> None:
    with target() as (inner, never), target(status=302, location=inner) as (url, got):
        with pytest.raises(Refused, match="status 302"):
            post(url, b"{}", {}, local=True)
        assert len(got) == 1 and not never


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://10.0.0.1/", "https://[::1]/", "https://example.com:8443/", "ftp://example.com/",
        "https://user:pw@example.com/", "https:///x", "https://2130706433/", "https://example.com/#x",
        "data:,1",         "https://例子.测试/", "http://localhost:99999/", "nonsense", "",
    ],
)  # fmt: skip
def test_addresses_that_are_not_called_are_refused_when_they_are_typed(url: str) -> None:
    with pytest.raises(Fault):
        read_target(url, local=False)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "224.0.0.1", "0.0.0.0"]
)
def test_a_name_that_leads_to_a_neighbour_is_not_called(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where one of its addresses is public: which one is taken is not the caller's to choose."""
    found = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it was called"))
    with pytest.raises(Refused, match="not a public address"):
        post("https://hooks.example.com/", b"{}", {}, local=False)


def test_a_hook_that_was_ended_is_told_nothing_more(owner: int) -> None:
    with target() as (url, got):
        hook = actions.make_hook(owner, url, [CASE_MOVED], MONDAY)
        actions.try_hook(hook.pk, owner, MONDAY)
        assert not actions.end_hook(hook.pk, owner + 1, MONDAY)
        assert actions.end_hook(hook.pk, owner, MONDAY) and not Delivery.objects.exists()
        assert delivering.send_due(MONDAY) == 0 and not got
        assert actions.announce(CASE_MOVED, "ZX-1", MONDAY, {owner}) == 0


def test_a_new_edition_of_the_figures_is_told_once_to_who_asked_for_it(owner: int) -> None:
    with target() as (url, got):
        actions.make_hook(owner, url, [FIGURES_PUBLISHED], later(0))
        actions.make_hook(owner, url, [ANSWER_PUBLISHED], later(0))
        assert following.tell_of_figures(later(1)) == 0, "there is none yet"
        edition = compute_all(later(2))
        assert edition is not None
        actions.make_hook(owner, url, [FIGURES_PUBLISHED], later(3))  # which came after it
        assert [following.tell_of_figures(later(n)) for n in (4, 5)] == [1, 0]
        assert delivering.send_due(later(6)) == 1
        ((_path, _headers, body),) = got
        said = json.loads(body)
        assert said["type"] == "figures.published" and said["data"]["edition"] == edition.sha[:16]
        assert said["data"]["as_of"] == edition.as_of.isoformat()
        assert said["data"]["url"].endswith("/api/v1/figures")
    actions.forget(later(60 * 24 * 40))
    assert following.tell_of_figures(later(60 * 24 * 40)) == 0, "what is forgotten is not told again"


def test_what_was_told_is_forgotten_after_its_time(owner: int) -> None:
    hook = actions.make_hook(owner, "http://localhost:1/", [CASE_MOVED], MONDAY)
    actions.try_hook(hook.pk, owner, MONDAY)
    assert actions.forget(MONDAY + timedelta(days=29)) == 0
    assert actions.forget(MONDAY + timedelta(days=31)) == 1


def test_two_workers_call_once(committed: None, at_once: Any) -> None:
    user = get_user_model().objects.create_user("a-1", password=people.PASSWORD)
    with target(hang=0.2) as (url, got):
        hook = actions.make_hook(user.pk, url, [CASE_MOVED], MONDAY)
        actions.try_hook(hook.pk, user.pk, MONDAY)
        done = at_once([lambda: delivering.send_due(MONDAY)] * 2)
    assert sorted(done) == [0, 1] and len(got) == 1
