"""A form field for each type of answer: what is typed or picked, and what is kept of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.cases.paper_forms import PapersField
from qinglian.capabilities.cases.saying import CURRENCIES, PLACES
from qinglian.capabilities.cases.widgets import AddressWidget, MoneyWidget, UndertakingWidget
from qinglian.zone import Field

LONGEST = {"text": 200, "longtext": 4000, "email": 254, "phone": 30, "regno": 60}
TICKED = 60  # lists longer than this are picked from a box that scrolls
ADDRESS_LONGEST = {"region": 100, "street": 200, "room": 100, "postcode": 20}
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PHONE = re.compile(r"[0-9+()\- ]{5,30}")
_AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,13})(?:\.[0-9]{1,2})?")


def _unseen(sign: str) -> bool:
    """Control characters, and those that turn the direction of what follows: a title must read as it is."""
    return (unicodedata.category(sign) == "Cc" and sign not in "\n\t") or sign in _TURNING


class PlainText(forms.CharField):
    """Text as people mean it: composed, without control characters, line ends alike."""

    def to_python(self, value: Any) -> str:
        text = (
            unicodedata.normalize("NFC", super().to_python(value) or "")
            .replace("\r\n", "\n")
            .replace("\r", "\n")
        )
        if any(_unseen(sign) for sign in text):
            raise forms.ValidationError(
                _("This contains a control character. Delete it or type the text again.")
            )
        return text


class Phone(PlainText):
    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", super().to_python(value))
        if text and not _PHONE.fullmatch(text):
            raise forms.ValidationError(_("Write a telephone number with digits, such as +852 2345 6789."))
        return text


class Picked(forms.MultipleChoiceField):
    """Some of a list, at most so many; kept in the order of the list."""

    def __init__(self, most: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def clean(self, value: Any) -> list[str]:
        chosen = set(super().clean(value))
        if self.most is not None and len(chosen) > self.most:
            raise forms.ValidationError(
                _("%(n)d are picked; at most %(most)d can be. Take some away."),
                params={"n": len(chosen), "most": self.most},
            )
        return [value for value, _label in self.choices if value in chosen]


class Amount(forms.Field):
    """An exact amount with its currency: `{"currency": "HKD", "amount": "1200.50"}`."""

    def __init__(self, currencies: tuple[str, ...], **kwargs: Any) -> None:
        names = [(each, CURRENCIES[each]) for each in currencies]
        super().__init__(widget=MoneyWidget(names), **kwargs)
        self.currencies = currencies

    def clean(self, value: Any) -> dict[str, str] | None:
        typed, currency = value or ("", "")
        text = unicodedata.normalize("NFKC", typed or "").strip().replace(" ", "")
        if not text:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        if currency not in self.currencies:
            raise forms.ValidationError(_("Choose the currency."))
        if not _AMOUNT.fullmatch(text):
            raise forms.ValidationError(_("Write an amount with digits, such as 1200 or 1,200.50."))
        amount = Decimal(text.replace(",", "")).quantize(Decimal("0.01"))
        return {"currency": currency, "amount": str(amount)}


class Address(forms.Field):
    """Place, region, street, room and postcode, each by itself."""

    def __init__(self, places: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(widget=AddressWidget([(each, PLACES[each]) for each in places]), **kwargs)
        self.places = places

    def clean(self, value: Any) -> dict[str, str] | None:
        typed: Mapping[str, str] = value or {}
        plain = PlainText(required=False)
        parts = {key: plain.clean(typed.get(key, "")) for key in ADDRESS_LONGEST}
        if not any(parts.values()):
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        for key, most in ADDRESS_LONGEST.items():
            if len(parts[key]) > most:
                raise forms.ValidationError(
                    _("A line of the address has %(n)d characters; at most %(most)d fit. Shorten it."),
                    params={"n": len(parts[key]), "most": most},
                )
        place = typed.get("place", "")
        if place not in self.places:
            raise forms.ValidationError(_("Choose where the address is."))
        if not parts["region"] or not parts["street"]:
            raise forms.ValidationError(_("Write the city or district, and the street with its number."))
        return {"place": place} | {key: text for key, text in parts.items() if text}


class Promise(forms.Field):
    """Agreement to a text: what is kept says to which text, in which version, read in which language."""

    def __init__(self, each: Field, **kwargs: Any) -> None:
        assert each.undertaking is not None
        language = get_language() or "en"
        super().__init__(widget=UndertakingWidget(each.undertaking.text.say(language)), **kwargs)
        promise = each.undertaking
        self.kept = {"text": promise.path, "version": promise.version, "sha": promise.sha, "read": language}

    def clean(self, value: Any) -> dict[str, str] | None:
        if value:
            return dict(self.kept)
        if self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return None


def _code_named(code: str, said: str) -> str:
    """A classification's code (I6510) is read with its name; a word made for programs (set-up) is not."""
    return f"{said} · {code}" if any(sign.isdigit() for sign in code) else said


