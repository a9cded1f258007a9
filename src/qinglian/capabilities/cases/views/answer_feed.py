"""Public answers as an Atom feed: a title names matter and number, never what somebody wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinglian.capabilities.cases.answered import AnswerReading, latest_answers
from qinglian.zone.current import current


def _say(text: Any) -> str:
    return str(text.say(get_language() or "en")) if hasattr(text, "say") else str(text)


class AnswerFeed(Feed):
    """What was replaced or withdrawn stays for a while without its words, so that readers drop them."""

    policy = "cases.public"
    feed_type = Atom1Feed

    def title(self) -> str:
        return _("Answers that are public") + f" · {current().title.say(get_language() or 'en')}"

    def link(self) -> str:
        return reverse("cases:answers")

    def items(self) -> list[AnswerReading]:
        return latest_answers()

    def item_title(self, item: AnswerReading) -> str:
        return f"{_say(item.matter)} {item.number}"

    def item_description(self, item: AnswerReading) -> str:
        match item.state:
            case "withdrawn":
                return _("This answer was withdrawn.")
            case "superseded":
                return _("This answer was replaced by %(number)s.") % {"number": item.replaced_by}
        return f"{_say(item.question)}\n\n{_say(item.answer)}"

    def item_link(self, item: AnswerReading) -> str:
        return reverse("cases:answer", args=[item.number])

    def item_pubdate(self, item: AnswerReading) -> datetime | None:
        return item.published

    def item_updateddate(self, item: AnswerReading) -> datetime | None:
        return item.on
