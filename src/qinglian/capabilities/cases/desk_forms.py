"""What the desk asks: how a list is narrowed, to whom cases go, a note, a link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.cases.forms import PlainText
from qinglian.capabilities.cases.links import RELATIONS
from qinglian.capabilities.cases.queues import Choices, Wish
from qinglian.capabilities.cases.widgets import LongSelect

NOBODY = "nobody"
_FILL, _CHOOSE = {"required": _("Fill this in.")}, {"required": _("Choose one.")}
_DAY = {"invalid": _("Write a date such as 2026-11-23.")}
_UNKNOWN = {"invalid_choice": _("Choose one of the answers shown.")}
RELATION_LABELS = {
    "related": _("belongs together with"),
    "follows": _("follows from"),
    "complaint-about": _("is a complaint about"),
    "appeal-of": _("is an appeal against"),
}
BACK_LABELS = {
    "related": _("belongs together with"),
    "follows": _("is followed by"),
    "complaint-about": _("is complained about in"),
    "appeal-of": _("is appealed against in"),
}


def said(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[str, str]]:
    """Choices in the reader's language."""
    language = get_language() or "en"
    return [(str(value), text.say(language) if hasattr(text, "say") else str(text)) for value, text in pairs]


def tell(form: forms.Form) -> None:
    """Tie each field to its error, for whoever listens to the page."""
    for key, each in form.fields.items():
        bound = form[key]
        about = [f"{bound.auto_id}_hint"] * bool(each.help_text)
        if form.is_bound and key in form.errors:
            about.append(f"{bound.auto_id}_error")
            each.widget.attrs["aria-invalid"] = "true"
        if about:
            each.widget.attrs["aria-describedby"] = " ".join(about)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class WishForm(forms.Form):
    """Kept in the address, so that a list can be put aside, sent to a colleague, gone back to."""

    use_required_attribute = False
    words = PlainText(label=_("Words in number or title"), required=False, max_length=80)
    matter = forms.ChoiceField(label=_("Matter"), required=False, error_messages=_UNKNOWN)
    unit = forms.ChoiceField(label=_("Unit"), required=False, error_messages=_UNKNOWN, widget=LongSelect)
    handler = forms.ChoiceField(
        label=_("In the hands of"), required=False, error_messages=_UNKNOWN, widget=LongSelect
    )
    state = forms.ChoiceField(label=_("State"), required=False, error_messages=_UNKNOWN)
    since = forms.DateField(label=_("Due from"), required=False, widget=_day(), error_messages=_DAY)
    until = forms.DateField(label=_("Due until"), required=False, widget=_day(), error_messages=_DAY)

    def __init__(self, choices: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("All"))
        known: dict[str, Iterable[tuple[Any, Any]]] = {
            "matter": choices.matters,
            "unit": choices.units,
            "handler": [(NOBODY, _("Nobody yet")), *choices.handlers],
            "state": choices.states,
        }
        for key, pairs in known.items():
            self.fields[key].choices = [every, *said(pairs)]  # type: ignore[attr-defined]
        tell(self)

    def wish(self) -> Wish:
        """What is asked, as far as it can be understood."""
        got = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        handler = got.get("handler") or ""
        return Wish(
            matter=got.get("matter") or "",
            unit=got.get("unit") or "",
            handler=int(handler) if handler.isdigit() else None,
            nobody=handler == NOBODY,
            state=got.get("state") or "",
            since=got.get("since"),
            until=got.get("until"),
            words=(got.get("words") or "").strip(),
        )


class GiveForm(forms.Form):
    """To whom the chosen cases go."""

    use_required_attribute = False
    person = forms.TypedChoiceField(
        label=_("Give the chosen cases to"),
        coerce=int,
        error_messages=_CHOOSE | _UNKNOWN,
        widget=LongSelect,
    )

    def __init__(self, people: Iterable[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="give", **kwargs)
        self.fields["person"].choices = [("", "–"), *said(people)]  # type: ignore[attr-defined]
        tell(self)


class NoteForm(forms.Form):
    use_required_attribute = False
    text = PlainText(
        label=_("Note"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=_FILL,
    )
    level = forms.ChoiceField(label=_("Who may read it"), error_messages=_CHOOSE | _UNKNOWN)

    def __init__(self, levels: Iterable[tuple[str, object]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="note", **kwargs)
        self.fields["level"].choices = said(levels)  # type: ignore[attr-defined]
        tell(self)


class ContributionForm(forms.Form):
    """What a unit contributes; or why the case goes on without it."""

    use_required_attribute = False
    text = PlainText(
        label=_("Your contribution"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages=_FILL,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.prefix:
            self.fields["text"].label = _("Why the case goes on without them")
        tell(self)


class LinkForm(forms.Form):
    use_required_attribute = False
    relation = forms.ChoiceField(
        label=_("This case"),
        choices=[(each, RELATION_LABELS[each]) for each in RELATIONS],
        error_messages=_CHOOSE | _UNKNOWN,
    )
    number = forms.CharField(
        label=_("Case number"), max_length=40, error_messages=_FILL,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    reason = PlainText(label=_("Reason"), max_length=500, error_messages=_FILL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="link", **kwargs)
        tell(self)
