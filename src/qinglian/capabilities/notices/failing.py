"""Why a letter did not leave, in words for whoever sees to it: what is kept is an error's kind and number."""

from __future__ import annotations

from django.utils.translation import gettext as _


def why_stuck(kept: str) -> str:
    """What was in the way and who can mend it; of what is not known here, the kind itself."""
    kind, _blank, number = kept.partition(" ")
    if kind in _WORDS:
        why = _WORDS[kind]()
        return _("%(why)s (%(number)s)") % {"why": why, "number": number} if number else why
    if not kept:
        return "–"
    return _("The mail server did not take it (%(error)s)") % {"error": kept}


_SERVER = lambda: _("The mail server could not be reached; whoever runs the platform looks into it")  # noqa: E731
_WORDS = {
    "SMTPRecipientsRefused": lambda: _("The mail server refuses the address of the applicant"),
    "SMTPSenderRefused": lambda: _("The mail server refuses the address of the platform; see QINGLIAN_MAIL"),
    "SMTPAuthenticationError": lambda: _(
        "The mail server refuses the password of the platform; see QINGLIAN_MAIL"
    ),
    "SMTPDataError": lambda: _("The mail server refuses the letter itself"),
    "Interrupted": lambda: _("The sending broke off each time before an answer came"),
    "ConnectionRefusedError": _SERVER,
    "SMTPConnectError": _SERVER,
    "SMTPServerDisconnected": _SERVER,
    "TimeoutError": _SERVER,
    "gaierror": _SERVER,
}
