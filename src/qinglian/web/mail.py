"""QINGLIAN_MAIL, read as Django's settings for mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from qinglian.faults import Fault
from qinglian.faults import noop as _

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
_NOBODY = "nobody@localhost"


def mail_settings(wish: str, data: Path, demonstration: bool) -> dict[str, Any]:
    """`smtp://`, `smtp+tls://` or `smtp+ssl://USER:PASSWORD@HOST:PORT/?from=ADDRESS`, or `file:FOLDER`.

    Without a wish a demonstration writes its letters into a folder of its data; any other zone sends none,
    says so on the page of the outbox, and keeps them. Raises Fault with the mend.
    """
    if not wish and demonstration:
        wish = f"file:{data / 'mail'}"
    if not wish:
        return {"MAIL_READY": False, "DEFAULT_FROM_EMAIL": _NOBODY}
    if wish.startswith("file:"):
        return {
            "MAIL_READY": True,
            "DEFAULT_FROM_EMAIL": _NOBODY,
            "EMAIL_BACKEND": "qinglian.web.mail_folder.FolderBackend",
            "EMAIL_FILE_PATH": str(Path(wish.removeprefix("file:")).resolve()),
        }
    return _smtp(wish)


def _smtp(wish: str) -> dict[str, Any]:
    try:
        parts = urlsplit(wish)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    sender = parse_qs(parts.query).get("from", [""])[0]
    if parts.scheme not in _PORTS or not parts.hostname or "@" not in sender:
        raise Fault(
            _(
                "QINGLIAN_MAIL cannot be read; write smtp+tls://USER:PASSWORD@HOST:587/?from=ADDRESS "
                "(or smtp://, smtp+ssl://), or file:FOLDER"
            )
        )
    return {
        "MAIL_READY": True,
        "DEFAULT_FROM_EMAIL": sender,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
    }
