"""Who reads what in a matter: whoever acts can read what they act on, and whoever asks what is told them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qinglian.faults import noop as _
from qinglian.zone.gather import Gather
from qinglian.zone.matter import APPLICANT, Action, Field
from qinglian.zone.sections.references import Ranks

_WORDS_TO_APPLICANT = ("answer", "items", "remedy")


def check_clearances(
    clean: Mapping[str, Any],
    fields: Mapping[str, Field],
    actions: tuple[Action, ...],
    ranks: Ranks,
    gather: Gather,
) -> None:
    """Who acts may know of the case; somebody reads each answer; the applicant what is written to them."""
    staff = [role for role in clean["roles"] if role != APPLICANT and role in ranks.roles]
    for place, role in enumerate(clean["roles"]):
        acts = any(role in _actors(action) for action in actions)
        if role in staff and acts and not ranks.reads(role, clean["sensitivity"]):
            gather.add(
                _("%(role)s acts here and may not know of the cases; mend clearance or sensitivity"),
                ("roles", place),
                role=role,
            )
    for row in (each for step in clean["step"] for each in step["field"]):
        field = fields.get(row["key"])
        if field and staff and not any(ranks.reads(role, field.sensitivity) for role in staff):
            gather.add(
                _("nobody in this matter may read the answer; mend sensitivity, or a role’s clearance"),
                row["@"],
            )
    for row, action in zip(clean["action"], actions, strict=True):
        said = [need for need in _WORDS_TO_APPLICANT if need in action.needs]
        path = (*row["@"], "sensitivity" if row["sensitivity"] else "needs")
        if said and APPLICANT in clean["roles"] and not ranks.reads(APPLICANT, action.sensitivity):
            gather.add(
                _("the applicant could not read what is written here (%(needs)s); mend sensitivity"),
                path,
                needs=", ".join(said),
            )
        if action.needs and any(
            not ranks.reads(role, action.sensitivity) for role in _deciding(action) if role in staff
        ):
            gather.add(_("who acts or agrees could not read what is written here; mend sensitivity"), path)


def _actors(action: Action) -> set[str]:
    return {*action.by, *_deciding(action)}


def _deciding(action: Action) -> set[str]:
    """Who agrees must read what they agree to."""
    council = {action.collective.role} if action.collective else set()
    return {role for role in (action.two_persons, *council) if role}
