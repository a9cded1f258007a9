"""A file is written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A new file beside `path` to write to; it takes the place of `path` when nothing went wrong.

    OSError names `path`, never the new file.
    """
    temporary = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        temporary = Path(name)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if temporary and error.filename not in (None, str(temporary), str(path)):
            raise  # another file's
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)
