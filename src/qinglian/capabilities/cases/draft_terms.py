"""How long a draft is kept: since it was last touched, and longer once there is a code to go on with."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from qinglian.capabilities.cases.models import Draft

DRAFT_KEPT = timedelta(days=1)
SAVED_KEPT = timedelta(days=14)


def over(now: datetime) -> Q:
    """Drafts whose time is over."""
    return Q(resume_hash=None, touched_at__lt=now - DRAFT_KEPT) | Q(touched_at__lt=now - SAVED_KEPT)


def expires(draft: Draft) -> datetime:
    return draft.touched_at + (SAVED_KEPT if draft.resume_hash else DRAFT_KEPT)
