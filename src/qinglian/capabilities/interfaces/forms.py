from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.described import Described
from qinglian.capabilities.interfaces.scopes import EVENTS, LONGEST, SCOPES

_FILL = {"required": _("Fill this in.")}
_PICK = {"required": _("Pick at least one."), "invalid_choice": _("Choose one of the answers shown.")}


class KeyForm(Described):
    label = forms.CharField(
        label=_("What it is for"),
        max_length=60,
        error_messages=_FILL,
        help_text=_("So that you know it again, such as “accounting”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=[*SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages=_PICK,
    )
    days = forms.IntegerField(
        label=_("For how many days"),
        min_value=1,
        max_value=LONGEST,
        initial=90,
        error_messages=_FILL
        | {
            "invalid": _("Write a whole number."),
            "min_value": _("At least %(limit_value)d."),
            "max_value": _("At most %(limit_value)d."),
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class HookForm(Described):
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        error_messages=_FILL,
        help_text=_("https://HOST/PATH; it is called with POST and answers with a status from 200 to 299."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it when"),
        choices=[*EVENTS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages=_PICK,
    )
