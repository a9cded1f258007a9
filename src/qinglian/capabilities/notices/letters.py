"""What a letter says: that there is news, and how to read it. Nothing of the case itself."""

from __future__ import annotations

from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from qinglian.capabilities.notices.models import Notice
from qinglian.zone.current import current


def letter(notice: Notice) -> EmailMessage:
    """The same notice gives the same letter, Message-ID and date: sent twice, it is shown once."""
    with translation.override(notice.language):
        if notice.of_case:
            subject, body = _("News on case %(number)s") % {"number": notice.subject}, _body(notice)
        else:
            subject, body = _of_account(notice)
    return EmailMessage(
        subject,
        body,
        settings.DEFAULT_FROM_EMAIL,
        [notice.email],
        headers={
            "Message-ID": message_id(notice),
            "Date": format_datetime(notice.queued_at),
            "Auto-Submitted": "auto-generated",
            "Content-Language": notice.language,
        },
    )


def _body(notice: Notice) -> str:
    zone = current()
    page = reverse(settings.NEWS_PAGE, query={"number": notice.subject})
    facts = {
        "number": notice.subject,
        "zone": zone.title.say(notice.language),
        "address": f"{settings.PUBLIC_URL}{page}",
    }
    said = [
        _("There is news on case %(number)s at %(zone)s.") % facts,
        *([line] if (line := _to_applicant(notice.kind)) else []),
        _("To read it, open this page and give the number and your tracking code:") + f"\n{facts['address']}",
        _("This letter says nothing of what the case is about. Answers to it are not read."),
    ]
    if zone.demonstration:
        said.append(_("This is a demonstration: no office stands behind it."))
    return "\n\n".join(said) + "\n"


def _of_account(notice: Notice) -> tuple[str, str]:
    """What an account may do for enterprises has changed: for which one it reads where it is signed in."""
    zone = current().title.say(notice.language)
    said = [
        in_a_line(notice.kind) + ".",
        _("Sign in to see for which:") + f"\n{settings.PUBLIC_URL}{reverse(settings.APPLICANT_PAGE)}",
        _("If you know nothing of this, tell the unit. Answers to this letter are not read."),
    ]
    if current().demonstration:
        said.append(_("This is a demonstration: no office stands behind it."))
    return str(_("Your account at %(zone)s") % {"zone": zone}), "\n\n".join(said) + "\n"


def _to_applicant(kind: str) -> str:
    """What has happened, where it may be said; of what is held closely the kind itself says nothing."""
    said = {
        "lodged": _("It was received. The page has a dated receipt."),
        "ask": (missing := _("Something is missing: it is your turn.")),
        "ask-again": missing,
        "answer": _("There is an answer."),
        "extended": _("A deadline was extended; the page gives the reason."),
        "due-moved": _("A newly published calendar moved a deadline."),
        "close": _("The case has ended."),
        "say:applicant": _("The unit has written to you."),
        "out-of-room": _("Your question was taken out of the room; the case goes on, and its page says why."),
    }
    return said.get(kind, "")


def message_id(notice: Notice) -> str:
    """Keyed, so that the numbers of letters do not tell how many there are."""
    sign = salted_hmac("qinglian message id", str(notice.pk), algorithm="sha256").hexdigest()[:32]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    return f"<{sign}@{domain}>"


def in_a_line(kind: str) -> str:
    """What a notice on the desk says: enough to know whether to look now."""
    said = {
        "lodged": _("A new case came in"),
        "deadline-near": _("A deadline is near"),
        "deadline-passed": _("A deadline has passed"),
        "alarm": _("A deadline has passed; nothing happens by itself, a person decides"),
        "proposed": _("Somebody proposes an act that needs your agreement"),
        "close": _("The case has ended"),
        "withdraw": _("The applicant has withdrawn the case"),
        "supply": _("The applicant has answered"),
        "reopen": _("The applicant asks again"),
        "say:unit": _("The applicant has written"),
        "call:person": _("The applicant asks for a person"),
        "nobody-on-duty": _("A question came into a room where nobody is on duty"),
        "assigned": _("A case was given to you"),
        "moved": _("Another unit has sent a case on to yours"),
        "bounced": _("A case was sent to and fro too often; you decide which unit takes it"),
        "contribute": _("Another unit asks yours to contribute to a case"),
        "contributed": _("A unit that was asked has contributed"),
        "deemed": _("The deadline passed in silence, and what the law makes of it took effect"),
        "speaks:named": _("This account may now speak for an enterprise"),
        "speaks:ended": _("It was said until when this account may speak for an enterprise"),
        "speaks:named-other": _("Somebody else may now speak for an enterprise for which you speak too"),
        "speaks:ended-other": _("Somebody else’s right to speak for an enterprise of yours has an end"),
    }
    return said.get(kind) or _("Something happened in the case")