def _picked(each: Field, language: str, common: dict[str, Any]) -> forms.Field:
    if each.codes is not None:
        choices = [(code, _code_named(code, text.say(language))) for code, text in each.codes.codes.items()]
    else:
        choices = [(option.value, option.label.say(language)) for option in each.options]
    long = len(choices) > TICKED
    widget: forms.Widget = (
        forms.SelectMultiple(attrs={"size": 12}) if long else forms.CheckboxSelectMultiple()
    )
    return Picked(each.max, choices=choices, widget=widget, **common)


def _chosen(each: Field, language: str, common: dict[str, Any]) -> forms.Field:
    choices = [(option.value, option.label.say(language)) for option in each.options]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


class YesNo(forms.TypedChoiceField):
    def prepare_value(self, value: Any) -> Any:
        """What was kept is shown as the choice that it was."""
        return ("false", "true")[value] if isinstance(value, bool) else value


def _yes_no(_each: Field, _language: str, common: dict[str, Any]) -> forms.Field:
    return YesNo(
        choices=[("true", _("Yes")), ("false", _("No"))],
        coerce=lambda value: value == "true",
        empty_value=None,
        widget=forms.RadioSelect,
        **common,
    )


def _date(_each: Field, _language: str, common: dict[str, Any]) -> forms.Field:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)


def _written(each: Field, _language: str, common: dict[str, Any]) -> forms.Field:
    common["max_length"] = each.max or LONGEST[each.type]
    if each.type == "email":
        return forms.EmailField(widget=forms.EmailInput(attrs={"autocomplete": "email"}), **common)
    if each.type == "phone":
        return Phone(widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}), **common)
    widget = forms.Textarea(attrs={"rows": 8}) if each.type == "longtext" else forms.TextInput()
    return PlainText(widget=widget, **common)


_MAKERS: dict[str, Callable[[Field, str, dict[str, Any]], forms.Field]] = {
    "choice": _chosen,
    "multi-choice": _picked,
    "codes": _picked,
    "yes-no": _yes_no,
    "date": _date,
    "money": lambda each, _language, common: Amount(each.currencies, **common),
    "address": lambda each, _language, common: Address(each.places, **common),
    "files": lambda each, _language, common: PapersField(each, **common),
    "undertaking": lambda each, _language, common: Promise(each, **common),
}


def _required_message(kind: str) -> Any:
    if kind in ("choice", "yes-no"):
        return _("Choose one.")
    if kind in ("multi-choice", "codes"):
        return _("Pick at least one.")
    if kind == "undertaking":
        return _("Read the text and tick the box; without it this cannot be lodged.")
    return _("Fill this in.")


def _errors(each: Field) -> dict[str, Any]:
    return {
        "required": _required_message(each.type),
        "invalid_choice": _("Choose one of the answers shown."),
        "invalid_list": _("Choose one of the answers shown."),
        "max_length": _("This has %(show_value)d characters; at most %(limit_value)d fit. Shorten it."),
        "invalid": _("Write an e-mail address such as name@example.com.")
        if each.type == "email"
        else _("Write a date such as 2026-11-23."),
    }


def form_field(each: Field) -> forms.Field:
    """The form field of a matter's field, in the reader's language."""
    language = get_language() or "en"
    common: dict[str, Any] = {
        "label": each.label.say(language),
        "help_text": each.hint.say(language) if each.hint else "",
        "required": each.required,
        "error_messages": _errors(each),
    }
    return _MAKERS.get(each.type, _written)(each, language, common)
