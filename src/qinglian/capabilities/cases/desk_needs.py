"""What the desk's acts ask for, picked where it can be picked: a unit, whom it is about, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.cases.forms import NEED_LABELS, PlainText
from qinglian.capabilities.parties.queries import colleagues, told_apart
from qinglian.zone import Action, Field
from qinglian.zone.current import current

NONE, UNIT, PERSON = "none", "unit:", "person:"
_WRONG = {"required": _("Choose one."), "invalid_choice": _("Choose one of the answers shown.")}
_FILL = {"required": _("Fill this in.")}


@dataclass(frozen=True)
class Around:
    """What there is to pick from: for one case, on one day."""

    on: date
    holding: str = ""  # the unit that has the case
    fields: tuple[Field, ...] = ()
    language: str = "en"  # of whoever asked: what is missing is told in it
    joint: tuple[str, ...] = field(default=())


def _title(unit: str) -> str:
    return current().units[unit].title.say(get_language() or "en")


def _ticks(label: Any, choices: list[tuple[str, str]], **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, error_messages=_WRONG, **more
    )


class DeskActionForm(forms.Form):
    """An act of the staff: lists in place of words that somebody would have to know."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, action: Action, around: Around, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=action.id, **kwargs)
        for need in action.needs:
            widget = forms.Textarea(attrs={"rows": 5})
            self.fields[need] = PlainText(
                label=NEED_LABELS.get(need, need), max_length=4000, widget=widget, error_messages=_FILL
            )
        self.around = around
        if "unit" in self.fields:
            units = [(each, _title(each)) for each in current().units if each != around.holding]
            self.fields["unit"] = forms.ChoiceField(
                label=_("To which unit"), choices=[("", "–"), *units], error_messages=_WRONG
            )
        if "clause" in self.fields:
            self.fields["clause"] = PlainText(
                label=_("By which clause of the duties"),
                help_text=_("The article or item that makes it that unit’s duty; the applicant reads it."),
                max_length=500,
                error_messages=_FILL,
            )
        if "concerns" in self.fields:
            self.fields["concerns"] = _ticks(_("Whom it is about"), _whom(around.on))
        if "items" in self.fields:
            self._ask_for_items()
        if around.joint:
            units = [(each, _title(each)) for each in around.joint if each != around.holding]
            self.fields["units"] = _ticks(_("Units that contribute"), units)
        for key in self.fields:
            self._tie(key)

    def _ask_for_items(self) -> None:
        known = [(each.key, each.label.say(get_language() or "en")) for each in self.around.fields]
        self.fields["items"] = PlainText(
            label=_("Something else that is missing, one item a line"), required=False, max_length=4000,
            widget=forms.Textarea(attrs={"rows": 4}),
        )  # fmt: skip
        picks = _ticks(
            _("Missing or wrong in what was asked"), known, required=False,
            help_text=_("Everything at once: this is told one time. Further items can be written below."),
        )  # fmt: skip
        self.fields["picked"] = picks
        self.order_fields(["seen", "picked", "items"])

    def _tie(self, key: str) -> None:
        each, bound = self.fields[key], self[key]
        about = [f"{bound.auto_id}_hint"] * bool(each.help_text)
        if self.is_bound and key in self.errors:
            about.append(f"{bound.auto_id}_error")
            each.widget.attrs["aria-invalid"] = "true"
        if about:
            each.widget.attrs["aria-describedby"] = " ".join(about)

    def clean(self) -> dict[str, Any]:
        got: dict[str, Any] = super().clean() or self.cleaned_data
        if "picked" in self.fields:
            items = [*_labels(self.around, got.pop("picked", [])), *_lines(got.get("items", ""))]
            if not items:
                self.add_error("items", forms.ValidationError(_("Name at least one item that is missing.")))
            got["items"] = "\n".join(dict.fromkeys(items))
        if "concerns" in got:
            chosen = got["concerns"]
            if NONE in chosen and len(chosen) > 1:
                text = _("It is about nobody, or about those that you chose: take one of the two away.")
                self.add_error("concerns", forms.ValidationError(text))
            got["concerns"] = "\n".join(chosen)
        return got


def _whom(on: date) -> list[tuple[str, str]]:
    units = [(f"{UNIT}{each}", _title(each)) for each in current().units]
    names: dict[int, str] = {}
    first: dict[int, str] = {}
    for person, name, unit in colleagues(on):
        names.setdefault(person, name)
        first.setdefault(person, f"{name} · {_title(unit)}" if unit in current().units else name)
    people = {k: v if v != names[k] else first[k] for k, v in told_apart(names.items(), on)}
    return [(NONE, str(_("Nobody of the zone"))), *units, *((f"{PERSON}{k}", v) for k, v in people.items())]


def _labels(around: Around, keys: Iterable[str]) -> list[str]:
    with override(around.language):
        return [each.label.say(around.language) for each in around.fields if each.key in set(keys)]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
