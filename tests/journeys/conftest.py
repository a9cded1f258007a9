"""One platform and one browser for all journeys: the command that people run, and the system's Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from tests.journeys.visitor import Visitor

ZONE = Path(__file__).parents[2] / "zones" / "qianhai"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        reason = "no Chromium here: no journey was made; run `make browser`"
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=reason))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "qinglian", "site", "--zone", str(ZONE), *words]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("platform")


@pytest.fixture
def letters(data: Path) -> Path:
    """Where the demonstration's letters lie."""
    return data / "var" / "mail"


@pytest.fixture(scope="session")
def site(data: Path) -> Iterator[str]:
    """The address of a platform with its demonstration, as `make run` starts it."""
    ours = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    kept = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("QINGLIAN_")}
    environment = kept | {"QINGLIAN_DATA": str(data / "var")}
    for words in (["prepare"], ["demo", "--cases", "24"]):
        subprocess.run(_command(*words), env=environment, check=True, capture_output=True, timeout=240)
    port = _free_port()
    with (data / "server.log").open("w") as log:
        server = subprocess.Popen(
            _command("run", "--bind", f"127.0.0.1:{port}", "--workers", "2"),
            env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait(f"http://localhost:{port}/en/", server, data / "server.log")
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(timeout=60)
    assert "Internal Server Error" not in (data / "server.log").read_text()


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _moment in range(150):
        assert server.poll() is None, log.read_text()
        try:
            urlopen(url, timeout=2)
            return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"the platform did not answer: {log.read_text()}")


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(_playwright: Playwright) -> Iterator[Browser]:
    flags = ["--disable-dev-shm-usage"] + ["--no-sandbox"] * (os.geteuid() == 0)
    browser = _playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
    yield browser
    browser.close()


@pytest.fixture
def somebody(chromium: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    """Make a visitor with a browser window of their own; what went wrong on their way fails the test."""
    visitors: list[Visitor] = []

    def arrive(language: str = "en", **window: object) -> Visitor:
        visitors.append(Visitor(chromium, site, language, **window))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.context.close()
    assert [trouble for visitor in visitors for trouble in visitor.troubles] == []
