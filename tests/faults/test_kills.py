"""Killed (-9) in the middle of lodgings, at named points and at any: what was acknowledged is there once."""

from __future__ import annotations

import random

import pytest
from tests.faults.rounds import lodge_while, work_while
from tests.faults.running_site import Site

# On PostgreSQL fewer, for the time they take; `make soak` kills everywhere, and far oftener.
LODGING = [
    ("sqlite", "event-written:2"),
    ("sqlite", "before-commit:2"),
    ("sqlite", "before-reply:2"),
    ("postgresql", "before-commit:2"),
]
WORKING = [
    ("sqlite", "event-written:3"),
    ("sqlite", "batch-before-commit"),
    ("sqlite", "batch-committed"),
    ("sqlite", "mail-sent"),
    ("postgresql", "batch-before-commit"),
    ("postgresql", "mail-sent"),
]


@pytest.mark.parametrize(("site", "point"), LODGING, indirect=["site"])
def test_a_server_process_dies_at_a_named_point(site: Site, point: str) -> None:
    assert lodge_while(site, visitors=4, point=point).kills >= 1


@pytest.mark.parametrize("site", ["sqlite", "postgresql"], indirect=True)
def test_the_whole_server_dies_at_any_moment(site: Site) -> None:
    assert lodge_while(site, visitors=4, kills=2, dice=random.Random(7)).kills == 2


@pytest.mark.parametrize(("site", "point"), WORKING, indirect=["site"])
def test_one_of_two_workers_dies_at_a_named_point(site: Site, point: str) -> None:
    assert work_while(site, point=point).kills == 1
