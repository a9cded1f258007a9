"""How texts, days and moments of the zone are read aloud in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from qinglian.zone.current import current

register = template.Library()
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


@register.filter
def say(text: object) -> str:
    """A pack's text in the reader's language."""
    return text.say(get_language() or "en") if text is not None and hasattr(text, "say") else str(text or "")


@register.filter
def day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(current().timezone)).date()
    if (get_language() or "").startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


@register.filter
def moment(value: datetime | None) -> str:
    if value is None:
        return ""
    return f"{day(value)} {value.astimezone(ZoneInfo(current().timezone)):%H:%M}"


@register.filter
def iso(value: date | datetime | None) -> str:
    return value.isoformat() if value else ""


@register.filter
def working_days_left(left: int | None) -> str:
    """The words of a deadline's tag, from the working days left: below 0 is late."""
    if left is None:
        return ""
    if left == 0:
        return _("Due today")
    if left > 0:
        return ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}
    return ngettext("%(n)d working day overdue", "%(n)d working days overdue", -left) % {"n": -left}


@register.filter
def starts(text: str, beginning: str) -> bool:
    return text.startswith(beginning)


@register.filter
def item(mapping: dict[str, object], key: str) -> object:
    return mapping.get(key)


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def said(text: object) -> str:
    """A text that was marked for translation where it was written."""
    return _(str(text)) if str(text) else ""


@register.filter
def markdown(text: object) -> str:
    """A pack's Markdown as HTML; raw HTML in it stays text."""
    tokens = _MARKDOWN.parse(say(text))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):  # the page has its own h1
            token.tag = f"h{int(token.tag[1]) + 1}"
    return mark_safe(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
