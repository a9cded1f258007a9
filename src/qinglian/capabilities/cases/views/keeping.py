"""Putting a draft aside and taking it up again: by a code, or from a file that one keeps."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.cases import drafts
from qinglian.capabilities.cases.draft_file import LARGEST
from qinglian.capabilities.cases.draft_terms import DRAFT_KEPT, expires
from qinglian.capabilities.cases.resume_forms import CodeForm, FileForm
from qinglian.capabilities.cases.views.lodging import COOKIE, draft_here, matter_or_404
from qinglian.faults import Fault
from qinglian.zone.current import current


@reads("cases.public")
@never_cache
def keep(request: HttpRequest, matter_id: str) -> HttpResponse:
    """Both ways of keeping a draft; the code is in the answer to a POST, and nowhere after."""
    matter = matter_or_404(matter_id)
    draft = draft_here(request, matter)
    if draft is None or draft.case_id is not None:
        return redirect("cases:matter", matter.id)
    shown = {"matter": matter, "draft": draft, "code": ""}
    if request.method == "POST":
        shown["code"] = drafts.give_code(draft, timezone.now())
    shown["until"] = expires(draft)
    return render(request, "cases/keep.html", shown)


@reads("cases.public")
@never_cache
def keep_file(request: HttpRequest, matter_id: str) -> HttpResponse:
    matter = matter_or_404(matter_id)
    draft = draft_here(request, matter)
    if draft is None or draft.case_id is not None:
        return redirect("cases:matter", matter.id)
    now = timezone.now()
    text = drafts.draft_text(draft, matter, now)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = f"{matter.id}-{timezone.localtime(now):%Y-%m-%d}.draft.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@reads("cases.public")
@never_cache
def resume(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _asks(request, form, FileForm(), request.method == "POST")
    taken = drafts.take_up(form.cleaned_data["code"], timezone.now())
    if taken is None:
        form.add_error(
            "code",
            _(
                "No draft can be taken up with this code. Check the signs; if the time is over, open the "
                "file that you kept, or begin anew."
            ),
        )
        return _asks(request, form, FileForm(), True)
    return _goes_on(request, taken)


@reads("cases.public")
@never_cache
def resume_file(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("cases:resume")
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _asks(request, CodeForm(), form, True)
    try:
        taken = drafts.open_file(form.cleaned_data["draft"].read(LARGEST + 1), timezone.now())
    except Fault as fault:
        form.add_error("draft", _(fault.template) % fault.params)
        return _asks(request, CodeForm(), form, True)
    return _goes_on(request, taken)


def _asks(request: HttpRequest, code: CodeForm, file: FileForm, wrong: bool) -> HttpResponse:
    held = draft_here(request, None)
    matter = current().matters.get(held.matter) if held is not None and held.case_id is None else None
    shown = {"code_form": code, "file_form": file, "held": matter if held and held.answers else None}
    return render(request, "cases/resume.html", shown, status=422 if wrong else 200)


def _goes_on(request: HttpRequest, taken: drafts.TakenUp) -> HttpResponse:
    if taken.changes is not None:
        page = {"matter": taken.matter, "changes": taken.changes}
        response = render(request, "cases/changed.html", page)
    else:
        response = redirect("cases:check", taken.matter.id)  # or wherever the first answer is missing
    response.set_cookie(
        COOKIE, taken.secret, max_age=DRAFT_KEPT, httponly=True, samesite="Lax", secure=settings.SECURE
    )
    return response
