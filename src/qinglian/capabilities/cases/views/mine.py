"""The page of an account that asks: its cases, for itself and for the enterprises that it speaks for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from qinglian.capabilities.access.gate import asked_number, reader_of, reads
from qinglian.capabilities.cases import feeds
from qinglian.capabilities.cases.claiming import claim_case
from qinglian.capabilities.cases.guide import as_offered
from qinglian.capabilities.cases.mine import own_page
from qinglian.capabilities.cases.mine_forms import ClaimForm
from qinglian.capabilities.cases.rules import tidy_number
from qinglian.capabilities.cases.views.feeds import show_address
from qinglian.faults import Fault
from qinglian.zone.current import current


def _me(request: HttpRequest) -> int:
    user = reader_of(request).user_id
    assert user is not None  # the policy lets in who has an account
    return user


@reads("cases.own")
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    page = own_page(_me(request), timezone.now(), asked_number(request, "before"))
    form = ClaimForm(page.speaks_for, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            claim_case(said["number"], said["code"], _me(request), said.get("enterprise"), timezone.now())
            messages.success(request, _("The case stands in your list now."))
            return redirect("cases:status", tidy_number(said["number"]))
        except Fault as fault:
            form.add_error(None, _(fault.template) % fault.params)
    shown = {"page": page, "form": form, "feed": feeds.has_feed(user_id=_me(request))}
    shown["matters"] = as_offered(current().matters)
    return render(request, "cases/mine.html", shown, status=422 if form.is_bound else 200)


@reads("cases.own")
def address(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("cases:mine")
    if "revoke" in request.POST:
        feeds.revoke_feed(timezone.now(), user_id=_me(request))
        messages.success(request, _("The address of the calendar was revoked."))
        return redirect("cases:mine")
    secret = feeds.open_feed(timezone.now(), user_id=_me(request))
    return show_address(request, secret, reverse("cases:mine"))
