"""A copy of a pack that a test may spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from qinglian.faults import Fault, Faults
from qinglian.zone import load

ZONES = Path(__file__).parents[2] / "zones"


class Pack:
    def __init__(self, root: Path) -> None:
        self.root = root

    def change(self, file: str, old: str, new: str) -> Pack:
        text = (self.root / file).read_text("utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        (self.root / file).write_text(text.replace(old, new, 1), "utf-8")
        return self

    def add(self, file: str, text: str) -> Pack:
        (self.root / file).parent.mkdir(exist_ok=True)
        (self.root / file).write_text(
            (self.root / file).read_text("utf-8") + text if (self.root / file).exists() else text, "utf-8"
        )
        return self

    def faults(self) -> list[Fault]:
        try:
            load(self.root)
        except Faults as error:
            return error.faults
        return []

    def only_fault(self) -> str:
        """`FILE:LINE KEY: message`, with FILE as in the pack."""
        faults = [str(fault).removeprefix(f"{self.root}/") for fault in self.faults()]
        assert len(faults) == 1, faults
        return faults[0]


@pytest.fixture
def pack_of(tmp_path: Path) -> Callable[[str], Pack]:
    def copy(name: str) -> Pack:
        return Pack(Path(shutil.copytree(ZONES / name, tmp_path / name)))

    return copy


@pytest.fixture
def sample(pack_of: Callable[[str], Pack]) -> Pack:
    return pack_of("sample")


@pytest.fixture
def qianhai(pack_of: Callable[[str], Pack]) -> Pack:
    return pack_of("qianhai")
