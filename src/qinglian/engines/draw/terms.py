"""What is promised before chance speaks: the rules of one draw, and a commitment to them and all inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qinglian.engines import canon
from qinglian.engines.draw import fields
from qinglian.engines.draw.exclusions import Exclusions, read_exclusions
from qinglian.engines.draw.hashing import Hash, hash_named
from qinglian.engines.draw.rates import Department, Quota, read_department, read_quota
from qinglian.engines.draw.rows import NAME, REASON, STRATUM
from qinglian.engines.draw.sources import Beacon, Dice, Share, Source, read_source
from qinglian.faults import Fault
from qinglian.faults import noop as _

PLAN_VERSION = "draw-plan/1"
TERMS_VERSION = "draw-terms/1"
ALL = "all"  # the one department of a plan that names none
_SHARED = (
    "zone",
    "plan",
    "number",
    "supersedes",
    "reason",
    "hash",
    "notice",
    "reserve",
    "weighted",
    "strata",
)


@dataclass(frozen=True)
class Terms:
    """The rules of a draw. notice: seconds from the attested commitment to the beacon's time.

    number: the zone's own running number, without gaps. supersedes: the plan that this one replaces, with
    the reason. weighted: the strata that are drawn in proportion to weight. reserve: how many follow in
    each stratum. reasons: the codes by which subjects may be left out; exclusions: the rules for past visits.
    """

    zone: str
    plan: str
    number: int
    strata: Mapping[str, Quota]
    departments: Mapping[str, Department]
    sources: tuple[Source, ...]
    hash: str = "sha256"
    notice: int = 0
    reserve: int = 0
    weighted: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    supersedes: str | None = None
    reason: str | None = None
    exclusions: Exclusions = field(default_factory=Exclusions)

    @property
    def h(self) -> Hash:
        return hash_named(self.hash)

    @property
    def moment(self) -> int:
        """The POSIX second at which chance speaks: the earliest beacon or dice; 0 if shares are all."""
        return min((s.time for s in self.sources if isinstance(s, Beacon | Dice)), default=0)

    def quota(self, department: str, stratum: str) -> Quota:
        """A department's own rate for a stratum, else the plan's."""
        return self.departments[department].quotas.get(stratum, self.strata[stratum])

    @property
    def document(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in _SHARED},
            "weighted": list(self.weighted),
            "reasons": list(self.reasons),
            "exclusions": self.exclusions.document,
            "strata": {name: quota.document for name, quota in sorted(self.strata.items())},
            "departments": {name: each.document for name, each in sorted(self.departments.items())},
            "sources": [source.document for source in self.sources],
        }


KEYS = {*_SHARED, "reasons", "exclusions", "departments", "sources"}


def read_terms(data: Mapping[str, Any]) -> Terms:
    """The rules from a table of just KEYS (a plan, or part of a commitment); Fault, with its key, if not."""
    fields.table(data, "", KEYS)
    strata = data.get("strata")
    if not isinstance(strata, Mapping) or not strata:
        raise Fault(_("no stratum; write [strata.s1] with rate = [1, 100]"), key="strata")
    for name in strata:
        if not STRATUM.fullmatch(name):
            raise Fault(
                _("%(name)r is no public stratum; call them s1, s2 …, so that no class is published"),
                key="strata",
                name=name,
            )
    quotas = {name: read_quota(value, f"strata.{name}") for name, value in strata.items()}
    supersedes, reason = fields.maybe_text(data, "supersedes"), fields.maybe_text(data, "reason")
    if (supersedes is None) != (reason is None):
        raise Fault(_("a plan that replaces another names it and gives the reason: supersedes, reason"))
    reasons = fields.texts(data, "reasons", form=REASON.pattern)
    return Terms(
        fields.text(data, "zone"),
        fields.text(data, "plan", form=r"[A-Za-z0-9][\w.-]{0,63}"),
        fields.whole(data, "number", least=1),
        quotas,
        _departments(data.get("departments") or {ALL: {}}, quotas),
        _sources(data.get("sources")),
        _hash(data.get("hash", "sha256")),
        fields.whole(data, "notice", default=0),
        fields.whole(data, "reserve", most=10**6, default=0),
        _weighted(data, quotas),
        reasons,
        supersedes,
        reason,
        read_exclusions(data.get("exclusions") or {}, reasons),
    )


def _hash(name: object) -> str:
    hash_named(name if isinstance(name, str) else repr(name))
    return str(name)


def _weighted(data: Mapping[str, Any], strata: Mapping[str, Quota]) -> tuple[str, ...]:
    names = fields.texts(data, "weighted")
    unknown = [name for name in names if name not in strata]
    if unknown:
        raise Fault(_("no such stratum: %(name)s; name one of [strata]"), key="weighted", name=unknown[0])
    return names


def _departments(value: object, strata: Mapping[str, Quota]) -> dict[str, Department]:
    if not isinstance(value, Mapping) or not all(isinstance(n, str) and NAME.fullmatch(n) for n in value):
        raise Fault(_("departments are tables with short names in lower case"), key="departments")
    return {name: read_department(each, f"departments.{name}", strata) for name, each in value.items()}


def _sources(value: object) -> tuple[Source, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise Fault(_("no source of chance; add [[sources]] with its type"), key="sources")
    found = tuple(read_source(each, f"sources[{number}]") for number, each in enumerate(value))
    if sum(isinstance(source, Beacon) for source in found) > 1:
        raise Fault(_("more than one beacon; keep one"), key="sources")
    names = [source.who for source in found if isinstance(source, Share)]
    if len(set(names)) != len(names):
        raise Fault(_("a witness gives one share; name each once"), key="sources")
    return found


@dataclass(frozen=True)
class Frozen:
    """What stands of a list in the commitment: how many rows, and the root over them (32 bytes)."""

    rows: int
    root: bytes

    @property
    def document(self) -> dict[str, Any]:
        return {"rows": self.rows, "root": self.root.hex()}


def read_frozen(value: object, place: str) -> Frozen:
    data = fields.table(value, place, {"rows", "root"})
    return Frozen(fields.whole(data, "rows", place), fields.hexadecimal(data, "root", place))


@dataclass(frozen=True)
class Commitment:
    """Terms and every list the draw will read, so that neither can change afterwards.

    counts: department → stratum → subjects that may be drawn. excluded: reason → how many were left out.
    classes: a salted hash of which class is which public stratum. report: SHA-256 of the probabilities
    told before the draw. software: what says which code was meant to run.
    """

    terms: Terms
    frame: Frozen
    counts: Mapping[str, Mapping[str, int]]
    excluded: Mapping[str, int]
    inspectors: Frozen | None = None
    conflicts: Frozen | None = None
    history: Frozen | None = None
    classes: bytes = b""
    report: str | None = None
    software: str = ""
    document: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lists = {name: getattr(self, name) for name in ("inspectors", "conflicts", "history")}
        document = {
            "v": TERMS_VERSION,
            **self.terms.document,
            "frame": {**self.frame.document, "counts": self.counts, "excluded": self.excluded},
            **{name: each.document if each else None for name, each in lists.items()},
            "classes": self.classes.hex(),
            "report": self.report,
            "software": self.software,
        }
        object.__setattr__(self, "document", document)

    @property
    def digest(self) -> bytes:
        """C = H("draw/1 commitment" ‖ 0x00 ‖ canonical JSON of the document), 32 bytes."""
        return self.terms.h(b"draw/1 commitment\0" + canon.dumps(self.document))


def read_commitment(document: object) -> Commitment:
    """A commitment from its JSON value, which must say just what `document` would say; Fault otherwise."""
    data = fields.table(
        document,
        "",
        {*KEYS, "inspectors", "conflicts", "history", "v", "frame", "classes", "report", "software"},
    )
    if data.get("v") != TERMS_VERSION:
        raise Fault(_('not a commitment; its first key is "v": "%(version)s"'), version=TERMS_VERSION)
    terms = read_terms({name: value for name, value in data.items() if name in KEYS})
    frame = fields.table(data.get("frame"), "frame", {"rows", "root", "counts", "excluded"})
    found = Commitment(
        terms,
        read_frozen({name: frame.get(name) for name in ("rows", "root")}, "frame"),
        _counts(frame.get("counts"), terms),
        _numbers(frame.get("excluded"), "frame.excluded", terms.reasons),
        inspectors=_maybe_frozen(data, "inspectors"),
        conflicts=_maybe_frozen(data, "conflicts"),
        history=_maybe_frozen(data, "history"),
        classes=fields.hexadecimal(data, "classes") if data.get("classes") else b"",
        report=fields.maybe_text(data, "report"),
        software=str(data.get("software", "")),
    )
    if canon.dumps(found.document) != canon.dumps(document):
        raise Fault(_("the commitment says more or less than its form; fetch it again, unchanged"))
    return found


def _maybe_frozen(data: Mapping[str, Any], name: str) -> Frozen | None:
    return read_frozen(data[name], name) if data.get(name) else None


def _counts(value: object, terms: Terms) -> dict[str, dict[str, int]]:
    data = fields.table(value, "frame.counts", set(terms.departments))
    return {name: _numbers(each, f"frame.counts.{name}", tuple(terms.strata)) for name, each in data.items()}


def _numbers(value: object, place: str, known: tuple[str, ...]) -> dict[str, int]:
    data = fields.table(value, place, set(known))
    return {name: fields.whole(data, name, place) for name in data}
