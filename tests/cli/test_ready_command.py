"""`qinglian site ready` knocks under a name that the server knows, and says in words what it heard."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from qinglian.cli.main import main


class Door(BaseHTTPRequestHandler):
    heard: list[tuple[str, str | None, str | None]] = []
    answer = 200

    def do_GET(self) -> None:
        self.heard.append((self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"]))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def door() -> Iterator[str]:
    Door.heard, Door.answer = [], 200
    with HTTPServer(("127.0.0.1", 0), Door) as served:
        Thread(target=served.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{served.server_address[1]}"
        served.shutdown()


@pytest.mark.parametrize(
    ("hosts", "https", "named"),
    [
        ("zone.example,localhost", "1", ("zone.example", "https")),
        (".zone.example", "", ("zone.example", None)),
        ("*", "", ("localhost", None)),
        ("", "1", ("localhost", "https")),
    ],
)
def test_the_first_host_is_asked_for(
    door: str, hosts: str, https: str, named: tuple[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINGLIAN_HOSTS", hosts)
    monkeypatch.setenv("QINGLIAN_HTTPS", https)
    assert main(["site", "ready", "--bind", door]) == 0
    assert Door.heard == [("/health/ready", *named)]


def test_a_server_without_its_database_is_not_ready(door: str, capsys: pytest.CaptureFixture[str]) -> None:
    Door.answer = 503
    assert main(["--lang", "en", "site", "ready", "--bind", door]) == 1
    assert "answers 503 to /health/ready" in capsys.readouterr().err


@pytest.mark.parametrize("bind", ["127.0.0.1:1", "127.0.0.1:eight"])
def test_silence_is_told(bind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "site", "ready", "--bind", bind]) == 1
    assert f"{bind} does not answer" in capsys.readouterr().err
