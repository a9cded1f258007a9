"""The capabilities that stand in the folder: adding one is adding a folder."""

from __future__ import annotations

import pkgutil

import qinglian.capabilities


def capabilities() -> list[str]:
    return [
        f"{qinglian.capabilities.__name__}.{m.name}"
        for m in pkgutil.iter_modules(qinglian.capabilities.__path__)
    ]
