"""Words for what stands in a row of an enterprise, in the reader's language."""

from __future__ import annotations

from django import template
from django.apps import apps
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def place_words(place: str) -> str:
    words = {"CN": _("Mainland China"), "HK": _("Hong Kong"), "MO": _("Macau"), "other": _("Elsewhere")}
    return words.get(place, "–")


@register.filter
def status_words(status: str) -> str:
    words = {"stated": _("only stated, not checked"), "registered": _("in a register"), "merged": _("merged")}
    return words[status]


@register.filter
def script_words(script: str) -> str:
    words = {
        "zh-Hans": _("Simplified Chinese"),
        "zh-Hant": _("Traditional Chinese"),
        "en": _("English"),
        "pt": _("Portuguese"),
    }
    return words[script]


@register.filter
def name_words(kind: str) -> str:
    return {
        "legal": _("registered or stated name"),
        "trading": _("trading name"),
        "former": _("former name"),
    }[kind]


@register.filter
def number_words(kind: str) -> str:
    words = {
        "uscc": _("Unified social credit code"),
        "hk-br": _("Hong Kong business registration number"),
        "hk-cr": _("Hong Kong company number"),
        "mo-cr": _("Macau commercial registration number"),
        "other": _("Another number"),
    }
    return words[kind]


@register.filter
def why_unchecked(kind: str) -> str:
    """Why a number says "checked" or not: only the mainland's code carries a character to check it by."""
    if kind == "uscc":
        return _("It fits its own check character: no slip of the pen. Whose it is, only a register says.")
    if kind == "other":
        return _("It has the form of no kind of number that is known here; nothing could be checked.")
    return _("Its form fits; no published check character could be verified for this kind of number.")


@register.filter
def proof_words(proof: str) -> str:
    words = {
        "licence": _("licence"),
        "power-of-attorney": _("power of attorney"),
        "notarised": _("notarised document"),
        "e-licence": _("electronic licence"),
    }
    return words[proof]


@register.filter
def mark_words(kind: str) -> object:
    """What a mark is called: whoever posts marks of a kind names it in its `apps.py`, as `marks`."""
    return next(
        (each.marks[kind] for each in apps.get_app_configs() if kind in getattr(each, "marks", {})), kind
    )


@register.filter
def alike_words(found: str) -> str:
    words = {
        "same": _("the same"),
        "shared": _("partly the same"),
        "differs": _("differs"),
        "unknown": _("not known of both"),
    }
    return words[found]


@register.filter
def alike_tag(found: str) -> str:
    return {"same": " go", "shared": " due", "differs": " due"}.get(found, "")
