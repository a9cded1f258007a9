from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.cases.fields import PlainText, form_field
from qinglian.capabilities.cases.paper_forms import PapersField
from qinglian.capabilities.cases.papers import held, of_supply
from qinglian.capabilities.cases.widgets import MoneyWidget
from qinglian.capabilities.files.queries import HeldFile
from qinglian.capabilities.parties.queries import number_fault
from qinglian.faults import Fault
from qinglian.zone import Action, Field, Matter


class StepForm(forms.Form):
    """One step of a matter, with the fields that the answers so far make visible."""

    use_required_attribute = False  # the server answers, in the reader's language

    def __init__(
        self,
        fields: Iterable[Field],
        *args: Any,
        papers: Mapping[str, Sequence[HeldFile]] | None = None,
        complaints: Mapping[str, Sequence[tuple[str, Fault]]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.numbers: list[str] = []
        for each in fields:
            self.fields[each.key] = made = form_field(each)
            if isinstance(made, PapersField):
                made.shows((papers or {}).get(each.key, ()), (complaints or {}).get(each.key, ()))
            if each.type == "regno":
                self.numbers.append(each.key)
        for key, field in self.fields.items():
            field.widget.attrs |= _described(key, bool(field.help_text), self.is_bound and key in self.errors)

    def clean(self) -> dict[str, Any]:
        """A registration number is held against the rules of the place that was answered beside it."""
        for key in self.numbers:
            number, place = self.cleaned_data.get(key), self.cleaned_data.get("place", "")
            fault = number_fault(place, number) if number else None
            if fault is not None:
                self.add_error(key, forms.ValidationError(_(fault.template), params=fault.params))
        return self.cleaned_data

    def answers(self) -> dict[str, Any]:
        """What is kept: no is an answer, nothing picked or written is none."""
        return {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in self.cleaned_data.items()
            if value is not None and value not in ("", [], {})
        }

    def is_blank(self, key: str) -> bool:
        """Whether nothing was written or picked; of what is made of parts, whether every part is empty."""
        data = self[key].data
        parts = list(data.values()) if isinstance(data, dict) else data
        if isinstance(parts, (list, tuple)):
            return not any(parts if self.fields[key].widget.__class__ is not MoneyWidget else parts[:1])
        return not data

    def typed(self) -> dict[str, Any]:
        """What can be read of a form that is perhaps not valid."""
        self.full_clean()
        return self.answers()


def as_posted(fields: Iterable[Field], answers: Mapping[str, Any]) -> MultiValueDict[str, str]:
    """What a browser would send for these answers: so that what was kept is held against a form of today."""
    data: MultiValueDict[str, str] = MultiValueDict()
    for each in fields:
        match each.type, answers.get(each.key):
            case _, None:
                continue
            case "yes-no", bool() as value:
                data[each.key] = "true" if value else "false"
            case "money", {"amount": amount, "currency": currency}:
                data[each.key], data[f"{each.key}-currency"] = amount, currency
            case "address", dict() as parts:
                for part, text in parts.items():
                    data[f"{each.key}-{part}"] = text
            case "undertaking", {"sha": sha}:
                data[each.key] = "agreed" if each.undertaking and each.undertaking.sha == sha else ""
            case _, list() as values:
                data.setlist(each.key, values)
            case _, value:
                data[each.key] = value
    return data


def _described(key: str, hint: bool, wrong: bool) -> dict[str, str]:
    about = [f"id_{key}_hint"] * hint + [f"id_{key}_error"] * wrong
    return (
        {"aria-describedby": " ".join(about)} | ({"aria-invalid": "true"} if wrong else {}) if about else {}
    )


NEED_LABELS = {
    "reason": _("Reason"),
    "items": _("Everything that is missing, one item a line"),
    "detail": _("Your additions"),
    "answer": _("Answer"),
    "basis": _("Legal basis"),
    "remedy": _("Remedy"),
    "unit": _("Unit"),
    "clause": _("Clause of the duty list"),
    "concerns": _("Whom it concerns"),
}


class ActionForm(forms.Form):
    """What an action needs beside the press of its button."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        needs: Iterable[str],
        prefix: str,
        *args: Any,
        more: Mapping[str, forms.Field] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, prefix=prefix, **kwargs)
        for need in needs:
            self.fields[need] = PlainText(
                label=NEED_LABELS.get(need, need),
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 5}),
                error_messages={"required": _("Fill this in.")},
            )
        self.fields |= more or {}
        for key, field in self.fields.items():
            field.widget.attrs |= _described(f"{prefix}-{key}", False, self.is_bound and key in self.errors)

    @classmethod
    def of(cls, action: Action, *args: Any, **kwargs: Any) -> ActionForm:
        return cls(action.needs, action.id, *args, **kwargs)


def written(form: forms.Form) -> str:
    """The words in a form that was sent: they are not lost where it cannot be taken."""
    long = [key for key, field in form.fields.items() if isinstance(field.widget, forms.Textarea)]
    return "\n".join(form[key].data for key in long if form[key].data)


class SupplyForm(ActionForm):
    """An action of whoever asks, with the files that may go along; what was sent already is listed."""

    @classmethod
    def of_case(
        cls,
        case_id: int,
        matter: Matter,
        action: Action,
        *args: Any,
        complaints: Sequence[tuple[str, Fault]] = (),
        **kwargs: Any,
    ) -> SupplyForm:
        more: dict[str, forms.Field] = {}
        if action.takes is not None:
            field = matter.fields[action.takes]
            made = PapersField(field, label=field.label.say(get_language() or "en"), required=False)
            made.shows(held(of_supply(case_id)).get(field.key, ()), complaints)
            more["files"] = made
        return cls(action.needs, action.id, *args, more=more, **kwargs)


class ConsentForm(forms.Form):
    """What another person says to a proposal."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)
    agrees = forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("I agree")), ("no", _("I do not agree"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one."),
            "invalid_choice": _("Choose one of the answers shown."),
        },
    )
    reason = PlainText(
        label=_("Reason"),
        required=False,
        max_length=4000,
        help_text=_("Needed where you do not agree."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="consent", **kwargs)
        for key, field in self.fields.items():
            wrong = self.is_bound and key in self.errors
            field.widget.attrs |= _described(f"consent-{key}", bool(field.help_text), wrong)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("agrees") is False and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", _("Fill this in."))
        return self.cleaned_data


class AssignForm(forms.Form):
    """To whom a case is given."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)
    person = forms.TypedChoiceField(
        label=_("Person"),
        coerce=int,
        error_messages={
            "required": _("Choose one."),
            "invalid_choice": _("Choose one of the answers shown."),
        },
    )

    def __init__(self, people: Iterable[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="assign", **kwargs)
        self.fields["person"].choices = [("", "–"), *people]  # type: ignore[attr-defined]
        field = self.fields["person"]
        field.widget.attrs |= _described("assign-person", False, self.is_bound and "person" in self.errors)


class TrackForm(forms.Form):
    use_required_attribute = False
    number = forms.CharField(
        label=_("Case number"), max_length=40, error_messages={"required": _("Fill this in.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    code = forms.CharField(
        label=_("Tracking code"), max_length=40, error_messages={"required": _("Fill this in.")},
        help_text=_("Twelve signs, shown once when you lodged the case."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "aria-describedby": "id_code_hint"}
        ),
    )  # fmt: skip
