"""The `qinglian` command. Topics work on files alone; `site` works on the running platform.

Exit 0 good, 1 the input is at fault (said where, with the mend), 2 misuse.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from qinglian import __version__
from qinglian.cli import words
from qinglian.cli.words import gettext as _
from qinglian.faults import Fault, Faults

# Each topic is a module here with `add(parser)` and `HELP`; it is imported when it is asked for.
TOPICS = (
    "zone",
    "clock",
    "tables",
    "names",
    "draw",
    "index",
    "survey",
    "verify",
    "witness",
    "replay",
    "site",
)


def _language_asked(argv: Sequence[str]) -> str | None:
    for place, word in enumerate(argv):
        if word == "--lang" and place + 1 < len(argv):
            return argv[place + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return None


def parser(asked: str | None = None) -> argparse.ArgumentParser:
    """All topics, or the asked one alone: a command on files should not wait for what it does not use."""
    top = argparse.ArgumentParser(
        prog="qinglian", description=_("An integrity platform that anybody can check.")
    )
    top.add_argument("--version", action="version", version=f"qinglian {__version__}")
    top.add_argument(
        "--lang", choices=words.LANGUAGES, help=_("language of messages; else that of the system")
    )
    topics = top.add_subparsers(dest="topic", required=True, metavar="TOPIC")
    for name in (asked,) if asked else TOPICS:
        module = importlib.import_module(f"qinglian.cli.{name}")
        module.add(topics.add_parser(name, help=_(module.HELP), description=_(module.HELP)))
    return top


def main(argv: Sequence[str] | None = None) -> int:
    argv = list(sys.argv[1:] if argv is None else argv)
    wish = _language_asked(argv)
    words.use(wish if wish in words.LANGUAGES else None)
    asked = next((word for word in argv if not word.startswith("-") and word not in words.LANGUAGES), None)
    arguments = parser(asked if asked in TOPICS else None).parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except (Fault, Faults) as faults:
        print(words.say_all(faults), file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our output went away
        sys.stdout = open(os.devnull, "w")
        return 1
    except OSError as error:
        print(
            _("%(file)s: cannot be read or written: %(reason)s")
            % {"file": error.filename or "?", "reason": error.strerror or error},
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except Exception as error:
        if "django.db" not in sys.modules:
            raise
        database = importlib.import_module("qinglian.cli.site_database")
        print(words.say(database.fault_of(error)), file=sys.stderr)
        return 1
