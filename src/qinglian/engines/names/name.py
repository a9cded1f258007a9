"""A company name, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Unit:
    """One Han sign, or one run of other letters or digits; `written` is the sign before simplifying."""

    text: str
    kind: str  # region, brand, industry, numeral, group, form, branch, joint, note
    weight: float
    written: str = ""


@dataclass(frozen=True)
class Name:
    """What `parse` found. `units` are in the order of the text; the other fields gather them.

    script: han (any Han sign), latin, other. form: a code of the forms table, or empty.
    region: names of regions, widest first as written. numerals: ordinal and serial numbers.
    branch: the branch's own part (龙岗分公司), empty for a head office. remark: what stands in brackets
    behind the name and is no part of it (示例). also: other names in the same entry, by their role,
    translation or other.
    """

    text: str
    folded: str
    script: str
    region: tuple[str, ...] = ()
    brand: str = ""
    industry: tuple[str, ...] = ()
    form: str = ""
    form_text: str = ""
    branch: str = ""
    numerals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remark: str = ""
    also: tuple[tuple[str, Name], ...] = ()
    units: tuple[Unit, ...] = field(default=(), repr=False)

    @property
    def core(self) -> str:
        """Brand and industry, by which a name is looked for."""
        kinds = ("brand", "industry", "numeral")
        blank = "" if self.script == "han" else " "
        return blank.join(unit.text for unit in self.units if unit.kind in kinds)
