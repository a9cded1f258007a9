"""The registrar's own question: is a name taken, is one too similar, does it hold a forbidden word?

Region and legal form do not tell two names apart here; brand and line of business do. Which words are
forbidden or need leave is for the pack to say, each with its ground; nothing is built in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qinglian.engines.names.evidence import Evidence
from qinglian.engines.names.folding import fold, glyphs
from qinglian.engines.names.knowledge import syllables
from qinglian.engines.names.matching import Matcher
from qinglian.engines.names.name import Name
from qinglian.faults import Fault
from qinglian.faults import noop as _

PROHIBITED, LEAVE = "prohibited", "needs-leave"
CLOSE = 0.70
VAGUE = frozenset("实业 企业 产业 发展 控股 国际 集团 股份".split())  # words that name no line of business
FINDINGS = {
    "same": _("the same name is registered: %(other)s"),
    "same-parts": _("the same parts in another order, or with another region or legal form: %(other)s"),
    "same-brand": _("the same distinctive part in the same line of business: %(other)s"),
    "sounds-alike": _("sounds alike in the same line of business: %(other)s"),
    "close": _("close to a registered name: %(other)s"),
    PROHIBITED: _("holds “%(other)s”, which is forbidden: %(ground)s"),
    LEAVE: _("holds “%(other)s”, which needs leave: %(ground)s"),
}
SAME, SIMILAR = ("same", "same-parts"), ("same-brand", "sounds-alike", "close")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the pack's table. kind: prohibited or needs-leave; ground: the article it comes from."""

    word: str
    kind: str
    ground: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to look again. kind: a key of FINDINGS; other: the registered name, or the word."""

    kind: str
    other: str
    score: float = 0.0
    ground: str = ""
    evidence: tuple[Evidence, ...] = ()

    @property
    def template(self) -> str:
        return FINDINGS[self.kind]


def read_words(rows: Iterable[Mapping[str, str]]) -> tuple[Word, ...]:
    """Words from rows with word, kind, ground. Fault (with the line) for a row that lacks one."""
    found = []
    for line, row in enumerate(rows, 2):
        word, kind, ground = (str(row.get(key) or "").strip() for key in ("word", "kind", "ground"))
        if kind not in (PROHIBITED, LEAVE):
            raise Fault(
                _("kind %(kind)r is not known; write prohibited or needs-leave"), line=line, kind=kind
            )
        if not word or not ground:
            raise Fault(_("word and ground must both be filled in; name the article"), line=line)
        found.append(Word(word, kind, ground, line))
    return tuple(found)


def check(
    name: str, registered: Iterable[str], words: Iterable[Word], matcher: Matcher
) -> tuple[Finding, ...]:
    """What stands against `name`, the gravest first; empty when nothing does.

    registered: names to compare with, as a rule the candidates of an index. Fault for an empty name.
    A finding is for a person to weigh; it refuses nobody.
    """
    asked = matcher.parse(name)
    found = [
        Finding(word.kind, word.word, ground=word.ground) for word in words if _holds(asked, word, matcher)
    ]
    for other in dict.fromkeys(registered):
        kind = _likeness(asked, matcher.parse(other), matcher)
        match = matcher.match(name, other)
        if not kind and match.score >= CLOSE:
            kind = "close"
        if kind:
            found.append(Finding(kind, other, match.score, evidence=match.evidence))
    order = [*SAME, PROHIBITED, LEAVE, *SIMILAR]
    return tuple(sorted(found, key=lambda finding: (order.index(finding.kind), -finding.score)))


def _holds(asked: Name, word: Word, matcher: Matcher) -> bool:
    return fold(word.word, matcher.known.scripts.simplify) in asked.folded


def _likeness(one: Name, other: Name, matcher: Matcher) -> str:
    if glyphs(one.folded) == glyphs(other.folded):
        return "same"
    if one.branch != other.branch or set(one.numerals) != set(other.numerals):
        return ""
    if (one.brand, one.industry) == (other.brand, other.industry) and one.brand:
        return "same-parts"
    ours, theirs = _business(one), _business(other)
    if ours != theirs and ours and theirs:
        return ""
    if glyphs(one.brand) == glyphs(other.brand):
        return "same-brand"
    return "sounds-alike" if _sound(one, matcher) == _sound(other, matcher) else ""


def _business(name: Name) -> tuple[str, ...]:
    return tuple(word for word in name.industry if word not in VAGUE)


def _sound(name: Name, matcher: Matcher) -> tuple[str, ...]:
    return syllables(name.brand, matcher.known.scripts, matcher.known.polyphones)
