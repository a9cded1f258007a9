"""Rows held against what was logged of them: each capability declares how in its apps.py (`compares`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.utils.module_loading import import_string

from qinglian.batch.telling import Tell, silent
from qinglian.faults import Fault


def differences(tell: Tell = silent) -> Iterator[Fault]:
    """Every row that is not what was logged, and every logged event that has lost its row.

    tell: hears how far it has come.
    """
    for config in apps.get_app_configs():
        for name in getattr(config, "compares", []):
            yield from import_string(name)(tell)
