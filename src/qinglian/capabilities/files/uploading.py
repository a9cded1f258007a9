"""What is sent is counted while it arrives: a file beyond the limit is dropped, the rest of a form stays."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

MB = 1_000_000


class Counted(TemporaryFileUploadHandler):
    """Writes to the disk below QINGLIAN_DATA, and stops at the platform's largest file."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > settings.FILE_MB * MB:
            _note(self.request, self.field_name, self.file_name)
            self.file.close()
            raise SkipFile
        super().receive_data_chunk(raw_data, start)


def _note(request: Any, field: str, name: str) -> None:
    request.META.setdefault("qinglian.dropped", []).append((field, name))


def dropped(request: Any) -> list[tuple[str, str]]:
    """(field, name) of each file that was too large to be received at all."""
    request.POST  # noqa: B018  the form is read when it is first asked for
    found: list[tuple[str, str]] = request.META.get("qinglian.dropped", [])
    return found
