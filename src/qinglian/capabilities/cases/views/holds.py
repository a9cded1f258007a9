"""What is kept from being erased: listed, placed and lifted by heads, of cases that they may read."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import fresh, is_fresh, person_of, reader_of, reads, scope
from qinglian.capabilities.cases import holds as rooms
from qinglian.capabilities.cases.hold_forms import HoldForm, LiftForm
from qinglian.capabilities.cases.sight import Sight, sight_of
from qinglian.capabilities.parties.readers import roles_by_unit
from qinglian.faults import Fault


def _sight(request: HttpRequest) -> Sight:
    return sight_of(reader_of(request), roles_by_unit(scope(request)), fresh=is_fresh(request))


@reads("cases.holds")
@fresh
def holds(request: HttpRequest) -> HttpResponse:
    sight = _sight(request)
    if request.method != "POST":
        return _show(request, sight, HoldForm(initial={"number": request.GET.get("number", "")[:40]}))
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _show(request, sight, form)
    said = form.cleaned_data
    if not rooms.may_hold(sight, said["number"]):
        form.add_error("number", _("No case that you may read has this number."))
        return _show(request, sight, form)
    how = said["reason"], said["basis"], said["until"]
    try:
        rooms.place(rooms.CASE, said["number"], *how, person_of(request), timezone.now())
    except Fault as fault:
        form.add_error(None, _(fault.template) % fault.params)
        return _show(request, sight, form)
    messages.success(request, _("It is kept until the end of that day."))
    return redirect("cases:holds")


@reads("cases.holds")
@fresh
def lift(request: HttpRequest, hold: int) -> HttpResponse:
    found = rooms.holds_in_sight(_sight(request), timezone.now())
    held = next((each for each in found if each.hold.id == hold and each.stands), None)
    if held is None:
        raise Http404
    form = LiftForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            rooms.lift(hold, form.cleaned_data["reason"], person_of(request), timezone.now())
        except Fault as fault:
            form.add_error(None, _(fault.template) % fault.params)
        else:
            messages.success(request, _("Lifted. It is erased when it is due."))
            return redirect("cases:holds")
    page = {"held": held, "form": form, "fresh": is_fresh(request)}
    return render(request, "cases/hold_lift.html", page, status=422 if form.is_bound else 200)


def _show(request: HttpRequest, sight: Sight, form: Form) -> HttpResponse:
    page = {"found": rooms.holds_in_sight(sight, timezone.now()), "form": form, "fresh": is_fresh(request)}
    return render(request, "cases/holds.html", page, status=422 if form.is_bound else 200)
