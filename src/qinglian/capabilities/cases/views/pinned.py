"""A text that cases stand on, for everybody: it is the zone's, and holds nothing of anybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.cases.queries import pinned_text


@reads("cases.public")
def text(request: HttpRequest, sha: str) -> HttpResponse:
    found = pinned_text(sha)
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
