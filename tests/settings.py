"""The platform's settings as tests see them: a folder that goes away, plain static files, quick passwords."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="qinglian-test-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["QINGLIAN_DATA"] = str(FOLDER)
os.environ["QINGLIAN_ZONE"] = str(Path(__file__).parents[1] / "zones" / "qianhai")
os.environ["QINGLIAN_SECRET_KEY"] = "known to everybody, for tests only"
for name in ("QINGLIAN_DEBUG", "QINGLIAN_HTTPS", "QINGLIAN_HOSTS"):
    os.environ.pop(name, None)

from qinglian.web.settings import *  # noqa: E402, F403
from qinglian.web.settings import DATABASES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "[::1]"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: parallel connections must meet in one database.
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "test.sqlite3")}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
(FOLDER / "static").mkdir()  # nothing is collected in tests
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
