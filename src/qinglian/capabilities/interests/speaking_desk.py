"""Recording who may speak for an enterprise, ending it, and reading the proof: for officers and heads."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import fresh, is_fresh, person_of, reads, there
from qinglian.capabilities.files.actions import let_go, take_in
from qinglian.capabilities.files.delivery import attachment
from qinglian.capabilities.files.limits import Limits
from qinglian.capabilities.files.queries import open_file
from qinglian.capabilities.files.uploading import dropped
from qinglian.capabilities.interests import actions
from qinglian.capabilities.interests.speaking_forms import KINDS, MOST_MB, EndForm, SpeakerForm
from qinglian.capabilities.parties import queries
from qinglian.capabilities.parties.actions import Mandate, Proof, account_named, proof_waits
from qinglian.capabilities.parties.readers import in_sight_of
from qinglian.faults import Fault


@reads("parties.speakers")
@fresh
def record(request: HttpRequest, enterprise: int) -> HttpResponse:
    """A file is looked at first, outside of any transaction; refused, the form comes back without it."""
    row = there(queries.shown(enterprise, in_sight_of(request)))
    if row.into is not None:
        raise Http404
    sent = request.method == "POST"
    form = SpeakerForm(request.POST if sent else None, request.FILES if sent else None)
    for field, _name in dropped(request) if sent else ():
        form.add_error(field, _("The file is larger than %(most)d MB.") % {"most": MOST_MB})
    if sent and form.is_valid():
        try:
            _record(row.id, form, person_of(request), timezone.now())
        except Fault as fault:
            form.add_error(None, _(fault.template) % fault.params)
        else:
            messages.success(request, _("Recorded. Those concerned are told."))
            return redirect("parties:enterprise", row.id)
    page = {"row": row, "form": form, "fresh": is_fresh(request)}
    return render(request, "interests/speaker.html", page, status=422 if sent else 200)


def _record(enterprise: int, form: SpeakerForm, person: int, now: datetime) -> None:
    said = form.cleaned_data
    user = account_named(said["account"]) if said["account"] else None
    kept, sha = "", said["sha256"].strip().lower()
    if said["file"] is not None:
        kept = proof_waits(now, secrets.token_hex(4))
        sha = take_in(said["file"], Limits(KINDS, MOST_MB, 1), now, holder=kept).sha
    proof = Proof(said["proof"], said["number"], sha, said["reference"], kept)
    mandate = Mandate(proof, said["basis"], said["since"], said["until"], user, said["sealed"].strip())
    try:
        actions.name_representative(enterprise, mandate, person, now)
    except Fault:
        let_go(kept)
        raise


@reads("parties.speakers")
@fresh
def end(request: HttpRequest, enterprise: int, representative: int) -> HttpResponse:
    found = queries.representative_shown(
        enterprise, representative, in_sight_of(request), timezone.localdate()
    )
    row, record = there(found)
    if record.over:
        raise Http404
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_representation(row.id, record.id, form.day(), person_of(request), timezone.now())
        except Fault as fault:
            form.add_error(None, _(fault.template) % fault.params)
        else:
            messages.success(request, _("Ended. Those concerned are told."))
            return redirect("parties:enterprise", row.id)
    page = {"row": row, "record": record, "form": form, "fresh": is_fresh(request)}
    status = 422 if request.method == "POST" else 200
    return render(request, "interests/speaker_end.html", page, status=status)


@reads("parties.speakers")
def proof(request: HttpRequest, enterprise: int, representative: int) -> HttpResponseBase:
    found = queries.representative_shown(
        enterprise, representative, in_sight_of(request), timezone.localdate()
    )
    _row, record = there(found)
    opened = open_file(queries.holder_of(record.id), record.file.sha) if record.file else None
    return attachment(there(opened))
