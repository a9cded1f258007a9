from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import person_of, reads
from qinglian.capabilities.interests import actions, queries
from qinglian.capabilities.interests.forms import ColleagueForm, TieForm
from qinglian.capabilities.parties import queries as parties
from qinglian.capabilities.parties.actions import state_enterprise
from qinglian.faults import Fault
from qinglian.zone.current import current


@reads("interests.mine")
def mine(request: HttpRequest) -> HttpResponse:
    about_colleague = "colleague-kind" in request.POST
    ties = TieForm(None if about_colleague else request.POST or None)
    people = ColleagueForm(_colleagues(request), request.POST if about_colleague else None)
    if request.method == "POST" and (_to_colleague(request, people) or _to_enterprise(request, ties)):
        return redirect("interests:mine")
    shown = {
        "form": ties,
        "people": people,
        "ties": queries.ties_of(person_of(request), timezone.localdate()),
        "checks": queries.checks_of(person_of(request)),
    }
    return render(request, "interests/mine.html", shown, status=422 if request.method == "POST" else 200)


def _colleagues(request: HttpRequest) -> list[tuple[int, str]]:
    """Everybody else, with the units of their posts: two colleagues may have one name."""
    units: dict[tuple[int, str], list[str]] = {}
    for person, name, unit in parties.colleagues(timezone.localdate()):
        title = current().units[unit].title.say(get_language() or "en") if unit in current().units else unit
        units.setdefault((person, name), []).append(title)
    return [
        (person, " · ".join([name, *titles]))
        for (person, name), titles in units.items()
        if person != person_of(request)
    ]


def _to_enterprise(request: HttpRequest, form: TieForm) -> bool:
    if not form.is_valid():
        return False
    said, now = form.cleaned_data, timezone.now()
    enterprise = state_enterprise(said["place"], said["number"], said["name"], now)
    actions.declare_tie(person_of(request), said["kind"], now, enterprise=enterprise, since=said["since"])
    messages.success(request, _("Declared. Cases of this enterprise are not given to you."))
    return True


def _to_colleague(request: HttpRequest, form: ColleagueForm) -> bool:
    if not form.is_valid():
        return False
    said = form.cleaned_data
    actions.declare_tie(
        person_of(request), said["kind"], timezone.now(), other=said["other"], since=said["since"]
    )
    messages.success(
        request, _("Declared. Cases of enterprises for which this colleague may speak are not given to you.")
    )
    return True


@reads("interests.mine")
def end(request: HttpRequest, tie: int) -> HttpResponse:
    if request.method == "POST":
        try:
            actions.end_tie(tie, person_of(request), timezone.localdate())
            messages.success(request, _("Ended. It counts until the end of today."))
        except Fault as fault:
            messages.warning(request, _(fault.template) % fault.params)
    return redirect("interests:mine")
