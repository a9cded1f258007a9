"""Whom a hook may call, and the call itself: one POST, to an address that was looked at, within its time.

Nobody may make the platform call its own neighbours: the name is resolved here, every address that it has
must be a public one, and the connection goes to just that address. No redirect is followed, and what is
answered is not read beyond its status.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from qinglian.faults import Fault
from qinglian.faults import noop as _

SECONDS = 8.0  # for everything: name, connection, answer


class Refused(Exception):
    """The call was not made, or not answered with a status between 200 and 299; says why in one word."""


def read_target(url: str, local: bool) -> SplitResult:
    """The parts of an address that may be called; raises Fault. local: http to this machine is allowed."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Fault(_("this is no address; write https://HOST/PATH")) from None
    host = parts.hostname or ""
    if not host or parts.username or parts.password or parts.fragment or not url.isascii():
        raise Fault(_("this is no address; write https://HOST/PATH"))
    here = local and host in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (here and parts.scheme == "http"):
        raise Fault(_("a hook is called by https; write https://HOST/PATH"))
    if not here and (port not in (None, 443) or _is_number(host)):
        raise Fault(_("a hook is called by the name of its host and port 443; write https://HOST/PATH"))
    return parts


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rstrip(".").rpartition(".")[2].isdigit()
    return True


def post(url: str, body: bytes, headers: Mapping[str, str], local: bool, seconds: float = SECONDS) -> int:
    """The status that was answered; raises Refused. It never takes longer than `seconds`."""
    done: list[int | str] = []
    call = _Call(read_target(url, local), body, headers, local, seconds)
    runner = threading.Thread(target=lambda: done.append(call.answer()), daemon=True)
    runner.start()
    runner.join(seconds)
    if not done:
        call.drop()
        raise Refused("timeout")
    if isinstance(done[0], str):
        raise Refused(done[0])
    if not 200 <= done[0] < 300:
        raise Refused(f"status {done[0]}")
    return done[0]


class _Call:
    def __init__(
        self, parts: SplitResult, body: bytes, headers: Mapping[str, str], local: bool, seconds: float
    ) -> None:
        self.parts, self.body, self.headers = parts, body, dict(headers)
        self.local, self.seconds = local, seconds
        self.link: socket.socket | None = None

    def answer(self) -> int | str:
        """The status, or why there is none."""
        try:
            return self._ask()
        except ssl.SSLError:
            return "certificate"
        except TimeoutError:
            return "timeout"
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            return type(error).__name__
        except Refused as refused:
            return str(refused)
        finally:
            self.drop()

    def _ask(self) -> int:
        host, secure = self.parts.hostname or "", self.parts.scheme == "https"
        port = self.parts.port or (443 if secure else 80)
        link = self.link = socket.create_connection((self._address(host, port), port), self.seconds)
        if secure:
            link = self.link = ssl.create_default_context().wrap_socket(link, server_hostname=host)
        asking = http.client.HTTPConnection(host, port, timeout=self.seconds)
        asking.sock = link
        path = (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")
        asking.request("POST", path, self.body, self.headers)
        return asking.getresponse().status

    def _address(self, host: str, port: int) -> str:
        found = {str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        for address in found:
            known = ipaddress.ip_address(address)
            if (not known.is_global and not (self.local and known.is_loopback)) or known.is_multicast:
                raise Refused("not a public address")
        return sorted(found)[0]

    def drop(self) -> None:
        if self.link is not None:
            self.link.close()
