"""Hooks are told of what happened further down, by following it: figures call nobody above them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from qinglian.capabilities.figures.queries import latest_edition
from qinglian.capabilities.interfaces.actions import queue
from qinglian.capabilities.interfaces.models import Delivery, Hook
from qinglian.capabilities.interfaces.scopes import FIGURES_PUBLISHED, KEPT

FRESH = KEPT - timedelta(days=2)  # what was told is known for so long; nobody is told of older editions


def tell_of_figures(now: datetime, limit: int = 0) -> int:
    """A job: the newest edition to every hook that wants it and was there before it; how many were told.

    Once each: what a hook was told of is asked while nobody else may tell it.
    """
    hooks = Hook.objects.filter(ended_at=None)
    if not hooks.exists() or (edition := latest_edition()) is None or edition.made_at < now - FRESH:
        return 0
    subject, told = f"{edition.as_of.isoformat()} {edition.sha[:16]}", 0
    for hook in hooks.filter(made_at__lt=edition.made_at):
        if FIGURES_PUBLISHED not in hook.events or _was_told(hook, subject):
            continue
        with transaction.atomic():
            held = Hook.objects.select_for_update().filter(pk=hook.pk, ended_at=None).first()
            if held is not None and not _was_told(held, subject):
                told += queue([held], FIGURES_PUBLISHED, subject, now)
    return told


def _was_told(hook: Hook, subject: str) -> bool:
    return Delivery.objects.filter(hook=hook, event=FIGURES_PUBLISHED, subject=subject).exists()
