"""What the log says of units and posts: one named function for each kind of event. No name is in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from qinglian.capabilities.ledger.actions import append


def log_appointed(person_id: int, unit: str, role: str, since: date, at: datetime) -> int:
    """A post was given; the person stands there by the number of the row, hidden."""
    fields = {"person": person_id, "unit": unit, "role": role, "since": since.isoformat()}
    return append("parties.appointed", fields, at)


def log_post_ended(person_id: int, unit: str, role: str, days: tuple[date, date], at: datetime) -> int:
    """It was said until when a post is held. days: its first and its last."""
    since, until = (day.isoformat() for day in days)
    fields = {"person": person_id, "unit": unit, "role": role, "since": since, "until": until}
    return append("parties.post_ended", fields, at)


def log_account_set_back(person_id: int, at: datetime) -> int:
    """Second factors and sessions of a member of staff were taken away, and a new password given."""
    return append("parties.account_set_back", {"person": person_id}, at)


def log_units_kept(units: list[str], retired: list[str], at: datetime) -> int:
    """The tree of units changed: paths of those that stand, and of those that were retired."""
    return append("parties.units_kept", {}, at, open_fields={"units": units, "retired": retired})


def log_merge_decided(
    proposal: int, keep: int, drop: int, undoes: int | None, outcome: str, who: tuple[int, int], at: datetime
) -> int:
    """outcome: confirmed or declined. who: the rows of whoever proposed and of whoever decided."""
    fields = {
        "proposal": proposal,
        "keep": keep,
        "drop": drop,
        "undoes": undoes,
        "outcome": outcome,
        "proposed_by": who[0],
        "decided_by": who[1],
    }
    return append("parties.merge_decided", fields, at)


def log_register_imported(source: str, sha: str, counts: Mapping[str, int], at: datetime) -> int:
    """sha: of the file. counts: rows, made, changed, rejected."""
    return append("parties.register_imported", {"source": source, "sha": sha, **counts}, at)


def log_standing_posted(enterprise: int, event: str, mark: Mapping[str, Any], at: datetime) -> int:
    """mark: kind, as_of, until, lifted and basis."""
    days = {key: mark[key].isoformat() if mark[key] else None for key in ("as_of", "until")}
    return append("parties.standing_posted", {**mark, **days, "enterprise": enterprise, "event": event}, at)


def log_representative_named(
    row: int, enterprise: int, proof: Mapping[str, str], days: tuple[date, date | None], by: int, at: datetime
) -> int:
    """Somebody may speak for an enterprise. proof: its kind, the document's hash, the basis. No account."""
    since, until = (day.isoformat() if day else None for day in days)
    fields = {
        "representative": row,
        "enterprise": enterprise,
        **proof,
        "since": since,
        "until": until,
        "by": by,
    }
    return append("parties.representative_named", fields, at)


def log_representation_ended(
    row: int, enterprise: int, until: date, at_once: bool, by: int, at: datetime
) -> int:
    """The last day was said; at_once: it opened nothing from that moment on."""
    fields = {"representative": row, "enterprise": enterprise, "until": until.isoformat(), "by": by}
    return append("parties.representation_ended", {**fields, "at_once": at_once}, at)
