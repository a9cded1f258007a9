"""What a key may be used for, and what a hook may be told of."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

LONGEST = 366  # days that a key may last
KEPT = timedelta(days=30)  # how long it can be seen what a hook was told, and which keys ended
READ, LODGE = "cases:read", "cases:lodge"
SCOPES = {
    LODGE: _("Lodge cases"),
    READ: _("Read the status of the cases that this account holds"),
}
CASE_MOVED = "case.moved"
ANSWER_PUBLISHED, ANSWER_WITHDRAWN = "answer.published", "answer.withdrawn"
FIGURES_PUBLISHED = "figures.published"
PING = "ping"  # asked for by hand, to try a hook
EVENTS = {
    CASE_MOVED: _("A case that this account holds has news"),
    ANSWER_PUBLISHED: _("An answer was made public"),
    ANSWER_WITHDRAWN: _("A public answer was withdrawn or replaced"),
    FIGURES_PUBLISHED: _("Figures were computed and published"),
}
TRIED = _("It was tried by hand")
