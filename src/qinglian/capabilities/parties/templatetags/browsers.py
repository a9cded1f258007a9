"""What a browser calls itself, in short: its make and the system under it, where they can be told."""

from __future__ import annotations

from django import template

register = template.Library()

# The first that is found counts: most browsers also carry the names of those before them.
MAKES = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("OpenHarmony", "HarmonyOS"),
    ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def browser_words(said: str) -> str:
    """Names of products are the same in every language; empty where nothing is recognised."""
    found = (next((name for mark, name in marks if mark in said), "") for marks in (MAKES, SYSTEMS))
    return " · ".join(filter(None, found))
