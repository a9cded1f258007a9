"""Where a text stands, as terms of PostgreSQL's index: in which unit its case is, and among which texts.

So the index itself leaves out what is out of sight or too old: otherwise each text with a word would be
fetched to learn that. The unit is kept in step by the database, wherever a case is passed on. Texts are
numbered as they come; those whose numbers begin alike have a term in common, short beginnings and longer
ones, so that few terms name all since one of them.
"""

from __future__ import annotations

from collections.abc import Sequence

APART = 8  # units whose cases are looked up unit by unit; of more, along the list of all
BITS = (13, 17, 21)  # of a text's number that one term leaves open
LATELY = 1 << BITS[0]  # texts that may come in while somebody searches


def marks(text: int, unit: str) -> list[str]:
    """The terms of this text, whose case that unit holds."""
    return [f"u{unit}", *(f"n{bits}x{text >> bits}" for bits in BITS)]


def placed(units: Sequence[str], first: int, last: int) -> str:
    """What is added to a question: of one of these units (none: of any), since the first text."""
    asked = [[f"u{unit}" for unit in units], _since(first, last + LATELY) if first else []]
    return "".join(f" & ({' | '.join(repr(each) for each in some)})" for some in asked if some)


def _since(first: int, last: int) -> list[str]:
    """Terms that name every text from the first on, and a few before it."""
    at, found = first >> BITS[0] << BITS[0], list[str]()
    for bits, wider in zip(BITS, (*BITS[1:], None), strict=True):
        while at <= last and (wider is None or at % (1 << wider)):
            found.append(f"n{bits}x{at >> bits}")
            at += 1 << bits
    return found
