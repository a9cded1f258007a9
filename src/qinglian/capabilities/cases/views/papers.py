"""Files sent back: to whoever fills in the draft, whoever has number and code, whoever may read the case."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.cases.papers import of_case, of_draft
from qinglian.capabilities.cases.queries import CasePage
from qinglian.capabilities.cases.views import desk, lodging, tracking
from qinglian.capabilities.files.delivery import attachment
from qinglian.capabilities.files.queries import open_file


def _sent(holder: str, sha: str) -> HttpResponseBase:
    opened = open_file(holder, sha)
    if opened is None:
        raise Http404
    return attachment(opened)


def _of_case(page: CasePage, sha: str) -> HttpResponseBase:
    """Only what the page itself shows to this reader: a withheld field withholds its files."""
    read: list[Any] = [value for field, value in page.answers if field.type == "files"]
    read += [event.files for event in page.events]
    if not any(each.sha == sha for value in read if isinstance(value, list) for each in value):
        raise Http404
    return _sent(of_case(page.id), sha)


@reads("cases.public")
@never_cache
def of_own_draft(request: HttpRequest, matter_id: str, sha: str) -> HttpResponseBase:
    draft = lodging.draft_here(request, lodging.matter_or_404(matter_id))
    if draft is None or draft.case_id is not None:
        raise Http404
    return _sent(of_draft(draft.pk), sha)


@reads("cases.tracked")
def of_own_case(request: HttpRequest, number: str, sha: str) -> HttpResponseBase:
    page = tracking.tracked(request, number)
    return redirect("cases:track") if page is None else _of_case(page, sha)


@reads("cases.held")
def on_desk(request: HttpRequest, number: str, sha: str) -> HttpResponseBase:
    return _of_case(desk.page_of(request, number), sha)
