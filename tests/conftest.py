"""What every test may count on: hypothesis profiles, and skips that are told at the end."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

SLOW_MACHINE = [HealthCheck.too_slow]
settings.register_profile("ci", deadline=None, print_blob=True, suppress_health_check=SLOW_MACHINE)
settings.register_profile("soak", settings.get_profile("ci"), max_examples=5_000)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a soak the modest number of examples that a test asks for gives way."""
    for item in items if PROFILE == "soak" else ():
        test = getattr(item, "obj", None)
        own = getattr(test, "_hypothesis_internal_use_settings", None)
        if own is not None:
            most = settings.get_profile(PROFILE).max_examples
            test._hypothesis_internal_use_settings = settings(own, max_examples=most)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """On PostgreSQL the second fence stands around every request of the tests, as it does in a platform."""
    from django.db import connection

    from qinglian.capabilities.access.building import build

    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            assert build() == "stands"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple)})
    if reasons:
        terminalreporter.section("NOT TESTED HERE", sep="!", red=True, bold=True)
        for reason in reasons:
            terminalreporter.line(reason.removeprefix("Skipped: "))
