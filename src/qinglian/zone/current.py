"""The one zone that a running platform serves; it is read before the server starts."""

from __future__ import annotations

from pathlib import Path

from qinglian.zone.loading import load
from qinglian.zone.pack import Zone

_zone: Zone | None = None


def use(path: str | Path) -> Zone:
    """Load the pack and keep it; raises Faults, and then the zone before stays."""
    global _zone
    _zone = load(path)
    return _zone


def current() -> Zone:
    if _zone is None:
        raise RuntimeError("no zone is in use; call qinglian.zone.current.use(path) first")
    return _zone
