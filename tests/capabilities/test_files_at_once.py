"""Several who send the same file in the same moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.people import MONDAY

from qinglian.capabilities.files import actions, store
from qinglian.capabilities.files.actions import Taken
from qinglian.capabilities.files.inspection.kinds import KINDS
from qinglian.capabilities.files.limits import Limits
from qinglian.capabilities.files.models import FileUse, StoredFile


def test_sixteen_at_once_with_the_same_file_keep_it_once(
    committed: None, at_once: Callable[[list[Callable[[], Any]]], list[Any]], tmp_path: Path, settings: Any
) -> None:
    settings.DATA = tmp_path

    def deed(n: int) -> Callable[[], Taken]:
        upload = SimpleUploadedFile("a.txt", b"the same")
        return lambda: actions.take_in(upload, Limits(KINDS, 1, 3), MONDAY, holder=f"case:{n % 4}")

    found = at_once([deed(n) for n in range(16)])
    assert {each.sha for each in found} == {store.sha_of(b"the same")}
    assert StoredFile.objects.count() == 1 and FileUse.objects.count() == 4
