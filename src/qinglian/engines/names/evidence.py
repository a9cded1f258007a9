"""Why two names were scored as they were: one entry for each part, in words that can be translated."""

from __future__ import annotations

from dataclasses import dataclass

from qinglian.faults import noop as _

SAYS = {
    "same": _("“%(a)s” stands in both"),
    "respelled": _("“%(a)s” and “%(b)s” are the same, written differently"),
    "same-letters": _("“%(a)s” and “%(b)s” are the same letters"),
    "homophone": _("“%(a)s” and “%(b)s” differ in writing and sound alike in Mandarin"),
    "look": _("“%(a)s” and “%(b)s” look alike and are two characters"),
    "glyph": _("“%(a)s” and “%(b)s” are variants of one character"),
    "pinyin": _("“%(a)s” and “%(b)s” agree by pinyin"),
    "pinyin-rare": _("“%(a)s” and “%(b)s” agree by a rarer reading"),
    "wade": _("“%(a)s” and “%(b)s” agree by the old spelling of Wade"),
    "jyutping": _("“%(a)s” and “%(b)s” agree by Jyutping"),
    "hk-spelling": _("“%(a)s” and “%(b)s” agree as Hong Kong spells Cantonese"),
    "mo-spelling": _("“%(a)s” and “%(b)s” agree as Macau spells Cantonese"),
    "initials": _("“%(a)s” and “%(b)s” agree by first letters"),
    "word": _("“%(a)s” and “%(b)s” agree by translation"),
    "near-sound": _("“%(a)s” and “%(b)s” nearly agree by sound"),
    "near": _("“%(a)s” and “%(b)s” differ by a letter or two"),
    "region": _("the regions “%(a)s” and “%(b)s” agree"),
    "number": _("the numbers “%(a)s” and “%(b)s” agree"),
    "form": _("the legal forms “%(a)s” and “%(b)s” are compared loosely"),
    "note": _("the remarks “%(a)s” and “%(b)s” are compared loosely"),
    "only-a": _("“%(a)s” stands in the first name only"),
    "only-b": _("“%(b)s” stands in the second name only"),
    "brand-differs": _("the distinctive parts differ: “%(a)s” against “%(b)s”"),
    "brand-longer": _("the distinctive part of one name holds more: “%(a)s” against “%(b)s”"),
    "brand-unseen": _("the distinctive part was not found on the other side: “%(a)s” against “%(b)s”"),
    "brand-unsure": _("the distinctive parts agree by sound only: “%(a)s” and “%(b)s”"),
    "brand-reading": _("the distinctive parts agree by a rarer reading only: “%(a)s” and “%(b)s”"),
    "brand-wade": _("the distinctive parts agree by the old spelling of Wade only: “%(a)s” and “%(b)s”"),
    "brand-look": _("the distinctive parts only look alike: “%(a)s” and “%(b)s”"),
    "brand-slip": _("the distinctive parts differ by a letter or two: “%(a)s” and “%(b)s”"),
    "brand-initials": _("the distinctive parts agree by first letters only: “%(a)s” and “%(b)s”"),
    "brand-near": _("the distinctive parts agree only nearly, by sound: “%(a)s” and “%(b)s”"),
    "industry-differs": _("the lines of business differ: “%(a)s” against “%(b)s”"),
    "industry-open": _("a line of business stands in one name only: “%(a)s” against “%(b)s”"),
    "industry-untold": _("a line of business was not found on the other side: “%(a)s” against “%(b)s”"),
    "numerals": _("the numbers differ: “%(a)s” against “%(b)s”"),
    "numeral-open": _("a number stands in one name only: “%(a)s” against “%(b)s”"),
    "numeral-order": _("the same numbers in another order: “%(a)s” against “%(b)s”"),
    "region-sound": _("the regions agree by sound only: “%(a)s” and “%(b)s”"),
    "note-open": _("a remark stands in one name only: “%(a)s” against “%(b)s”"),
    "region-conflict": _("the regions exclude each other: “%(a)s” against “%(b)s”"),
    "region-narrower": _("one name says a narrower region: “%(a)s” against “%(b)s”"),
    "branch": _("one is a branch and the other is not, or they are two branches: “%(a)s” against “%(b)s”"),
    "other-name": _("compared by another name in the same entry: “%(a)s” with “%(b)s”"),
    "identifier": _("both carry the valid code %(a)s"),
    "identifiers-differ": _("two different valid codes: %(a)s against %(b)s"),
}
VETOES = frozenset({"numerals", "region-conflict", "branch", "identifiers-differ"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason. a, b: the parts of either name; share: how much of the first name's weight it carries.

    limit: the highest score that this reason lets stand; 1 where it limits nothing.
    """

    kind: str
    a: str
    b: str
    share: float = 0.0
    limit: float = 1.0

    @property
    def template(self) -> str:
        """An English sentence with %(a)s and %(b)s, to be translated first and filled afterwards."""
        return SAYS[self.kind]
