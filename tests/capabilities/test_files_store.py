"""Taking in, keeping, sending, erasing: whole or not at all, once for the same content, gone in the end."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import FileResponse
from tests.capabilities import hostile as h
from tests.capabilities.scanner_stand_in import EICAR, StandIn
from tests.people import MONDAY

from qinglian.capabilities.files import actions, queries, scanning, store
from qinglian.capabilities.files.actions import Taken
from qinglian.capabilities.files.delivery import attachment
from qinglian.capabilities.files.inspection import refusals
from qinglian.capabilities.files.inspection.kinds import KINDS, TYPES, USUAL
from qinglian.capabilities.files.limits import Limits
from qinglian.capabilities.files.models import FileUse, StoredFile
from qinglian.faults import Fault
from qinglian.zone.matter import FILE_KINDS

pytestmark = pytest.mark.django_db
ALL = Limits(KINDS, 1, 3)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


def take(name: str, data: bytes, limits: Limits = ALL, **more: str) -> Taken:
    return actions.take_in(SimpleUploadedFile(name, data), limits, MONDAY, holder="case:1", **more)


def on_disk() -> list[Path]:
    return [path for path in store.folder().glob("*/*") if path.is_file()]


def test_a_document_is_found_again_under_its_hash_and_nobody_else_can_read_it() -> None:
    data = h.GOOD["pdf"]
    taken = take("../合同\u202e.pdf", data)
    assert (taken.name, taken.kind, taken.size) == ("合同.pdf", "pdf", len(data))
    opened = queries.open_file("case:1", taken.sha)
    assert opened is not None and opened.path.read_bytes() == data and opened.path.name == taken.sha
    assert opened.path.stat().st_mode & 0o077 == 0
    assert not [path for path in on_disk() if path.name != taken.sha]
    assert queries.open_file("case:2", taken.sha) is None
    assert queries.open_file("case:1", "0" * 64) is None


def test_the_same_content_twice_is_kept_once_and_is_no_fault() -> None:
    first, again = take("a.jpg", h.GOOD["jpg"]), take("b.jpg", h.GOOD["jpg"])
    assert first.sha == again.sha
    assert [held.name for held in queries.held_by("case:1")] == ["a.jpg"]
    take("b.jpg", h.GOOD["jpg"], slot="other")
    assert StoredFile.objects.count() == 1 and FileUse.objects.count() == 2 and len(on_disk()) == 1


def test_what_is_kept_of_a_photograph_tells_no_place() -> None:
    taken = take("a.jpg", h.GOOD["jpg"])
    assert h.SECRET.encode() not in store.path_of(taken.sha).read_bytes()


def test_limits_are_those_of_the_field_and_never_more_than_the_platform_allows(settings: Any) -> None:
    settings.FILE_MB, settings.FILE_COUNT = 5, 4
    assert Limits.asked() == Limits(USUAL, 5, 4)
    assert Limits.asked(["jpg", "pdf", "exe"], 3, 2) == Limits(("pdf", "jpg"), 3, 2)
    assert Limits.asked(["pdf"], 900, 900) == Limits(("pdf",), 5, 4)
    with pytest.raises(Fault, match="larger than 1 MB"):
        take("a.pdf", b"%PDF-" + bytes(1_000_001))
    for n in range(3):
        take(f"{n}.txt", f"{n}".encode())
    with pytest.raises(Fault, match="at most 3 files"):
        take("4.txt", b"4")
    take("2.txt", b"2")  # it is there already
    assert len(queries.held_by("case:1")) == 3


def test_what_a_pack_may_name_is_what_can_be_inspected() -> None:
    assert set(FILE_KINDS) == set(KINDS)


def test_a_file_that_fails_leaves_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(Fault):
        take("陈先生的体检报告.pdf", b"<svg/>")
    assert not StoredFile.objects.exists() and not on_disk()
    assert "体检" not in caplog.text


def test_what_a_draft_held_is_its_cases_afterwards() -> None:
    sha = take("a.txt", b"a").sha
    assert actions.hand_over("case:1", "case:9") == 1
    assert queries.open_file("case:1", sha) is None
    assert [(held.sha, held.name) for held in queries.held_by("case:9")] == [(sha, "a.txt")]


def test_content_is_erased_when_its_last_holder_lets_it_go() -> None:
    sha = take("a.txt", b"a").sha
    actions.take_in(SimpleUploadedFile("b.txt", b"a"), ALL, MONDAY, holder="case:2")
    assert actions.let_go("case:1", sha) == 1
    assert actions.sweep(MONDAY) == 0 and store.is_whole(sha)
    assert actions.let_go("case:2") == 1
    assert actions.sweep(MONDAY) == 1
    assert not on_disk() and not StoredFile.objects.exists()


def test_a_sweep_takes_what_was_forgotten_and_leaves_what_is_young_or_known() -> None:
    sha = take("a.txt", b"a").sha
    young, old = store.folder() / "aa" / ("a" * 64), store.folder() / "bb" / ".new-x"
    for path in (young, old):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    long_ago = time.time() - 100_000
    os.utime(old, (long_ago, long_ago))
    os.utime(store.path_of(sha), (long_ago, long_ago))
    assert actions.sweep(MONDAY) == 1
    assert young.exists() and not old.exists() and store.is_whole(sha)


def test_what_was_rolled_back_is_taken_in_anew(django_user_model: Any) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        sha = take("a.txt", b"a").sha
        raise RuntimeError
    assert store.is_whole(sha) and not StoredFile.objects.exists()
    assert take("a.txt", b"a").sha == sha
    store.drop(sha)
    assert queries.missing_files() == [sha] and queries.open_file("case:1", sha) is None
    assert take("a.txt", b"a").sha == sha
    assert not queries.missing_files()


def test_a_disk_that_is_full_leaves_no_half_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError), transaction.atomic():
        take("a.txt", b"a")
    assert not on_disk() and not StoredFile.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_leaves_as_something_to_keep_with_no_power(kind: str) -> None:
    taken = take(f"甲 “a”.{kind}", h.GOOD[kind])
    opened = queries.open_file("case:1", taken.sha)
    assert opened is not None
    sent = attachment(opened)
    assert isinstance(sent, FileResponse)
    assert sent["Content-Type"] == TYPES[kind]
    assert sent["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%94%B2")
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "no-store" in sent["Cache-Control"]
    assert len(b"".join(sent.streaming_content)) == int(sent["Content-Length"]) == taken.size


@pytest.fixture
def scanner(settings: Any) -> Iterator[Callable[..., StandIn]]:
    opened: list[StandIn] = []

    def of(mood: str = "honest", path: Path | None = None) -> StandIn:
        opened.append(StandIn(mood, path).__enter__())
        settings.FILE_SCANNER, settings.FILE_SCAN_SECONDS = opened[-1].url, 1.0
        return opened[-1]

    yield of
    for each in opened:
        each.__exit__(None, None, None)


def test_a_scanner_sees_what_was_sent_before_any_decoder(scanner: Callable[..., StandIn]) -> None:
    stand_in, data = scanner(), h.photo(width=900, height=900)
    assert len(data) > 300_000
    take("a.jpg", data)
    assert stand_in.seen == data
    assert StoredFile.objects.get().scan == "clean"


def test_a_scanner_behind_a_socket_file(scanner: Callable[..., StandIn], tmp_path: Path) -> None:
    stand_in = scanner(path=tmp_path / "clamd.sock")
    take("a.txt", b"a")
    assert stand_in.seen == b"a"


def test_what_was_taken_in_unscanned_is_marked_when_it_is_scanned(scanner: Callable[..., StandIn]) -> None:
    take("a.txt", b"a")
    assert StoredFile.objects.get().scan == "none" and not queries.scanner_stands()
    scanner()
    take("a.txt", b"a")
    assert StoredFile.objects.get().scan == "clean" and queries.scanner_stands()


def test_what_the_scanner_finds_is_not_stored(scanner: Callable[..., StandIn]) -> None:
    scanner()
    with pytest.raises(Fault, match=r"found something in this file \(Eicar-Test-Signature\)"):
        take("a.txt", EICAR)
    assert not StoredFile.objects.exists() and not on_disk()


@pytest.mark.parametrize(
    "mood", ["error", "hang", "hang up", "hang up early", "babble", "half", "slow drops"]
)
def test_a_scanner_that_does_not_answer_lets_nothing_in(mood: str, scanner: Callable[..., StandIn]) -> None:
    scanner(mood)
    before = time.monotonic()
    with pytest.raises(Fault) as found:
        take("a.txt", b"a" * 900_000)
    assert found.value.template == refusals.UNSCANNED
    assert time.monotonic() - before < 5
    assert not StoredFile.objects.exists() and not on_disk()


def test_no_scanner_at_its_address_lets_nothing_in(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for url in (f"tcp://127.0.0.1:{port}", "unix:/nowhere/clamd.sock"):
        settings.FILE_SCANNER = url
        with pytest.raises(Fault, match="Try again later"):
            take("a.txt", b"a")


@pytest.mark.parametrize("wrong", ["clamd", "tcp://localhost", "http://x:1", "unix:", "tcp://x:99999"])
def test_a_scanner_that_cannot_be_one_is_named(wrong: str) -> None:
    with pytest.raises(Fault, match="tcp://HOST:PORT or unix:/PATH"):
        scanning.address(wrong)
