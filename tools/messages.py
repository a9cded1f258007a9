"""Gather the texts of the code into the catalogues (needs gettext) and compile them (does not).

English is the key. Texts are marked with `_`, Django's own names, and `noop` or `_n` where a text is
written in one place and translated in another.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import chdir
from pathlib import Path

import django
import polib
from django.conf import settings
from django.core.management.commands.makemessages import Command

PACKAGE = Path(__file__).parents[1] / "src" / "qinglian"
LOCALES = ("zh_Hans", "zh_Hant")


class Gather(Command):
    xgettext_options = [*Command.xgettext_options, "--keyword=_n", "--keyword=noop"]


def gather(package: Path) -> None:
    """Bring the .po files below package/locale in step with the code; raises CommandError without gettext."""
    if not settings.configured:
        settings.configure(USE_I18N=True, LOCALE_PATHS=[])
        django.setup()
    (package / "locale").mkdir(exist_ok=True)
    with chdir(package):
        Gather().run_from_argv(
            ["", "makemessages", "--no-wrap", "--add-location=file", "--no-obsolete", "--verbosity=0"]
            + [word for locale in LOCALES for word in ("--locale", locale)]
        )


def compile_catalogue(po: Path) -> bytes:
    return bytes(polib.pofile(str(po)).to_binary())


def main() -> int:
    if shutil.which("xgettext") is None:
        print("xgettext is not here; install gettext (apt-get install gettext)", file=sys.stderr)
        return 1
    gather(PACKAGE)
    for locale in LOCALES:
        po = PACKAGE / "locale" / locale / "LC_MESSAGES" / "django.po"
        new = po.with_suffix(".new")
        new.write_bytes(compile_catalogue(po))
        os.replace(new, po.with_suffix(".mo"))
        entries = polib.pofile(str(po))
        print(f"{locale}: {len(entries)} texts, {len(entries.untranslated_entries())} not translated, "
              f"{len(entries.fuzzy_entries())} unsure")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
