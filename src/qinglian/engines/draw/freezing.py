"""From a register to the lists that are committed: pseudonyms, public strata, reasons for leaving out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from qinglian.engines import canon
from qinglian.engines.draw.hashing import Hash
from qinglian.engines.draw.identities import arc_hash, canonical_id, pseudonym, salt_of
from qinglian.engines.draw.rows import HEAVIEST, NAME, REASON, Inspector, Row
from qinglian.engines.draw.terms import Terms
from qinglian.faults import Fault
from qinglian.faults import noop as _


class Subject(NamedTuple):
    """One row of the operator's register. kind: its class; exclude: a reason code, or empty."""

    identity: str
    kind: str
    weight: int = 1
    departments: tuple[str, ...] = ()
    exclude: str = ""


class Officer(NamedTuple):
    """One row of the operator's staff list."""

    identity: str
    department: str
    qualified: bool
    availability: int = 100


def freeze_subjects(
    subjects: Iterable[Subject],
    key: bytes,
    classes: Mapping[str, str],
    visits: Mapping[str, Sequence[str]],
    terms: Terms,
) -> Iterator[tuple[Row, str]]:
    """(row, canonical id) of each subject, in the register's order; sort the rows by `line` afterwards.

    classes: class → public stratum, kept private. visits: canonical id → days (ISO) of past visits. Raises
    Fault with the row's number (the header is 1) for an identifier that is malformed, an unknown class,
    department or reason, a reason that past visits do not bear out, or a weight out of range.
    """
    h, name = terms.h, terms.hash
    seen: dict[tuple[object, ...], str] = {}  # subjects are of few kinds, so each kind is judged once
    for number, each in enumerate(subjects, 2):
        try:
            identity = canonical_id(each.identity)
            pid = pseudonym(salt_of(key, identity, name, h), identity, h)
            past = terms.exclusions.reason(visits[identity]) if identity in visits else ""
            kind = (*each[1:], past)
            stratum = seen.get(kind) or seen.setdefault(kind, _stratum(each, past, classes, terms))
        except Fault as fault:
            raise fault.at(line=number) from None
        yield Row(pid, stratum, each.weight, each.departments), identity


def _stratum(each: Subject, past: str, classes: Mapping[str, str], terms: Terms) -> str:
    reason = each.exclude or past
    if each.kind not in classes:
        raise Fault(
            _("unknown class %(name)r; known are %(known)s"), name=each.kind, known=", ".join(sorted(classes))
        )
    if reason and (not REASON.fullmatch(reason) or reason not in terms.reasons):
        raise Fault(_("no such reason for leaving out: %(name)s; name it under reasons"), name=reason)
    if reason in terms.exclusions.names and reason != past:
        raise Fault(
            _("left out as %(name)s, but no past visit says so; give the visits, or take it in"), name=reason
        )
    strangers = [name for name in each.departments if name not in terms.departments]
    if strangers or list(each.departments) != sorted(set(each.departments)):
        raise Fault(
            _("departments are names of the plan, sorted, each once: %(names)s"),
            names=", ".join(each.departments),
        )
    if not 1 <= each.weight <= HEAVIEST:
        raise Fault(_("a weight is a whole number from 1 to %(most)s"), most=HEAVIEST)
    return f"x.{reason}" if reason else classes[each.kind]


def sorted_lines(rows: Iterable[Row | Inspector]) -> list[bytes]:
    """The lines of a list in order of bytes; Fault if a pseudonym stands twice (the same subject twice)."""
    lines = sorted(row.line for row in rows)
    for before, line in pairwise(lines):
        if before[:32] == line[:32]:
            raise Fault(
                _("an identifier stands twice in the list; keep one row of each"),
                key=line[:32].decode(),
            )
    return lines


def freeze_officers(officers: Iterable[Officer], key: bytes, terms: Terms) -> Iterator[tuple[Inspector, str]]:
    """(inspector, canonical id) of each row of the staff list; Fault with the row's number."""
    h = terms.h
    for number, each in enumerate(officers, 2):
        try:
            identity = canonical_id(each.identity)
        except Fault as fault:
            raise fault.at(line=number) from None
        if not NAME.fullmatch(each.department) or each.department not in terms.departments:
            raise Fault(_("the terms know no department %(name)s"), line=number, name=each.department)
        if not 1 <= each.availability <= 100:
            raise Fault(_("availability is a whole number from 1 to 100"), line=number)
        iid = pseudonym(salt_of(key, identity, terms.hash, h), identity, h)
        yield Inspector(iid, each.department, each.qualified, each.availability), identity


def arc_salt(key: bytes, pid: str, iid: str, terms: Terms) -> bytes:
    """HMAC(key of conflicts, "pid iid"), 32 bytes: what opens one conflict."""
    return salt_of(key, f"{pid} {iid}", terms.hash, terms.h)


def freeze_conflicts(pairs: Iterable[tuple[str, str]], key: bytes, terms: Terms) -> list[bytes]:
    """The lines of the hidden list of conflicts from pairs (pid, iid); a pair given twice stands once."""
    return sorted(
        {arc_hash(arc_salt(key, pid, iid, terms), pid, iid, terms.h).encode() + b"\n" for pid, iid in pairs}
    )


def classes_commitment(classes: Mapping[str, str], salt: bytes, h: Hash) -> bytes:
    """H(salt ‖ canonical JSON of the classes), 32 bytes; the salt is 32 random bytes, kept with them."""
    return h(salt + canon.dumps(dict(classes)))
