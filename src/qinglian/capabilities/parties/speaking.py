"""Who may speak for an enterprise: recorded with a proof, told to those concerned, and ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from qinglian.capabilities.files import actions as files
from qinglian.capabilities.notices.actions import queue_notice
from qinglian.capabilities.parties.directory import holder_of
from qinglian.capabilities.parties.enterprises import representing
from qinglian.capabilities.parties.entries import log_representation_ended, log_representative_named
from qinglian.capabilities.parties.identifiers import tidy
from qinglian.capabilities.parties.merging import Hand, family
from qinglian.capabilities.parties.models import Enterprise, Person, Representative
from qinglian.capabilities.parties.telling import account_letters
from qinglian.faults import Fault
from qinglian.faults import noop as _

PROOFS = ("licence", "power-of-attorney", "notarised", "e-licence")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Proof:
    """A document: its kind and number, the hash of its file, and either that file or where it is held.

    kept: the holder that has the file in `files`; the record takes it over.
    """

    kind: str
    number: str
    sha256: str
    reference: str = ""
    kept: str = ""


@dataclass(frozen=True)
class Mandate:
    """What is recorded: an account or a sealed reference, its proof, the article, first and last day."""

    proof: Proof
    basis: str
    since: date
    until: date | None = None
    user: int | None = None
    sealed: str = ""


def account_named(name: str) -> int:
    """The account of that name. Addresses are not looked for: else one could ask who has an account."""
    found = (
        get_user_model().objects.filter(username=name.strip(), is_active=True).values_list("pk", flat=True)
    )
    if not found:
        raise Fault(
            _("no account has the name %(found)s; it stands on the page “How you sign in” of its holder"),
            found=name.strip()[:80],
        )
    return int(found[0])


@transaction.atomic
def record(enterprise: int, said: Mandate, by: Hand, now: datetime) -> int:
    _look(said)
    row = Enterprise.objects.select_for_update().filter(pk=enterprise).first()
    if row is None:
        raise Fault(_("there is no enterprise %(id)d; look the number up again"), id=enterprise)
    if row.merged_into_id is not None:
        raise Fault(_("enterprise %(id)d is merged into another; record it there"), id=enterprise)
    if said.user is not None and Person.objects.filter(pk=by.person, user=said.user).exists():
        raise Fault(_("nobody records themselves; ask a colleague who has seen the document"))
    _once(enterprise, said)
    made = Representative.objects.create(
        enterprise=row, user_id=said.user, sealed=said.sealed.strip(), proof=said.proof.kind,
        proof_hash=hash_document(said.proof.number), document=said.proof.sha256,
        reference=said.proof.reference.strip(), basis=said.basis.strip(), since=said.since, until=said.until,
        recorded_by_id=by.person, recorded_check_id=by.check, recorded_at=now,
    )  # fmt: skip
    if said.proof.kept:
        files.hand_over(said.proof.kept, holder_of(made.pk))
    log_representative_named(made.pk, enterprise, _proof(made), (said.since, said.until), by.person, now)
    _tell(made, "speaks:named", now)
    return made.pk


def _look(said: Mandate) -> None:
    """Fault for what is missing or contradicts itself."""
    if (said.user is None) == (said.sealed.strip() == ""):
        raise Fault(_("a representative is an account or a sealed reference; name one of the two"))
    if said.proof.kind not in PROOFS:
        raise Fault(_("%(found)r is none of %(words)s"), found=said.proof.kind, words=", ".join(PROOFS))
    if not tidy(said.proof.number) or not said.basis.strip():
        raise Fault(_("a representative is proved by a document, and kept by a legal basis; write both"))
    if not _SHA256.fullmatch(said.proof.sha256):
        raise Fault(_("the hash of the document is 64 signs of 0–9 and a–f (SHA-256); make it from the file"))
    if bool(said.proof.reference.strip()) == bool(said.proof.kept):
        raise Fault(_("the document is kept here as a file, or held elsewhere; give the file or say where"))
    if said.until is not None and said.until < said.since:
        raise Fault(_("the last day lies before the first; exchange them"))


def _once(enterprise: int, said: Mandate) -> None:
    same = Q(user=said.user) if said.user is not None else Q(sealed=said.sealed.strip())
    there = Representative.objects.filter(same, enterprise__in=family(enterprise), cut_at=None)
    there = there.filter(Q(until=None) | Q(until__gte=said.since))
    if said.until is not None:
        there = there.filter(since__lte=said.until)
    if (held := there.first()) is not None:
        raise Fault(
            _("the same may speak for it since %(since)s already; end that first"),
            since=held.since.isoformat(),
        )


@transaction.atomic
def end(representative: int, until: date | None, by: Hand, now: datetime) -> None:
    """until: the last day; None: it opens nothing from this moment on."""
    row = Representative.objects.select_for_update().filter(pk=representative).first()
    if row is None:
        raise Fault(_("there is no such record; look at the page of the enterprise again"))
    day = timezone.localtime(now).date()
    if row.cut_at is not None or (row.until is not None and row.until < day):
        raise Fault(_("this representation has ended already; nothing was changed"))
    if until is None:
        row.until, row.cut_at = min(row.until or day, max(day, row.since)), now
        row.until = max(row.until, row.since)
    else:
        if until < row.since or (row.until is not None and row.until < until):
            raise Fault(
                _("a representation ends after it began, and is not made longer; name a new one instead")
            )
        if until < day:
            raise Fault(_("a last day before today would undo what was done since; end it at once instead"))
        row.until = until
    row.ended_by_id, row.ended_check_id = by.person, by.check
    row.save(update_fields=["until", "cut_at", "ended_by", "ended_check"])
    log_representation_ended(row.pk, row.enterprise_id, row.until, row.cut_at is not None, by.person, now)
    _tell(row, "speaks:ended", now)


def _proof(row: Representative) -> dict[str, str]:
    return {"proof": row.proof, "document": row.document, "basis": row.basis}


def _tell(row: Representative, kind: str, now: datetime) -> None:
    """The one whom it is about, and the others who may speak for the enterprise. No letter says for which."""
    others = representing(row.enterprise_id, timezone.localtime(now).date()) - {row.user_id}
    for users, said in (({row.user_id} - {None}, kind), (others, f"{kind}-other")):
        for email, language in account_letters(users):
            queue_notice(said, f"speaks {row.pk}", now, language=language, email=email)
        for person in Person.objects.filter(user__in=users, user__email="").values_list("pk", flat=True):
            queue_notice(said, f"speaks {row.pk}", now, person_id=person)


def hash_document(number: str) -> str:
    """Keyed, so that a stolen database alone does not let numbers be tried."""
    return salted_hmac("qinglian proof document", tidy(number), algorithm="sha256").hexdigest()
