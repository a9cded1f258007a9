from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.described import Described
from qinglian.capabilities.interests.models import TO_ENTERPRISES, TO_PEOPLE, TieKind
from qinglian.capabilities.parties.queries import EnterpriseShown, number_fault, read_enterprise_name
from qinglian.faults import Fault

PLACES = [("CN", _("Mainland China")), ("HK", _("Hong Kong")), ("MO", _("Macau")), ("other", _("Elsewhere"))]
_FILL = {"required": _("Fill this in.")}
_CHOOSE = {"required": _("Choose one."), "invalid_choice": _("Choose one of the answers shown.")}


def _kinds(among: Sequence[str]) -> list[tuple[str, Any]]:
    return [("", "–"), *((kind.value, kind.label) for kind in TieKind if kind.value in among)]


def _since() -> forms.DateField:
    return forms.DateField(
        label=_("Since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Write a date such as 2026-11-23.")},
    )


class _Chosen(Described):
    """Choices that the page finds are handed in, by field."""

    def __init__(self, *args: Any, choices: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, found in (choices or {}).items():
            self.fields[key].choices = found


class TieForm(_Chosen):
    kind = forms.ChoiceField(
        label=_("What ties you to it"), error_messages=_CHOOSE, choices=_kinds(TO_ENTERPRISES)
    )
    place = forms.ChoiceField(label=_("Place"), error_messages=_CHOOSE, choices=PLACES)
    name = forms.CharField(label=_("Name of the enterprise"), max_length=200, error_messages=_FILL)
    number = forms.CharField(
        label=_("Registration number"),
        max_length=40,
        required=False,
        help_text=_("With it the enterprise is found however its name is written."),
    )
    since = _since()

    def clean_name(self) -> str:
        try:
            return read_enterprise_name(self.cleaned_data["name"])
        except Fault as fault:
            raise _said(fault) from None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("number") and data.get("place"):
            fault = number_fault(data["place"], data["number"])
            if fault is not None:
                self.add_error("number", _said(fault))
        return data


class ColleagueForm(_Chosen):
    """A tie to somebody else who holds a post."""

    kind = forms.ChoiceField(
        label=_("What ties you to this person"), error_messages=_CHOOSE, choices=_kinds(TO_PEOPLE)
    )
    other = forms.TypedChoiceField(
        label=_("Colleague"),
        coerce=int,
        error_messages=_CHOOSE,
        help_text=_("Everybody who holds a post today; whoever is named here is not told."),
    )
    since = _since()

    def __init__(self, colleagues: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="colleague", choices={"other": [("", "–"), *colleagues]})


class UndoForm(_Chosen):
    """Why a merge is to be taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=_FILL,
    )


class ProposalForm(UndoForm):
    """Which of two rows stays, and why they are one."""

    keep = forms.TypedChoiceField(
        label=_("Which one stays"),
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_(
            "The other stays as a row, and leads to this one. Where one is in a register, that one stays."
        ),
        error_messages=_CHOOSE,
    )
    field_order = ["keep", "reason"]

    def __init__(self, pair: Sequence[EnterpriseShown], *args: Any, **kwargs: Any) -> None:
        named = [(row.id, _("No. %(id)d: %(name)s") % {"id": row.id, "name": row.name}) for row in pair]
        super().__init__(*args, choices={"keep": named}, **kwargs)


def _said(fault: Fault) -> forms.ValidationError:
    return forms.ValidationError(_(fault.template), params=fault.params)
