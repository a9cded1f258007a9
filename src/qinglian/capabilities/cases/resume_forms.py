"""Forms by which a draft is taken up again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.described import Described

_NEEDED = {"required": _("Fill this in.")}


class CodeForm(Described):
    code = forms.CharField(
        label=_("Code to go on with"),
        max_length=40,
        error_messages=_NEEDED | {"max_length": _("This is longer than a code is.")},
        help_text=_("Twelve signs, shown once when you put the draft aside."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class FileForm(Described):
    draft = forms.FileField(
        label=_("File of the draft"),
        max_length=255,
        allow_empty_file=True,
        help_text=_("The .json file that you saved here. It is read, and not kept."),
        error_messages={
            "required": _("Choose the file."),
            "invalid": _("Choose the file."),
            "max_length": _("The name of the file is too long; give it a shorter one."),
        },
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
