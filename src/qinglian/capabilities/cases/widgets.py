"""Inputs that are made of several parts, each part with a label of its own."""

from __future__ import annotations

from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

ADDRESS_PARTS = (
    ("region", _("City and district"), "address-level1"),
    ("street", _("Street and number"), "street-address"),
    ("room", _("Building, floor and room (if any)"), "address-line3"),
    ("postcode", _("Postcode (if any)"), "postal-code"),
)


class LongSelect(forms.Select):
    """Of hundreds of people or units: a template for each option took longer than the rest of the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        options = ""
        for key, said in self.choices:
            mark = " selected" * (str(key) in chosen)
            options += f'<option value="{escape(str(key))}"{mark}>{escape(str(said))}</option>'
        own = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", own, SafeString(options))


class Parted(forms.Widget):
    """Drawn whole by a template of its own, inside the fieldset of the field."""

    use_fieldset = True
    whole = True
    template = ""

    def shown(self, name: str, value: Any) -> dict[str, Any]:
        raise NotImplementedError

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        page = self.shown(name, value) | {"name": name, "id": (attrs or {}).get("id", f"id_{name}")}
        return render_to_string(self.template, page | {"invalid": "aria-invalid" in self.attrs})

    def id_for_label(self, id_: str) -> str:
        return id_


class MoneyWidget(Parted):
    template = "cases/fields/money.html"

    def __init__(self, currencies: list[tuple[str, Any]]) -> None:
        super().__init__()
        self.currencies = currencies

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        only = self.currencies[0][0] if len(self.currencies) == 1 else ""
        return data.get(name, ""), data.get(f"{name}-currency", only)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def shown(self, name: str, value: Any) -> dict[str, Any]:
        amount, currency = (
            (value.get("amount", ""), value.get("currency", ""))
            if isinstance(value, dict)
            else (value or ("", ""))
        )
        return {"amount": amount, "currency": currency, "currencies": self.currencies}


class AddressWidget(Parted):
    template = "cases/fields/address.html"

    def __init__(self, places: list[tuple[str, Any]]) -> None:
        super().__init__()
        self.places = places

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        found = {key: data.get(f"{name}-{key}", "") for key, _label, _auto in ADDRESS_PARTS}
        only = self.places[0][0] if len(self.places) == 1 else ""
        return found | {"place": data.get(f"{name}-place", only)}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-street" not in data

    def shown(self, name: str, value: Any) -> dict[str, Any]:
        given = value if isinstance(value, dict) else {}
        parts = [(key, label, auto, given.get(key, "")) for key, label, auto in ADDRESS_PARTS]
        return {"parts": parts, "places": self.places, "place": given.get("place", "")}


class UndertakingWidget(Parted):
    template = "cases/fields/undertaking.html"

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool:
        return data.get(name) == "agreed"

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def shown(self, name: str, value: Any) -> dict[str, Any]:
        return {"text": self.text, "agreed": bool(value)}
