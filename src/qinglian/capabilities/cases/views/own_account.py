"""What an account brings along when somebody asks: who holds the case, and what need not be typed again."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import reader_of
from qinglian.capabilities.cases.claiming import begin_for
from qinglian.faults import Fault
from qinglian.zone import Matter


def asker(request: HttpRequest) -> int | None:
    """The account that will hold the case; staff ask like anybody else, by number and code."""
    who = reader_of(request)
    return who.user_id if who.person_id is None else None


def fill_from_account(request: HttpRequest, matter: Matter, secret: str) -> None:
    """What was filled in is told with where it comes from, and can be changed."""
    user, said = asker(request), request.POST.get("enterprise", "")
    if user is None:
        return
    firm = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None
    try:
        keys = begin_for(secret, user, request.user.email, firm, timezone.now())
    except Fault as fault:
        messages.warning(request, _(fault.template) % fault.params)
        return
    language = get_language() or settings.LANGUAGE_CODE
    known = [matter.fields[key].label.say(language) for key in keys if key in matter.fields]
    if known:
        told = _("Filled in from your account, to be changed as you like: %(fields)s")
        messages.info(request, told % {"fields": pgettext("list", ", ").join(known)})
