"""Rooms, as everybody or their members see them: ask here, read what others asked."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import asked_number, reader_of, reads, require
from qinglian.capabilities.cases import actions, channels
from qinglian.capabilities.cases.channel_forms import ComeInForm
from qinglian.capabilities.cases.draft_terms import DRAFT_KEPT
from qinglian.capabilities.cases.views.lodging import COOKIE, draft_here, matter_or_404
from qinglian.capabilities.cases.views.own_account import asker, fill_from_account
from qinglian.faults import Fault
from qinglian.zone import Channel
from qinglian.zone.current import current


def _channel(channel_id: str) -> Channel:
    channel = current().channels.get(channel_id)
    if channel is None:
        raise Http404
    return channel


@reads("cases.public")
def every(request: HttpRequest) -> HttpResponse:
    found = channels.every_channel(timezone.now())
    mine = channels.rooms_of(reader_of(request).user_id)
    return render(request, "cases/channels.html", {"found": found, "mine": mine})


@reads("cases.room")
def room(request: HttpRequest, channel_id: str) -> HttpResponse:
    """Whoever may not read a room of members is led to its door."""
    channel = _channel(channel_id)
    thing = channels.thing_of_channel(channel_id)
    try:
        require(request, thing)
    except Http404:
        return redirect("cases:channel-join", channel_id)
    assert thing is not None
    now, reader = timezone.now(), reader_of(request)
    shown = {
        "room": channels.read_channel(channel, now),
        "found": channels.questions(channel_id, now, asked_number(request, "before")),
        "member": reader.user_id in thing.users,
        "on_desk": bool(reader.roles_in(thing.unit_path)),
    }
    return render(request, "cases/channel.html", shown)


@reads("cases.room")
def ask(request: HttpRequest, channel_id: str) -> HttpResponse:
    """Into the form of its matter, with the room beside it; a draft that was begun goes along."""
    channel = _channel(channel_id)
    require(request, channels.thing_of_channel(channel_id))
    if request.method != "POST":
        return redirect("cases:channel", channel_id)
    matter = matter_or_404(channel.matter)
    response = redirect("cases:step", matter.id, matter.steps[0].id)
    draft = draft_here(request, matter)
    if draft is None or draft.case_id is not None:
        secret = actions.begin_draft(matter.id, timezone.now(), channel_id)
        response.set_cookie(
            COOKIE, secret, max_age=DRAFT_KEPT, httponly=True, samesite="Lax", secure=settings.SECURE
        )
        fill_from_account(request, matter, secret)
    else:
        actions.choose_room(draft, channel_id)
    return response


@reads("cases.public")
def privately(request: HttpRequest, matter_id: str) -> HttpResponse:
    """The draft is asked without a room: only the unit reads it."""
    matter = matter_or_404(matter_id)
    draft = draft_here(request, matter)
    if request.method != "POST" or draft is None or draft.case_id is not None:
        return redirect("cases:matter", matter.id)
    actions.choose_room(draft, "")
    messages.success(request, _("Only the unit reads it now."))
    return redirect("cases:check", matter.id)


@reads("cases.own")
def join(request: HttpRequest, channel_id: str) -> HttpResponse:
    channel, user = _channel(channel_id), asker(request)
    if channel.readers == "everybody" or channel_id in channels.rooms_of(user):
        return redirect("cases:channel", channel_id)
    form = ComeInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if user is None:
                raise Http404  # staff read the rooms of their units, and ask in none
            actions.come_in(channel_id, form.cleaned_data["code"], user, timezone.now())
            return redirect("cases:channel", channel_id)
        except Fault as fault:
            form.add_error("code", _(fault.template) % fault.params)
    status = 422 if request.method == "POST" else 200
    shown = {"channel": channel, "form": form, "asks": user is not None}
    return render(request, "cases/channel_join.html", shown, status=status)


@reads("cases.own")
def leave(request: HttpRequest, channel_id: str) -> HttpResponse:
    user = asker(request)
    if request.method == "POST" and user is not None:
        actions.go_out(channel_id, user)
        messages.success(request, _("You have left the room. Your cases stay yours."))
    return redirect("cases:channels")
