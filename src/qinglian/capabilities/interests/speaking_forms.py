"""Forms by which it is recorded who may speak for an enterprise, and ended."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.described import Described
from qinglian.capabilities.files.queries import endings
from qinglian.capabilities.interests.forms import _CHOOSE, _FILL

PROOFS = [
    ("licence", _("licence")),
    ("power-of-attorney", _("power of attorney")),
    ("notarised", _("notarised document")),
    ("e-licence", _("electronic licence")),
]
KINDS = ("pdf", "jpg", "png")
MOST_MB = 10
_DAY = {"invalid": _("Write a date such as 2026-11-23."), "required": _("Fill this in.")}


def _day(label: Any, **said: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}), error_messages=_DAY, **said
    )


class SpeakerForm(Described):
    account = forms.CharField(
        label=_("Name of the account"),
        max_length=150,
        required=False,
        help_text=_("Its holder reads it on the page “How you sign in”. Empty for a sealed reference."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    sealed = forms.CharField(
        label=_("Number of a sealed envelope"),
        max_length=64,
        required=False,
        help_text=_("For somebody without an account: the envelope says who it is, and this page does not."),
    )
    proof = forms.ChoiceField(label=_("Kind of proof"), choices=PROOFS, error_messages=_CHOOSE)
    number = forms.CharField(
        label=_("Number of the document"),
        max_length=80,
        error_messages=_FILL,
        help_text=_("Kept as a keyed hash only, to know the same document again."),
    )
    file = forms.FileField(
        label=_("File of the document"),
        required=False,
        max_length=255,
        help_text=_("PDF, JPG or PNG, at most 10 MB. Or leave it, and say below where the document is held."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{each}" for each in endings(KINDS))}),
    )
    reference = forms.CharField(
        label=_("Where the document is held"),
        max_length=120,
        required=False,
        help_text=_("An archive and a shelf mark, or a register and an entry; no name of a person."),
    )
    sha256 = forms.CharField(
        label=_("Hash of the document (SHA-256)"),
        max_length=64,
        required=False,
        help_text=_("64 signs, of the file that is held there. Of a file sent here it is made here."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    basis = forms.CharField(
        label=_("Basis"),
        max_length=200,
        error_messages=_FILL,
        help_text=_("The article by which this is kept."),
    )
    since = _day(_("First day"))
    until = _day(_("Last day"), required=False, help_text=_("As the document says; else empty."))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("reference") and not data.get("file") and not data.get("sha256"):
            self.add_error("sha256", _("Fill this in."))
        return data


class EndForm(Described):
    when = forms.ChoiceField(
        label=_("When it ends"),
        choices=[("now", _("At once")), ("day", _("With the end of a day"))],
        widget=forms.RadioSelect,
        error_messages=_CHOOSE,
    )
    until = _day(_("Last day"), required=False, help_text=_("Today or later; only for the second choice."))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("when") == "day" and data.get("until") is None and "until" not in self.errors:
            self.add_error("until", _("Fill this in."))
        return data

    def day(self) -> date | None:
        return self.cleaned_data["until"] if self.cleaned_data["when"] == "day" else None
