"""Letters: the text of an act from the pack, filled from the case, dated, numbered, in the log by hash."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import override

from qinglian.capabilities.cases.entries import log_letter
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.lookups import looked_up
from qinglian.capabilities.cases.models import Case, CaseEvent, Letter
from qinglian.capabilities.cases.saying import day_said, fact_said, said
from qinglian.capabilities.cases.wording import worded
from qinglian.zone import Action, Matter

_PLACE = re.compile(r"\{([^{}\n]*)\}")
_MARKED = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")  # what Markdown would read as more than a sign


def issue(
    case: Case, matter: Matter, action: Action, event: CaseEvent, words: Mapping[str, Any], now: datetime
) -> None:
    """Call it inside the transaction of the act; an act without a letter issues none."""
    if action.letter is None:
        return
    with override(case.language):
        values = _values(case, matter, action, words, now)
        template = action.letter.text.say(case.language)
        text = _PLACE.sub(lambda found: _plain(values.get(found[1], "")), template)
        title = action.title.say(case.language)
    place = case.letters.count() + 1
    sha = sha256(text.encode()).hexdigest()
    entry = log_letter(case.number, place, event.seq, sha, now)
    Letter.objects.create(
        case=case, event=event, place=place, title=title, language=case.language, text=text, sha=sha, at=now,
        entry_id=entry,
    )  # fmt: skip


def _values(
    case: Case, matter: Matter, action: Action, words: Mapping[str, Any], now: datetime
) -> dict[str, str]:
    """What can stand in a letter. Facts are looked up now: nobody types a number that the case can tell."""
    names = action.letter.names if action.letter else ()
    due = case.clocks.exclude(due=None).order_by("-id").values_list("due", flat=True).first()
    found = {
        "number": case.number,
        "title": case.title or case.number,
        "matter": matter.title.say(case.language),
        "unit": worded("unit", case.unit_holding_id, True),
        "applicant": str(case.answers.get("name", "")),
        "lodged": day_said(today(case.lodged_at), case.language),
        "due": day_said(today(due), case.language) if due else "",
        "today": day_said(today(now), case.language),
    }
    fields = matter.fields
    found |= {
        f"field.{key}": said(fields[key], value) for key, value in case.answers.items() if key in fields
    }
    found |= {f"said.{need}": worded(need, text, True) for need, text in words.items()}
    if any(name.startswith("fact.") for name in names):
        found |= {f"fact.{each.key}": fact_said(each.value) for each in looked_up(matter, case, now)}
    return found


def _plain(text: str) -> str:
    """What somebody wrote stays what it is: no heading, no link, no list."""
    return "\\\n".join(_MARKED.sub(r"\\\1", line) for line in text.splitlines())
