"""What `qinglian verify` says of the bundle of an index edition."""

from __future__ import annotations

from pathlib import Path

from qinglian.cli.words import gettext as _
from qinglian.engines.merkle import Trust
from qinglian.faults import Fault
from qinglian.faults import noop as _n


def is_bundle(path: Path) -> bool:
    """Whether a folder says that it is the bundle of an edition."""
    manifest = path / "manifest.json"
    return manifest.is_file() and b'"index-bundle/1"' in manifest.read_bytes()[:200]


def verify(folder: Path, trust: Trust) -> list[str]:
    """What holds of a bundle, sentence by sentence; Fault if anything does not."""
    try:
        from qinglian.batch.index.signing import verify as check
    except ImportError:
        raise Fault(_n("numpy is not installed; pip install 'qinglian[index]'")) from None
    found = check(folder, trust)
    about = {"index": found.index, "version": found.version, "signer": found.signer, "numpy": found.numpy}
    said = [
        _("Holds: edition %(index)s %(version)s is signed by %(signer)s.") % about,
        _("Every file is the one that was signed, and every stage was computed again with the same result."),
    ]
    if found.drawn is None:
        said.append(_("The edition states no uncertainty."))
    elif found.drawn:
        said.append(_("Every run of its uncertainty was drawn again with the same result."))
    else:
        said.append(
            _("Its uncertainty was drawn with numpy %(numpy)s; install that to draw it again.") % about
        )
    if found.reports:
        said.append(_("Every word and number of its reports was written again from them."))
    elif found.reports is False:
        said.append(_("Its reports were written by another version of the program; they were not compared."))
    said.append(_("manifest hash: %(sha)s") % {"sha": found.manifest})
    return said
