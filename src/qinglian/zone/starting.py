"""A new pack: a copy of the carried template or of another sound pack, under a new id."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.forms import ID
from qinglian.zone.loading import load
from qinglian.zone.pack import Zone

TEMPLATE = Path(__file__).parent / "template"
SAMPLE = "sample"


def start(path: str | Path, source: str = SAMPLE) -> Zone:
    """Write a pack into a folder that is new or empty, and read it back.

    source: `sample`, or the folder of a sound pack. A folder name that can be an id becomes the id.
    The whole pack appears at once or not at all. Raises Fault when the folder holds something, Faults when
    the source is not sound.
    """
    target = Path(path)
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise Fault(_("something is there already; give a new or an empty folder"), file=str(target))
    pattern = load(TEMPLATE if source == SAMPLE else source)
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    build = Path(tempfile.mkdtemp(prefix=".new-zone-", dir=target.absolute().parent))
    try:
        _copy(pattern, build)
        _rename(build / "zone.toml", pattern.id, target.absolute().name)
        load(build)
        build.chmod(0o755)
        if target.exists():
            target.rmdir()
        os.replace(build, target)
    finally:
        shutil.rmtree(build, ignore_errors=True)
    return load(target)


def _copy(pattern: Zone, build: Path) -> None:
    for file in pattern.files:
        (build / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(pattern.root / file, build / file)


def _rename(file: Path, old: str, new: str) -> None:
    if not re.fullmatch(ID, new) or len(new) > 60:
        return
    text = file.read_bytes().decode("utf-8")
    line = re.compile(rf'^(id\s*=\s*)(["\']){re.escape(old)}\2', re.M)
    file.write_bytes(line.sub(rf"\g<1>\g<2>{new}\g<2>", text, count=1).encode("utf-8"))
