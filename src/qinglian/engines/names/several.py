"""One entry, several names: a translation beside the name, a former name, a remark in brackets.

海澜科技有限公司 Hailan Technology Co., Ltd.      the second is a translation
Hailan Ltd (formerly known as Wanlan Ltd)         the second is another name
海澜科技有限公司(曾用名:万澜有限公司)                 the same
海澜科技有限公司(示例)                             a remark, no part of the name
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qinglian.engines.names.folding import HAN

TRANSLATION, OTHER = "translation", "other"
Span = tuple[int, int]
_AKA = re.compile(
    r"[\s,;(]+(?:(?:also|formerly|previously|currently|now) (?:known|trading|doing business) as|formerly"
    r"|currently|a ?\.?k ?\.?a\.?|f ?\.?k ?\.?a\.?|(?:currently )?d b a|doing business as|trading as)[\s:.]+"
    r"|[\s,;(]+(?:曾用名|原名|原称|前称|又名|又称|简称|现名)[:\s]*"
)
_TRAILING = re.compile(r"^(.*[^\s(])\s*\(([^()]{1,60})\)$")
_LETTERS = re.compile(f"[a-z0-9{HAN}]")
_FIRST_HAN, _LAST_HAN = re.compile(f"[{HAN}]"), re.compile(f"[{HAN})](?=[^{HAN}]*$)")
_NAMED = re.compile("(公司|企业|合作社|事务所|集团|银行|[厂店院所行]|中心|代表处|办事处)$")
_PARTNERS = re.compile("普通合伙|有限合伙|特殊普通合伙|个人独资|个体工商户|集团")
REMARKS = frozenset(
    "示例 示范 范例 样例 测试 筹 筹建 筹备 筹备组 注销 已注销 吊销 已吊销 吊销未注销 清算 清算中 迁出 已迁出 "
    "重名暂加 example sample dissolved deregistered liquidated".split()
) | {"in liquidation", "in formation", "struck off"}


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the name stands in a folded text, the remark behind it, and other names by their role."""

    name: Span
    remark: Span | None = None
    also: tuple[tuple[str, Span], ...] = ()


def entry(folded: str, forms: frozenset[str]) -> Entry:
    """What stands in a folded text. forms: words of Latin legal forms, by which a translation is known."""
    if hit := _AKA.search(folded, 2):
        rest = _trim(folded, (hit.end(), len(folded)))
        if _said(folded, rest) and _said(folded, (0, hit.start())):
            first = entry(folded[: hit.start()], forms)
            return Entry(first.name, first.remark, (*first.also, (OTHER, rest)))
    if folded.endswith(")") and (hit := _TRAILING.match(folded)):
        found = _bracketed(hit)
        if found:
            return found
    return _two_scripts(folded, forms) or Entry((0, len(folded)))


def _bracketed(hit: re.Match[str]) -> Entry | None:
    """A remark or another name in brackets behind a whole name; None for a part of the name itself."""
    before, inner = hit[1], hit[2]
    if inner in REMARKS:
        return Entry(hit.span(1), remark=hit.span(2))
    if not _NAMED.search(before) or _PARTNERS.search(inner) or not _FIRST_HAN.search(inner):
        return None
    if len(inner) >= 5 and _NAMED.search(inner):
        return Entry(hit.span(1), also=((OTHER, hit.span(2)),))
    return None


def _two_scripts(folded: str, forms: frozenset[str]) -> Entry | None:
    """A Chinese name with a whole English name before or behind it, legal form and all."""
    first, last = _FIRST_HAN.search(folded), _LAST_HAN.search(folded)
    if not first or not last:
        return None
    for english, chinese in (
        ((last.end(), len(folded)), (0, last.end())),
        ((0, first.start()), (first.start(), len(folded))),
    ):
        words = re.findall("[a-z0-9]+", folded[slice(*english)])
        if len(words) > 1 and not forms.isdisjoint(words):
            chinese, english = _trim(folded, chinese), _trim(folded, english)
            return Entry(chinese, also=((TRANSLATION, english),))
    return None


def _trim(folded: str, span: Span) -> Span:
    """The span without blanks, commas and lone brackets at its ends."""
    begin, end = span
    while begin < end and folded[begin] in " ,;:/(.":
        begin += 1
    while end > begin and folded[end - 1] in " ,;:/(":
        end -= 1
    if folded[end - 1 : end] == ")" and folded.count("(", begin, end) < folded.count(")", begin, end):
        end -= 1
    return begin, end


def _said(folded: str, span: Span) -> bool:
    return len(_LETTERS.findall(folded, *span)) > 1
