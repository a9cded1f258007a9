"""The server's log as JSON, a line a record: what happened and where in the program, never about whom.

Left out on purpose: paths (they hold numbers), addresses, accounts, and the words of an exception, into which
databases and libraries put the values that they choked on. Its kind and the lines of the program stay.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "pid": record.process,
            "message": _message(record),
        }
        said |= getattr(record, "said", {})
        request = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        if match is not None:
            said["view"] = match.view_name
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            said["where"] = [f"{_short(each.filename)}:{each.lineno} {each.name}" for each in frames]
        return json.dumps(said, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """Of Django's own records about a request, what stands before the path."""
    if hasattr(record, "request") or record.name.startswith(("django.request", "django.security")):
        said = str(record.msg)
        if said.startswith("%s") and isinstance(record.args, tuple) and record.args:
            return str(record.args[0])  # "Not Found"
        return said.partition("%")[0].strip(" :(") or record.name
    return record.getMessage()


def _short(file: str) -> str:
    for part in ("site-packages/", "/src/"):
        if part in file:
            return file.rpartition(part)[2]
    return file.rpartition("/")[2]
