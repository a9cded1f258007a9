from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RD, socket
from threading import Timer

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from qinglian.capabilities.parties.readers import reader
from qinglian.zone.current import current

_HEADERS = {
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=(), browsing-topics=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class HearsOut:
    """What an answer left unread of a request is read and let go, within bounds.

    Whoever sends all of it before reading the answer would find the line cut, and never hear why.
    """

    most, seconds, piece = 64 * 1024 * 1024, 5, 64 * 1024

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        length, line = request.META.get("CONTENT_LENGTH") or "", request.META.get("gunicorn.socket")
        if line is not None and length.isdecimal() and int(length) <= self.most:
            self._let_go(request, line)
        return response

    def _let_go(self, request: HttpRequest, line: socket) -> None:
        """For so many seconds at most, also of whoever sends a byte now and then: then no more is read."""
        ends = Timer(self.seconds, _read_no_more, (line,))
        ends.daemon = True
        ends.start()
        try:
            while request.read(self.piece):
                pass
        except OSError:
            pass  # the sender went away
        finally:
            ends.cancel()


def _read_no_more(line: socket) -> None:
    with suppress(OSError):  # gone already
        line.shutdown(SHUT_RD)


class StrictHeaders:
    """What Django does not send itself. A page that depends on who asks is kept by nobody on the way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if current().demonstration:
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        if not request.path.startswith("/static/"):  # revalidate; views with personal content say no-store
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class WhoReads:
    """Says to the gate who asks; it is looked up only where the answer depends on it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reader = SimpleLazyObject(lambda: _reader(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def _reader(request: HttpRequest) -> object:
    how = request.session.get("account_authentication_methods", [])
    strong = any(each.get("method") == "mfa" for each in how)
    return reader(request.user, request.session.get("tracked"), timezone.localdate(), strong)
