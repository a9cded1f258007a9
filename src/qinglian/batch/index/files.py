"""Reading specs and data, and writing so that nobody ever sees half of a file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from qinglian.engines.composite.edition import Edition, compute
from qinglian.engines.composite.observations import Observations, read_observations
from qinglian.engines.composite.reading import FILES, read_spec
from qinglian.engines.composite.spec import Spec
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

PRESETS = Path(__file__).parents[1] / "presets"
LARGEST = 512_000_000


def read_text(path: Path) -> str:
    """A UTF-8 file's text; Fault with the file's name otherwise."""
    if not path.is_file():
        raise Fault(_("the file is missing; write it"), file=str(path))
    if path.stat().st_size > LARGEST:
        raise Fault(_("the file is larger than %(limit)d bytes; split it"), file=str(path), limit=LARGEST)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Fault(
            _("not UTF-8 at byte %(byte)s; save the file as UTF-8"), file=str(path), byte=error.start
        ) from None


def spec_texts(folder: Path) -> dict[str, str]:
    """The texts of a spec's folder, by file name; other files in it are left alone."""
    if not folder.is_dir():
        raise Fault(_("no folder here; give the one that holds spec.toml"), file=str(folder))
    return {name: read_text(folder / name) for name in FILES if (folder / name).is_file()}


def load_spec(folder: Path) -> Spec:
    """The checked spec in a folder; faults name the file under it."""
    texts = spec_texts(folder)
    try:
        return read_spec(texts)
    except (Fault, Faults) as found:
        raise _placed(found, folder) from None


def load_data(path: Path, spec: Spec) -> Observations:
    try:
        return read_observations(read_text(path), spec)
    except (Fault, Faults) as found:
        for fault in found.faults if isinstance(found, Faults) else [found]:
            fault.at(file=str(path))
        raise


def load_edition(spec_folder: Path, data: Path) -> Edition:
    """The edition of a spec and its data, computed."""
    spec = load_spec(spec_folder)
    seen = load_data(data, spec)
    with naming(spec_folder, data):
        return compute(spec, seen)


@contextmanager
def naming(spec_folder: Path, data: Path) -> Iterator[None]:
    """A fault inside names the file in which it is mended: one of the spec, else the data."""
    try:
        yield
    except (Fault, Faults) as found:
        for fault in found.faults if isinstance(found, Faults) else [found]:
            fault.file = str(spec_folder / fault.file) if fault.file else str(data)
        raise


def _placed(found: Fault | Faults, folder: Path) -> Fault | Faults:
    for fault in found.faults if isinstance(found, Faults) else [found]:
        fault.file = str(folder / fault.file) if fault.file else str(folder)
    return found


def presets() -> tuple[str, ...]:
    """Names of the indices that come with the program."""
    return tuple(sorted(path.name for path in PRESETS.iterdir() if path.is_dir()))


def copy_preset(name: str, to: Path) -> list[str]:
    """Copies a preset into a new or empty folder and returns the files' names."""
    if name not in presets():
        raise Fault(
            _("%(value)r is not known here; known are %(known)s"), value=name, known=", ".join(presets())
        )
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise Fault(_("the folder is not empty; name a new one"), file=str(to))
    to.mkdir(parents=True, exist_ok=True)
    names = sorted(path.name for path in (PRESETS / name).iterdir())
    for each in names:
        shutil.copyfile(PRESETS / name / each, to / each)
    return names


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes each file whole: to a temporary name in its folder, then over the old one."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.new")
        partial.write_bytes(data)
        os.replace(partial, path)
