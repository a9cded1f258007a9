"""The form of a letter in the thread."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.cases.forms import PlainText
from qinglian.capabilities.cases.thread import LONGEST


class LetterForm(forms.Form):
    use_required_attribute = False
    message = PlainText(
        label=_("Your letter"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Fill this in."),
            "max_length": _("This has %(show_value)d characters; at most %(limit_value)d fit. Shorten it."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="letter", **kwargs)
        if self.is_bound and "message" in self.errors:
            attrs = {"aria-invalid": "true", "aria-describedby": "id_letter-message_error"}
            self.fields["message"].widget.attrs |= attrs
