"""`qinglian witness`: a cosigner of other people's logs, with its own key and file (C2SP tlog-witness)."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from qinglian.batch.verify import load_trust
from qinglian.batch.witness import (
    Answer,
    Witness,
    locked,
    new_keys,
    new_state,
    read_keys,
    read_state,
    write_keys,
)
from qinglian.batch.witness_http import Server
from qinglian.cli.words import gettext as _
from qinglian.cli.words import say
from qinglian.engines.merkle import Request, SigningKey, parse_checkpoint, parse_note
from qinglian.faults import Fault
from qinglian.faults import noop as _n

HELP = _n("watch logs, and cosign their checkpoints only while they grow honestly")


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    keygen = verbs.add_parser("keygen", help=_("make a witness’s keys, and print their public halves"))
    keygen.add_argument("--name", required=True, help=_("the witness’s name, like witness.example/hk"))
    keygen.add_argument("--key", type=Path, required=True, metavar="FILE", help=_("a new file for the keys"))
    keygen.add_argument(
        "--state", type=Path, required=True, metavar="FILE", help=_("a new file for what it will cosign")
    )
    keygen.set_defaults(run=make)
    show = verbs.add_parser("show", help=_("print the public keys, and what was cosigned last"))
    show.add_argument("--key", type=Path, required=True, metavar="FILE", help=_("the file of the keys"))
    show.add_argument("--state", type=Path, metavar="FILE", help=_("the file of what was cosigned"))
    show.set_defaults(run=tell_all)
    run = verbs.add_parser("run", help=_("answer logs until stopped"))
    run.add_argument("--key", type=Path, required=True, metavar="FILE", help=_("the file of the keys"))
    run.add_argument(
        "--state", type=Path, required=True, metavar="FILE", help=_("the file of what was cosigned")
    )
    run.add_argument("--trust", type=Path, required=True, metavar="KEYS.toml", help=_("the logs it cosigns"))
    run.add_argument(
        "--listen", required=True, metavar="HOST:PORT", help=_("where to listen; port 0 takes a free one")
    )
    run.add_argument("--beside", type=int, metavar="PID", help=_("end when this parent process has ended"))
    run.set_defaults(run=serve)


def make(arguments: argparse.Namespace) -> int:
    keys = new_keys(arguments.name, os.urandom)
    new_state(arguments.state)
    write_keys(arguments.key, keys)
    _print_keys(keys)
    return 0


def tell_all(arguments: argparse.Namespace) -> int:
    _print_keys(read_keys(arguments.key))
    if arguments.state:
        for note in read_state(arguments.state).values():
            head = parse_checkpoint(parse_note(note).body)
            print(
                _("%(origin)s: %(size)s entries, root %(root)s")
                % {"origin": head.origin, "size": head.size, "root": head.root.hex()}
            )
    return 0


def _print_keys(keys: list[SigningKey]) -> None:
    for key in keys:
        print(key.verifier.text)


def serve(arguments: argparse.Namespace) -> int:
    keys, trust = read_keys(arguments.key), load_trust(arguments.trust)
    with locked(arguments.state):
        read_state(arguments.state)
    witness = Witness(keys, trust, arguments.state, lambda: int(time.time()))
    server = Server(_address(arguments.listen), witness, _tell)
    host, port = server.server_address[:2]
    print(
        _("%(name)s listens at http://%(host)s:%(port)s/add-checkpoint")
        % {"name": keys[0].name, "host": str(host), "port": port},
        flush=True,
    )
    _until_stopped(server.shutdown)
    if arguments.beside:
        threading.Thread(target=_follow, args=(arguments.beside, server.shutdown), daemon=True).start()
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise Fault(_n("%(text)r is no place to listen; write 127.0.0.1:8430"), key="--listen", text=text)
    return host.strip("[]"), int(port)


def _until_stopped(stop: Callable[[], None]) -> None:
    def stopping(_number: int, _frame: object) -> None:
        threading.Thread(target=stop).start()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stopping)


def _follow(parent: int, stop: Callable[[], None]) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    stop()


def _tell(request: Request | None, answer: Answer) -> None:
    if request is None or answer.status in (403, 404):
        return
    about = {"origin": request.checkpoint.origin, "size": request.checkpoint.size}
    if answer.status == 200:
        print(_("cosigned %(origin)s at %(size)s entries") % about, flush=True)
    elif answer.fault:
        print(
            _("refused %(origin)s at %(size)s entries:") % about,
            say(answer.fault),
            file=sys.stderr,
            flush=True,
        )
    if answer.conflict:
        print(
            _("both heads of %(origin)s are kept as evidence beside the state file") % about,
            file=sys.stderr,
            flush=True,
        )
