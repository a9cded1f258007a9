"""Forms of an account: taking a case into it, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.cases.forms import TrackForm


class ClaimForm(TrackForm):
    """Number and code; for whom is asked only of somebody who speaks for an enterprise."""

    def __init__(self, firms: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if firms:
            self.fields["enterprise"] = forms.TypedChoiceField(
                label=_("For whom"),
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", _("For myself")), *firms],
                error_messages={"invalid_choice": _("Choose one of the answers shown.")},
            )
