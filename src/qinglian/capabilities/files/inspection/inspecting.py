"""One file, looked at whole: of which kind it is, whether it may come in, and the bytes that do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from qinglian.capabilities.files.inspection import kinds, refusals
from qinglian.faults import Fault


@dataclass(frozen=True)
class Inspected:
    kind: str
    data: bytes


def inspect(data: bytes, suffix: str, accept: Collection[str]) -> Inspected:
    """What comes in of these bytes, under a name that ends so. Raises Fault with one of the refusals.

    Decoders run here: call it in the confined child only (`confining.inspected`).
    """
    if not data:
        raise Fault(refusals.EMPTY)
    found = kinds.sniff(data)
    if found == "ole":
        raise Fault(refusals.OLD_OFFICE)
    if found == "mixed":
        raise Fault(refusals.TWO_KINDS)
    if found == "markup":
        raise Fault(refusals.MARKUP)
    if not found:
        raise Fault(refusals.UNKNOWN, allowed=", ".join(accept))
    if found == "packed":
        return _packed(data, suffix, accept)
    if found == "text":
        found = "csv" if suffix == "csv" else "txt"
    _stands_for(found, suffix, accept)
    return Inspected(found, _clean(data, found))


def _stands_for(kind: str, suffix: str, accept: Collection[str]) -> None:
    if suffix and suffix not in kinds.SUFFIXES[kind]:
        raise Fault(refusals.MISMATCH, suffix=suffix[:20], kind=kind)
    if kind not in accept:
        raise Fault(refusals.NOT_TAKEN, kind=kind, allowed=", ".join(accept))


def _clean(data: bytes, kind: str) -> bytes:
    if kind in kinds.PICTURES:
        from qinglian.capabilities.files.inspection.pictures import encoded_anew

        return encoded_anew(data, kind)
    if kind == "pdf":
        from qinglian.capabilities.files.inspection import pdfs

        pdfs.check(data)
    else:
        from qinglian.capabilities.files.inspection import texts

        texts.check(data, kind)
    return data


def _packed(data: bytes, suffix: str, accept: Collection[str]) -> Inspected:
    from qinglian.capabilities.files.inspection import office
    from qinglian.capabilities.files.inspection.packages import Package, repack

    package = Package(data)
    kind = office.kind_of(package)
    if suffix in ("docm", "xlsm", "dotm", "xltm", "xlam"):
        raise Fault(refusals.MACROS)
    if kind == "zip" and suffix in kinds.PACKED_ELSEWHERE:  # whole, and yet of no kind that is read here
        raise Fault(refusals.NOT_TAKEN, kind=suffix, allowed=", ".join(accept))
    _stands_for(kind, suffix, accept)
    if kind != "zip":
        (office.check_ofd if kind == "ofd" else office.check_office)(Package(data))
        return Inspected(kind, data)
    inner = [each for each in accept if each != "zip"]
    return Inspected(kind, repack(data, lambda part, name: inspect(part, _suffix(name), inner).data))


def _suffix(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[2].lower() if "." in name else ""
