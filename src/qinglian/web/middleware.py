from __future__ import annotations

from collections.abc import Callable

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
