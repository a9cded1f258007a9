"""Letters into a folder, one file each, named by its Message-ID: the mail server of a demonstration."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FolderBackend(BaseEmailBackend):
    """Django's own lets two workers write into one file at once; here a letter is whole or not there."""

    def __init__(self, *_given: Any, **named: Any) -> None:
        super().__init__(fail_silently=named.get("fail_silently", False))
        self.folder = Path(settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for each in email_messages:
            letter = each.message()
            file = self.folder / f"{str(letter['Message-ID']).strip('<>').replace('/', '_')}.eml"
            new = file.with_suffix(f".{os.getpid()}")
            new.write_bytes(letter.as_bytes())
            os.replace(new, file)
        return len(email_messages)
