"""What the pages of rooms ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.cases.desk_forms import tell
from qinglian.capabilities.cases.models import HIDDEN_FOR

_NEEDED = {"required": _("Fill this in.")}
_CHOOSE = {"required": _("Choose one."), "invalid_choice": _("Choose one of the answers shown.")}
_DAY = {"required": _("Fill this in."), "invalid": _("Write a date such as 2026-11-23.")}
GROUNDS = {
    "names-somebody": _("It names somebody, or says who asks"),
    "no-question": _("It is no question to the unit"),
    "ordered": _("Its removal was ordered"),
}


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DutyForm(forms.Form):
    use_required_attribute = False
    person = forms.TypedChoiceField(label=_("Who is on duty"), coerce=int, error_messages=_CHOOSE)
    since = forms.DateField(label=_("First day"), widget=_day(), error_messages=_DAY)
    until = forms.DateField(label=_("Last day"), widget=_day(), error_messages=_DAY)

    def __init__(self, people: Iterable[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="duty", **kwargs)
        self.fields["person"].choices = [("", "–"), *people]  # type: ignore[attr-defined]
        tell(self)


class HideForm(forms.Form):
    use_required_attribute = False
    ground = forms.ChoiceField(
        label=_("Why it leaves the room"),
        choices=[(each, GROUNDS[each]) for each in HIDDEN_FOR],
        widget=forms.RadioSelect,
        error_messages=_CHOOSE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="hide", **kwargs)
        tell(self)


class ComeInForm(forms.Form):
    use_required_attribute = False
    code = forms.CharField(
        label=_("Code of the room"), max_length=40, error_messages=_NEEDED,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell(self)
