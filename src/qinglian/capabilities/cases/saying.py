"""An answer as it reads, whatever its type: for pages, letters and search."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy, override, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from qinglian.zone import Field

PLACES = {
    "CN": gettext_lazy("Mainland China"),
    "HK": gettext_lazy("Hong Kong"),
    "MO": gettext_lazy("Macau"),
    "other": pgettext_lazy("place", "Elsewhere"),
}
CURRENCIES = {
    "CNY": gettext_lazy("yuan renminbi"),
    "HKD": gettext_lazy("Hong Kong dollars"),
    "MOP": gettext_lazy("patacas"),
    "USD": gettext_lazy("US dollars"),
    "EUR": gettext_lazy("euros"),
}
MONEY = {
    "CNY": gettext_lazy("%(amount)s yuan renminbi"),
    "HKD": gettext_lazy("%(amount)s Hong Kong dollars"),
    "MOP": gettext_lazy("%(amount)s patacas"),
    "USD": gettext_lazy("%(amount)s US dollars"),
    "EUR": gettext_lazy("%(amount)s euros"),
}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


FACT_WORDS = {
    "registered": pgettext_lazy("fact", "in the register"),
    "stated": pgettext_lazy("fact", "only stated"),
    "unknown": pgettext_lazy("fact", "not known"),
    "holds": pgettext_lazy("fact", "holds"),
    "none": pgettext_lazy("fact", "none"),
    "not-begun": pgettext_lazy("fact", "has not begun"),
    "running": pgettext_lazy("fact", "running"),
    "standing": pgettext_lazy("fact", "standing still"),
    "overdue": pgettext_lazy("fact", "overdue"),
    "over": pgettext_lazy("fact", "over"),
    "True": gettext_lazy("Yes"),
    "False": gettext_lazy("No"),
    **PLACES,
}
SOURCES = {
    "registry": gettext_lazy("register of enterprises"),
    "standing": gettext_lazy("marks posted about organisations"),
    "clock": gettext_lazy("clocks of the case"),
    "count": gettext_lazy("record of the case"),
    "cases": gettext_lazy("cases kept here"),
}


def fact_said(value: Any) -> str:
    """What was looked up, as it reads; a number as it is."""
    if value is None:
        return str(FACT_WORDS["unknown"])
    return str(FACT_WORDS.get(str(value), value))


def source_said(source: str) -> str:
    return str(SOURCES.get(source.partition(".")[0], source))


def said(field: Field, value: Any) -> str:
    """In the reader's language; what cannot be read as the field's type is given as it stands."""
    language = get_language() or "en"
    match field.type, value:
        case (("multi-choice" | "codes"), list()):
            return pgettext("between items of a list", ", ").join(
                _label(field, str(each), language) for each in value
            )
        case "yes-no", bool():
            return _("Yes") if value else _("No")
        case "money", {"amount": amount, "currency": currency}:
            return str(MONEY.get(str(currency), "%(amount)s")) % {"amount": _grouped(str(amount))}
        case "address", dict():
            return _address(value, language)
        case "undertaking", {"version": version}:
            return _("Undertaken; version %(version)s of the text") % {"version": version}
        case "files", list():
            return str(len(value))
        case "date", str():
            return _day(value, language)
    return _label(field, str(value), language)


def said_everywhere(field: Field, value: Any) -> str:
    """In simplified Chinese and in English, so that search finds either."""
    texts = []
    for language in ("zh-hans", "en"):
        with override(language):
            texts.append(said(field, value))
    return " ".join(dict.fromkeys(texts))


def _label(field: Field, value: str, language: str) -> str:
    if field.codes is not None and value in field.codes.codes:
        return field.codes.codes[value].say(language)
    return next((option.label.say(language) for option in field.options if option.value == value), value)


def _grouped(amount: str) -> str:
    whole, _point, rest = amount.partition(".")
    return (f"{int(whole):,}" if whole.isdigit() else whole) + (f".{rest}" if rest else "")


def _address(value: dict[str, str], language: str) -> str:
    """From the large to the small in Chinese, the other way round in English."""
    place = str(PLACES.get(value.get("place", ""), value.get("place", "")))
    parts = [place, *(value.get(key, "") for key in ("region", "street", "room"))]
    if language.startswith("zh"):
        return "".join(filter(None, parts)) + (f" {value['postcode']}" if value.get("postcode") else "")
    return ", ".join(filter(None, [*reversed(parts), value.get("postcode", "")]))


def _day(text: str, language: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return day_said(day, language)


def day_said(day: date, language: str) -> str:
    if language.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
