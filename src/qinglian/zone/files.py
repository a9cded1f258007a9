"""The files of a pack, read once: plain files only, of bounded number and size."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.gather import Gather
from qinglian.zone.lines import lines_of

MOST_FILES = 2000
MOST_BYTES = 8_000_000
MOST_TOML = 512_000
MOST_LINE = 4000


def read_folder(root: Path) -> tuple[dict[str, bytes], list[Fault]]:
    """Relative path (with `/`) → bytes. Names beginning with a dot are not part of a pack."""
    found: dict[str, bytes] = {}
    faults: list[Fault] = []
    if not root.is_dir():
        return found, [
            Fault(_("there is no such folder; give the folder that holds zone.toml"), file=str(root))
        ]

    def untold(error: OSError) -> None:
        reason = error.strerror or "?"
        faults.append(
            Fault(
                _("cannot be read: %(reason)s; mend its rights or remove it"),
                file=error.filename,
                reason=reason,
            )
        )

    for folder, names, files in os.walk(root, onerror=untold):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted([*files, *(n for n in names if (Path(folder) / n).is_symlink())]):
            path = Path(folder) / name
            if name.startswith("."):
                continue
            if len(found) + len(faults) >= MOST_FILES:
                return found, [
                    *faults,
                    Fault(
                        _("more than %(most)d files; a pack is smaller: move the rest out"),
                        file=str(root),
                        most=MOST_FILES,
                    ),
                ]
            try:
                found[path.relative_to(root).as_posix()] = _read(path)
            except Fault as fault:
                faults.append(fault.at(file=str(path)))
    return found, faults


def _read(path: Path) -> bytes:
    try:
        str(path).encode("utf-8")
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            raise Fault(_("a link; a pack holds plain files only: put the file itself here"))
        if not stat.S_ISREG(about.st_mode):
            raise Fault(_("not a plain file; remove it"))
        if about.st_size > MOST_BYTES:
            raise Fault(
                _("%(size)d bytes are too many; at most %(most)d"), size=about.st_size, most=MOST_BYTES
            )
        return path.read_bytes()
    except UnicodeError:
        raise Fault(_("the name of the file is not UTF-8; rename it")) from None
    except OSError as error:
        raise Fault(
            _("cannot be read: %(reason)s; mend its rights or remove it"), reason=error.strerror or "?"
        ) from None


def text_of(data: bytes) -> str:
    """UTF-8 bytes → text, exactly; raises Fault with the line of the first bad byte."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault(
            _("not UTF-8 from byte %(byte)d on; save the file as UTF-8"),
            byte=error.start,
            line=data.count(b"\n", 0, error.start) + 1,
        ) from None
    if "\0" in text:
        raise Fault(_("there is a NUL byte; remove it"), line=text.count("\n", 0, text.index("\0")) + 1)
    return text


def toml_of(text: str, file: str) -> tuple[dict[str, Any] | None, Gather]:
    """The tables of a TOML text, and the gatherer that knows its lines; None after a fault in the syntax."""
    gather = Gather(file)
    try:
        _bounded(text)
        data = tomllib.loads(text)
    except Fault as fault:
        gather.keep(fault)
    except RecursionError:
        gather.add(_("nested too deeply; write it flatter"))
    except ValueError as error:
        gather.keep(_syntax(str(error), text))
    else:
        gather.lines = lines_of(text)
        return data, gather
    return None, gather


def _bounded(text: str) -> None:
    if len(text) > MOST_TOML:
        raise Fault(
            _("%(size)d characters are too many for one TOML file; at most %(most)d"),
            size=len(text),
            most=MOST_TOML,
        )
    if text.startswith("\ufeff"):
        raise Fault(_("begins with a byte-order mark; save the file as UTF-8 without it"), line=1)
    for place, line in enumerate(text.split("\n"), 1):
        if len(line) > MOST_LINE:
            raise Fault(
                _("the line is longer than %(most)d characters; break it, or put the text in texts/"),
                line=place,
                most=MOST_LINE,
            )


def _syntax(reason: str, text: str) -> Fault:
    found = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$", reason)
    line = (int(found.group(1)) if found.group(1) else text.count("\n") + 1) if found else None
    return Fault(
        _("not TOML: %(reason)s; mend the syntax of this line"),
        line=line,
        reason=reason[: found.start()] if found else reason,
    )


def sha_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha_of_all(hashes: Mapping[str, str]) -> str:
    """One hash over files: SHA-256 of what `sha256sum` prints for them, by the byte order of the paths."""
    ordered = sorted(hashes, key=lambda path: path.encode())
    return sha_of("".join(f"{hashes[path]}  {path}\n" for path in ordered).encode())
