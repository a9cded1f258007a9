"""Every fraud against a draw is caught, but for the one that only the inspector who declared can show."""

from __future__ import annotations

import pytest

from attacks.draw_deeds import DEEDS

NOT_SEEN = {"nothing-done", "conflict-kept-secret"}


@pytest.mark.parametrize("name", DEEDS)
def test_the_deed_is_seen_as_it_is_told(name: str) -> None:
    assert bool(DEEDS[name]()) == (name not in NOT_SEEN)
