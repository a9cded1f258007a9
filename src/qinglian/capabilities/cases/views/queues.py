"""The desk's lists, and cases given away from them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qinglian.capabilities.access.endpoints import policies
from qinglian.capabilities.access.gate import is_fresh, reader_of, reads, scope
from qinglian.capabilities.cases import assigning, queues
from qinglian.capabilities.cases.channels import duties_today
from qinglian.capabilities.cases.desk_forms import GiveForm, WishForm
from qinglian.capabilities.cases.rules import tidy_number
from qinglian.capabilities.cases.sight import Sight, sight_of
from qinglian.capabilities.parties.readers import roles_by_unit
from qinglian.faults import Fault
from qinglian.zone.current import current

KEPT = ("show", *WishForm.base_fields)  # of the address: what leads back to the same list


def sight(request: HttpRequest) -> Sight:
    """What this reader sees of lists."""
    return sight_of(reader_of(request), roles_by_unit(scope(request)), fresh=is_fresh(request))


@reads("cases.desk")
def desk(request: HttpRequest) -> HttpResponse:
    name = request.GET.get("show", "open")
    if name not in queues.QUEUES:
        raise Http404
    seen, now = sight(request), timezone.now()
    choices = queues.choices(seen, now)
    form = WishForm(choices, request.GET)
    wish = form.wish()
    page = queues.desk(seen, name, now, request.GET.get("after", ""), wish)
    labels = _labels()
    shown = {
        "page": page,
        "filters": [(key, labels[key], page.counts.get(key)) for key in queues.QUEUES],
        "many": queues.MANY,
        "show": name,
        "form": form,
        "narrowed": wish != queues.Wish(),
        "standing": reader_of(request),
        "duties": duties_today(reader_of(request).person_id, now),
        "give": GiveForm(choices.handlers) if _gives(seen) and name != queues.ENDED else None,
        "back": _kept(request.GET).urlencode(),
        "holds": policies()["cases.holds"].door.test(reader_of(request)),
    }
    return render(request, "cases/desk.html", shown, status=422 if form.errors else 200)


def _labels() -> dict[str, str]:
    return {
        "mine": _("Mine"),
        "open": _("All open"),
        "today": _("Due today"),
        "overdue": _("Overdue"),
        "waiting": _("Waiting for the applicant"),
        "returned": _("Came back"),
        "ended": _("Ended"),
    }


def _gives(seen: Sight) -> bool:
    """Whether there is a matter whose cases this reader may give to somebody."""
    held = {role for roles in seen.units.values() for role in roles}
    return any(held & set(matter.assign_by) for matter in current().matters.values())


def _kept(asked: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True)
    for key in KEPT:
        if value := asked.get(key):
            kept[key] = value
    return kept


@reads("cases.desk")
def give(request: HttpRequest) -> HttpResponse:
    """Give the chosen cases to somebody: what is refused is named, the rest goes through."""
    seen, back = sight(request), _kept(QueryDict(request.POST.get("back", "")[:2000]))
    there = redirect(f"{reverse('cases:desk')}?{back.urlencode()}")
    if request.method != "POST":
        return redirect("cases:desk")
    form = GiveForm(queues.choices(seen, timezone.now()).handlers, request.POST)
    rows = _chosen(request.POST)
    if not rows:
        messages.warning(request, _("No case was chosen. Mark the ones to give, then send it once more."))
        return there
    if not form.is_valid():
        messages.warning(request, _("Nobody was chosen to whom the cases go. Nothing was changed."))
        return there
    outcome = assigning.assign_cases(
        rows, form.cleaned_data["person"], seen, reader_of(request).name, timezone.now()
    )
    _say(request, outcome)
    return there


def _chosen(sent: QueryDict) -> list[tuple[str, int]]:
    """`number:ver` of each row that is marked, or of every row shown."""
    rows = []
    for row in sent.getlist("shown" if sent.get("all") else "row")[: queues.PAGE]:
        number, _colon, seen = row.rpartition(":")
        if seen.isascii() and seen.isdigit() and len(seen) < 10:
            rows.append((tidy_number(number), int(seen)))
    return rows


def _say(request: HttpRequest, outcome: assigning.Given) -> None:
    if outcome.given:
        n = len(outcome.given)
        messages.success(request, ngettext("%(n)d case was given.", "%(n)d cases were given.", n) % {"n": n})
    for number, fault in outcome.refused:
        messages.warning(request, f"{number}: {_said(fault)}")


def _said(fault: Fault) -> str:
    return _(fault.template) % fault.params
