from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.described import Described

_NEEDED = {"required": _("Fill this in.")}


class HoldForm(Described):
    number = forms.CharField(
        label=_("Number of the case"),
        max_length=40,
        error_messages=_NEEDED,
        help_text=_("Of a case that you may read."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        error_messages=_NEEDED,
        help_text=_("Why it is needed longer than its time: who asks for it, and for what."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    basis = forms.CharField(
        label=_("Basis"),
        max_length=200,
        error_messages=_NEEDED,
        help_text=_("The article by which it is kept longer."),
    )
    until = forms.DateField(
        label=_("Last day"),
        error_messages=_NEEDED | {"invalid": _("Write a date such as 2026-11-23.")},
        help_text=_("After it the case is erased when it is due; place a new hold if it is still needed."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class LiftForm(Described):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        error_messages=_NEEDED,
        help_text=_("Why it need not be kept any longer."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
