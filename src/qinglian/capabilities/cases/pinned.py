"""The texts that cases stand on, by their hash: what the public log names can be fetched and compared."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from qinglian.capabilities.cases.models import MatterVersion
from qinglian.engines.tables import domains_name
from qinglian.zone import Matter

FOLDER = "texts"


def pinned_text(sha: str) -> str | None:
    """A file of some version of a matter. Nothing is kept between: what was altered must not hide."""
    return next((text for known, text in _texts() if known == sha), None)


def export_texts(folder: Path) -> int:
    """Write each into folder/texts under its hash; how many there are."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    texts = dict(_texts())
    for sha, text in texts.items():
        (folder / FOLDER / sha).write_bytes(text.encode())
    return len(texts)


def table_files(matter: Matter, path: str) -> list[str]:
    """Hashes of a decision table and its domains, as the log names them."""
    paths = (path, f"{path.rpartition('/')[0]}/{domains_name(path.rpartition('/')[2])}")
    return [sha256(matter.pins[each].encode()).hexdigest() for each in paths if each in matter.pins]


def _texts() -> Iterator[tuple[str, str]]:
    for pins in MatterVersion.objects.order_by("-id").values_list("pins", flat=True):
        for text in pins.values():
            yield sha256(text.encode()).hexdigest(), text
