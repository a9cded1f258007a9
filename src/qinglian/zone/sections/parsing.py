"""What an engine reads from a value of the pack; its faults are put in their place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qinglian.faults import Fault, Faults
from qinglian.zone.forms import BAD
from qinglian.zone.gather import Gather
from qinglian.zone.lines import Path


def parsed(value: Any, parse: Callable[[Any], Any], path: Path, gather: Gather) -> Any:
    """None, with the faults told, when it cannot be read or was not written."""
    if value is None or value == BAD:
        return None
    try:
        return parse(value)
    except (Fault, Faults) as error:
        gather.keep_all(error, path)
        return None
