"""Why a hook could not be called, in words for its owner: what is kept is one word of the program's."""

from __future__ import annotations

from django.utils.translation import gettext as _

from qinglian.capabilities.interfaces.targets import SECONDS


def why_failed(kept: str) -> str:
    """What is wrong and how to mend it; of what is not known here, the word itself."""
    kind, _blank, status = kept.partition(" ")
    if kind == "status" and status.startswith("3"):
        said = _(
            "It answered with the status %(status)s: no redirect is followed. Set up a hook with the new "
            "address."
        )
        return said % {"status": status}
    if kind == "status":
        return _("It answered with the status %(status)s; only 200 to 299 count.") % {"status": status}
    if kept == "timeout":
        return _("It did not answer within %(n)d seconds.") % {"n": int(SECONDS)}
    return _WORDS[kept]() if kept in _WORDS else _("The connection broke off (%(error)s).") % {"error": kept}


_WORDS = {
    "certificate": lambda: _("Its certificate is not trusted, has run out, or names another host."),
    "address": lambda: _("Its address may not be called any more. Set up a hook with another."),
    "not a public address": lambda: _("The name of its host leads into a network that is not public."),
    "gaierror": lambda: _("The name of its host was not found."),
    "ConnectionRefusedError": lambda: _("Nothing takes calls at this address."),
}
