"""Files that are zips: their order, sizes and names are looked at before anything is unpacked.

APPNOTE.TXT 6.3.10 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable

from qinglian.capabilities.files.inspection import limits, refusals
from qinglian.capabilities.files.inspection.kinds import ARCHIVES
from qinglian.faults import Fault

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_DESCRIPTOR = 24  # at most, with signature and 64-bit sizes
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LEAVES = re.compile(r"(^|/)\.\.(/|$)|^/|^[A-Za-z]:|\\|[\x00-\x1f\x7f]")
_UTF_8 = 0x800  # flag: the name is in UTF-8
# Encoding → between which leading bytes its commonest signs stand.
_COMMON = {"gb18030": (0xB0, 0xD7), "big5hkscs": (0xA4, 0xC6)}
_LITTER = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_FIXED = (1980, 1, 1, 0, 0, 0)


class Package:
    """A zip whose directory is in order, and whose parts are unpacked one by one up to a limit."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            for each in self._zip.infolist():
                each.filename = _name(each)
            self.parts = [each for each in self._zip.infolist() if not each.is_dir()]
            _look_at_names(self._zip.infolist())
            _look_at_sizes(self._zip.infolist(), len(data))
            _look_at_order(self._zip.infolist(), data, self._zip.start_dir, self._zip.comment)
        except Fault:
            raise
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, UnicodeError):
            raise Fault(refusals.DAMAGED) from None
        self._left = limits.UNPACKED

    @property
    def names(self) -> list[str]:
        return [each.filename for each in self.parts]

    def read(self, part: zipfile.ZipInfo | str) -> bytes:
        """One part whole; what it says of its size is not believed."""
        try:
            with self._zip.open(part) as stream:
                data = stream.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, OSError, RuntimeError,
                NotImplementedError):  # fmt: skip
            raise Fault(refusals.DAMAGED) from None
        self._left -= len(data)
        if self._left < 0:
            raise Fault(refusals.PACKED_MUCH)
        return data


def _name(part: zipfile.ZipInfo) -> str:
    """What it is called. Windows packs Chinese names in its own language's encoding, and does not say so."""
    name = part.orig_filename
    if part.flag_bits & _UTF_8 or name.isascii():
        return name
    raw = name.encode("cp437")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        read = [found for encoding, common in _COMMON.items() if (found := _read_as(encoding, *common, raw))]
        return max(read)[1] if read else name


def _read_as(encoding: str, least: int, most: int, raw: bytes) -> tuple[int, str] | None:
    """(how many of its signs are among the commonest of that encoding, the name read so)."""
    try:
        name = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    return sum(least <= sign.encode(encoding)[0] <= most for sign in name if "\u4e00" <= sign), name


def _look_at_names(parts: list[zipfile.ZipInfo]) -> None:
    if not parts:
        raise Fault(refusals.EMPTY)
    if len(parts) > limits.PARTS:
        raise Fault(refusals.PACKED_MUCH)
    names = [unicodedata.normalize("NFC", each.filename).casefold() for each in parts]
    if len(set(names)) != len(names) or any(_LEAVES.search(_name(each)) for each in parts):
        raise Fault(refusals.PACKED_NAMES)
    if any(each.external_attr >> 28 == 0xA for each in parts):  # a symbolic link
        raise Fault(refusals.PACKED_NAMES)


def _look_at_sizes(parts: list[zipfile.ZipInfo], whole: int) -> None:
    if any(each.flag_bits & 0x41 for each in parts):
        raise Fault(refusals.PACKED_LOCKED)
    if any(each.compress_type not in _METHODS for each in parts):
        raise Fault(refusals.DAMAGED)
    total = sum(each.file_size for each in parts)
    steep = any(p.file_size > limits.SMALL and p.file_size > limits.RATIO * p.compress_size for p in parts)
    if total > limits.UNPACKED or steep or (total > limits.SMALL and total > limits.RATIO * whole):
        raise Fault(refusals.PACKED_MUCH)


def _look_at_order(parts: list[zipfile.ZipInfo], data: bytes, directory: int, comment: bytes) -> None:
    """One part after the other from the first byte on, nothing between, before, behind, and none twice."""
    here = 0
    for each in sorted(parts, key=lambda part: part.header_offset):
        if not here <= each.header_offset <= here + (_DESCRIPTOR if here else 0):
            raise Fault(refusals.TWO_KINDS)
        head = _LOCAL.unpack_from(data, each.header_offset)
        here = each.header_offset + _LOCAL.size + head[9] + head[10] + each.compress_size
    if not here <= directory <= here + _DESCRIPTOR or comment or data[-22:-18] != b"PK\x05\x06":
        raise Fault(refusals.TWO_KINDS)


def repack(data: bytes, clean: Callable[[bytes, str], bytes]) -> bytes:
    """An archive with every part cleaned, and without its times and owners; `clean` raises Fault.

    What systems lay beside the files of a folder is left out. A fault says in which part it was found.
    """
    package, out = Package(data), io.BytesIO()
    parts = [part for part in package.parts if not _LITTER.search(part.filename)]
    if not parts:
        raise Fault(refusals.EMPTY)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh:
        for part in parts:
            content = package.read(part)
            if content.startswith(ARCHIVES[:2]) and part.filename.lower().endswith(".zip"):
                raise Fault(refusals.PACKED_AGAIN)
            try:
                kept = clean(content, part.filename)
            except Fault as fault:
                raise Fault(fault.template, **(fault.params | {"part": part.filename})) from None
            fresh.writestr(zipfile.ZipInfo(part.filename, _FIXED), kept)
    return out.getvalue()
