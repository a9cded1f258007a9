"""The command's own language: --lang, then QINGLIAN_LANG, then the locale, then English."""

from __future__ import annotations

import gettext as catalogues
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from qinglian.faults import Fault, Faults

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
_FOLDER = Path(__file__).parent.parent / "locale"
_TRADITIONAL = ("zh_tw", "zh_hk", "zh_mo", "zh_hant", "zh-hant")
_catalogue: catalogues.NullTranslations = catalogues.NullTranslations()
_language = "en"
_within: Callable[[str], AbstractContextManager[None]] = lambda _language: nullcontext()  # noqa: E731


def language_of(environment: dict[str, str]) -> str:
    for name in ("QINGLIAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wish = environment.get(name, "").lower()
        if wish.startswith(_TRADITIONAL):
            return "zh-Hant"
        if wish.startswith("zh"):
            return "zh-Hans"
        if wish:
            return "en"
    return "en"


def use(language: str | None = None) -> None:
    global _catalogue, _language
    _language = language or language_of(dict(os.environ))
    folder = _language.replace("-", "_")
    _catalogue = catalogues.translation("django", _FOLDER, [folder], fallback=True)


def language() -> str:
    return _language


def enter(within: Callable[[str], AbstractContextManager[None]]) -> None:
    """How a loaded platform says the labels in a fault in our language, whatever language it runs in."""
    global _within
    _within = within


def gettext(text: str) -> str:
    return _catalogue.gettext(text)


def say(fault: Fault) -> str:
    message = gettext(fault.template)
    with _within(_language):
        message = message % fault.params if fault.params else message
    return f"{fault.where}: {message}" if fault.where else message


def say_all(faults: Fault | Faults) -> str:
    return "\n".join(say(f) for f in (faults.faults if isinstance(faults, Faults) else [faults]))
