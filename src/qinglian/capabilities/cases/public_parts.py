"""What a matter lets whoever follows a case read of its page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any


def what_public_reads(page: Any) -> Any:
    """What the matter lets whoever follows a case read of it; where it stands and until when, always."""
    public = page.matter.public
    if "title" not in public:
        page = replace(page, title=page.number)
    if "unit" not in public:
        unnamed = [replace(each, name="", given="", together=()) for each in page.events]
        page = replace(page, unit="", first=None, handler="", events=unnamed)
    if "steps" not in public:
        own = [
            each
            for each in page.events
            if each.actor == "applicant" or each.action == "say" or _answers(each)
        ]
        page = replace(page, events=own)
    return page


def _answers(event: Any) -> bool:
    return any(need in ("answer", "items") for need, _text in event.said)
