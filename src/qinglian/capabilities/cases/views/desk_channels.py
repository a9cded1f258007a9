"""Rooms on the desk: the roster, the code for members, and what leaves a room."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import fresh, reader_of, reads
from qinglian.capabilities.cases import actions, channels
from qinglian.capabilities.cases.channel_forms import DutyForm, HideForm
from qinglian.capabilities.cases.views.desk import actor_of, page_of
from qinglian.capabilities.cases.views.queues import sight
from qinglian.faults import Fault


@reads("cases.desk")
def desk_channels(request: HttpRequest) -> HttpResponse:
    found = channels.desk_channels(sight(request), timezone.now())
    return render(request, "cases/desk_channels.html", {"found": found})


def _found(request: HttpRequest, channel_id: str) -> tuple[channels.DeskChannel, actions.Actor]:
    seen = sight(request)
    found = channels.desk_channel(channel_id, seen, timezone.now())
    if found is None:
        raise Http404
    reader = reader_of(request)
    roles = seen.units[found.reading.channel.unit]
    return found, actions.Actor("staff", roles, reader.person_id, reader.name)


@reads("cases.desk")
def desk_channel(request: HttpRequest, channel_id: str) -> HttpResponse:
    """With the form that names who is on duty; what is wrong comes back filled."""
    found, actor = _found(request, channel_id)
    form = DutyForm(found.people, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            actions.name_duty(channel_id, said["person"], said["since"], said["until"], actor, timezone.now())
        except Fault as fault:
            form.add_error(None, _(fault.template) % fault.params)
        else:
            messages.success(request, _("The roster holds it now."))
            return redirect("cases:desk-channel", channel_id)
    shown = {"room": found, "form": form if found.runs else None}
    return render(request, "cases/desk_channel.html", shown, status=422 if form.is_bound else 200)


def _attempt(request: HttpRequest, channel_id: str, deed: Callable[[], None], done: str) -> HttpResponse:
    try:
        deed()
        messages.success(request, done)
    except Fault as fault:
        messages.warning(request, _(fault.template) % fault.params)
    return redirect("cases:desk-channel", channel_id)


@reads("cases.desk")
@fresh
def make_code(request: HttpRequest, channel_id: str) -> HttpResponse:
    """The new code is shown once."""
    _room, actor = _found(request, channel_id)
    if request.method != "POST":
        return redirect("cases:desk-channel", channel_id)
    code = actions.code_from(secrets.token_urlsafe(24))
    said = _("The code of the room is now %(code)s. It is shown this once; those before it work no more.")
    return _attempt(
        request,
        channel_id,
        lambda: actions.make_channel_code(channel_id, code, actor, timezone.now()),
        said % {"code": code},
    )


@reads("cases.desk")
@fresh
def send_out(request: HttpRequest, channel_id: str, member: int) -> HttpResponse:
    _room, actor = _found(request, channel_id)
    if request.method != "POST":
        return redirect("cases:desk-channel", channel_id)
    done = _("This account reads the room no more. Make a new code, too, if it should not come back.")
    return _attempt(request, channel_id, lambda: actions.send_out(channel_id, member, actor), done)


@reads("cases.held")
@fresh
def hide(request: HttpRequest, number: str) -> HttpResponse:
    page = page_of(request, number)
    if request.method != "POST":
        return redirect("cases:desk-case", number)
    form = HideForm(request.POST)
    try:
        if not form.is_valid():
            raise Fault(_("choose why it leaves the room"))
        actor = actor_of(reader_of(request), page)
        actions.hide_question(page.id, form.cleaned_data["ground"], actor, timezone.now())
        messages.success(request, _("It stands in the room no more; a line with the ground does."))
    except Fault as fault:
        messages.warning(request, _(fault.template) % fault.params)
    return redirect("cases:desk-case", number)
