"""Letters and receipts as sheets to print: what stands on the page, and where it is proved."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from qinglian.capabilities.cases.eyes import Withheld
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.letter_pages import LetterReading
from qinglian.capabilities.cases.printed import Sheet, pdf
from qinglian.capabilities.cases.queries import CasePage
from qinglian.capabilities.cases.receipts import Receipt
from qinglian.capabilities.cases.saying import day_said, said
from qinglian.zone.current import current


def letter_pdf(letter: LetterReading, page: CasePage) -> bytes | None:
    """In the language of the letter; None where its text is withheld."""
    if isinstance(letter.text, Withheld):
        return None
    with override(letter.language):
        sheet = Sheet(
            language=letter.language,
            title=letter.title,
            number=letter.number,
            day=today(letter.at),
            said=day_said(today(letter.at), letter.language),
            over=_over(page.unit),
            body=letter.text,
            foot=[_("Fingerprint of this letter, as the log holds it:"), *_mark_line()],
            fingerprint=letter.sha,
            address=_address(page.number),
            mark=_mark(),
        )
        return pdf(sheet, _lacking(), settings.FONTS)


def receipt_pdf(receipt: Receipt) -> bytes:
    """In the reader's language, with everything that was received."""
    page, language = receipt.page, get_language() or "en"
    rows = [
        (_("Receipt number"), receipt.number),
        (_("Date"), _moment(receipt.event.at, language)),
        (_("Case number"), page.number),
        (_("Matter"), page.matter.title.say(language)),
        (_("What was received"), _what(receipt)),
        *[(_("Words"), text) for _need, text in receipt.event.said if isinstance(text, str)],
    ]
    if isinstance(receipt.event.files, list) and receipt.event.files:
        rows.append((_("Files"), "\n".join(each.name for each in receipt.event.files)))
    if receipt.whole:
        rows += [
            (field.label.say(language), _answer(field, value))
            for field, value in page.answers
            if not isinstance(value, Withheld)
        ]
        rows += [
            (clock.rule.title.say(language), day_said(today(clock.due), language))
            for clock in page.clocks
            if clock.due is not None and clock.stopped is None
        ]
    sheet = Sheet(
        language=language,
        title=_("Receipt"),
        number=receipt.number,
        day=today(receipt.event.at),
        said=day_said(today(receipt.event.at), language),
        over=_over(receipt.unit),
        rows=rows,
        foot=[_("What was received is an entry of the log, with this fingerprint:"), *_mark_line()],
        fingerprint=receipt.fingerprint,
        address=_address(page.number),
        mark=_mark(),
    )
    return pdf(sheet, _lacking(), settings.FONTS)


def _answer(field: object, value: object) -> str:
    if getattr(field, "type", "") == "files" and isinstance(value, list):
        return "\n".join(str(each.name) for each in value)
    return said(field, value)  # type: ignore[arg-type]


def _what(receipt: Receipt) -> str:
    event = receipt.event
    if event.title is not None:
        return str(event.title.say(get_language() or "en"))  # type: ignore[attr-defined]
    known = {"lodge": _("Lodged"), "say": _("A letter")}
    return known.get(event.action, _("A person was asked for"))


def _over(unit: object) -> str:
    language = get_language() or "en"
    named = unit.say(language) if hasattr(unit, "say") else str(unit)
    return f"{current().title.say(language)} · {named}"


def _mark() -> str:
    return _("Demonstration") if current().demonstration else ""


def _mark_line() -> list[str]:
    """Where the case is followed, and that no office stands behind a demonstration."""
    lines = [_("Followed, and proved, with number and code at: %(address)s") % {"address": _page()}]
    if current().demonstration:
        lines.append(_("Made by a demonstration: no office stands behind it, and it bears no seal."))
    return lines


def _lacking() -> str:
    return _("Signs that the font lacks are printed as their numbers in Unicode:")


def _page() -> str:
    return f"{settings.PUBLIC_URL}{reverse('cases:track')}"


def _address(number: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('cases:track', query={'number': number})}"


def _moment(at: datetime, language: str) -> str:
    local = at.astimezone(ZoneInfo(current().timezone))
    return f"{day_said(local.date(), language)} {local:%H:%M}"
