"""A page finds the style that it names, today's or, where it stood open over an upgrade, the one before."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import override_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from qinglian.web import running
from qinglian.web.settings import STORAGES

pytestmark = pytest.mark.once


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


def _collected(style: Path, text: str) -> str:
    """The address of the style after `site prepare` has collected it."""
    style.write_text(text, "utf-8")
    running.collect()
    return str(staticfiles_storage.url("site.css"))


def test_an_upgrade_adds_a_style_and_keeps_the_one_before(tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    at = {"STATIC_ROOT": tmp_path / "static", "STATICFILES_DIRS": [ours], "STORAGES": STORAGES}
    with override_settings(**at):
        old = _collected(ours / "site.css", "body { color: red }")
    with override_settings(**at):
        new = _collected(ours / "site.css", "body { color: blue }")
        server = WhiteNoiseMiddleware(_nothing)
        got = {url: b"".join(server(RequestFactory().get(url))) for url in (old, new)}
    assert old != new
    assert got == {old: b"body { color: red }", new: b"body { color: blue }"}
