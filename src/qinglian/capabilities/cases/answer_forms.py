"""Forms for answers that are to be made public."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.cases.forms import PlainText, _described
from qinglian.zone.text import LANGUAGES

TONGUES = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
NEEDED = {"required": _("Fill this in.")}
GROUNDS = {
    "wrong": _("The answer is wrong"),
    "ordered": _("Its withdrawal was ordered"),
    "names-somebody": _("Somebody can be known from it"),
}


class AnswerForm(forms.Form):
    """Question and answer in three languages, the bases, and that somebody has read them for names."""

    use_required_attribute = False

    def __init__(
        self, bases: list[tuple[str, str]], *args: Any, replaces: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for language in LANGUAGES:
            self.fields[f"question-{language}"] = PlainText(
                label=_("Question, %(language)s") % {"language": TONGUES[language]},
                max_length=200,
                error_messages=NEEDED,
            )
            self.fields[f"answer-{language}"] = PlainText(
                label=_("Answer, %(language)s") % {"language": TONGUES[language]},
                max_length=4000,
                error_messages=NEEDED,
                widget=forms.Textarea(attrs={"rows": 5}),
            )
        self.fields["basis"] = forms.MultipleChoiceField(
            label=_("What it rests on"),
            choices=bases,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one.")},
            help_text=_("When one of them leaves the matter, the answer is withdrawn by itself."),
        )
        if replaces:
            self.fields["reason"] = PlainText(
                label=_("Why it replaces the one that stands"), max_length=1000, error_messages=NEEDED
            )
        self.fields["read"] = forms.BooleanField(
            label=_("I have read every text: nobody can be known from it."),
            error_messages={"required": _("Read the texts for names and circumstances, then say so.")},
        )
        for key, field in self.fields.items():
            field.widget.attrs |= _described(key, bool(field.help_text), self.is_bound and key in self.errors)

    def texts(self, what: str) -> dict[str, str]:
        return {language: self.cleaned_data[f"{what}-{language}"] for language in LANGUAGES}


class DeclineForm(forms.Form):
    use_required_attribute = False
    reason = PlainText(
        label=_("Why it is not published"),
        max_length=1000,
        error_messages=NEEDED,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WithdrawForm(forms.Form):
    use_required_attribute = False
    ground = forms.ChoiceField(
        label=_("Ground"),
        choices=list(GROUNDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
