"""Who runs a room: pure."""

from __future__ import annotations

from collections.abc import Iterable

from qinglian.capabilities.cases.publishable import may_approve
from qinglian.zone import Channel
from qinglian.zone.current import current


def runs(channel: Channel, roles: Iterable[str]) -> bool:
    """Whoever gives cases of its matter to others; where nobody does, whoever acts in it for the unit."""
    return may_approve(current().matters[channel.matter], roles)
