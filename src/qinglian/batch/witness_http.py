"""The witness on the wire: `POST /add-checkpoint`, both sides. Source: C2SP tlog-witness, HTTP Interface."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from qinglian.batch.witness import Answer, Witness
from qinglian.engines.merkle import Request, parse_request
from qinglian.engines.merkle.wire import decimal
from qinglian.faults import Fault
from qinglian.faults import noop as _

LARGEST_BODY = 512 * 1024
PATIENCE = 10.0  # seconds a silent connection is kept

Tell = Callable[[Request | None, Answer], None]


class Handler(BaseHTTPRequestHandler):
    """One connection; the answers are those of C2SP tlog-witness, add-checkpoint."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body leave in two writes
    timeout = PATIENCE
    server: Server

    def do_POST(self) -> None:
        if self.path != "/add-checkpoint":
            return self.refuse(404, Fault(_("nothing is here; post to /add-checkpoint")))
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return self.refuse(411, Fault(_("a request without its length; send Content-Length")))
        if len(length) > 9 or int(length) > LARGEST_BODY:
            return self.refuse(
                413, Fault(_("a request above %(most)s bytes; send fewer signatures"), most=LARGEST_BODY)
            )
        request, answer = self.considered(self.rfile.read(int(length)))
        self.server.tell(request, answer)
        self.reply(answer)

    def considered(self, body: bytes) -> tuple[Request | None, Answer]:
        try:
            request = parse_request(body.decode("utf-8"))
        except UnicodeDecodeError as error:
            return None, _misuse(
                Fault(_("not UTF-8 at byte %(byte)s; save the file as UTF-8"), byte=error.start)
            )
        except Fault as fault:
            return None, _misuse(fault)
        try:
            return request, self.server.witness.answer(request)
        except (Fault, OSError) as error:
            why = error if isinstance(error, Fault) else Fault("%(reason)s", reason=str(error))
            return request, Answer(500, "the witness cannot keep its state\n", why)

    def refuse(self, status: int, fault: Fault) -> None:
        self.close_connection = True
        self.reply(Answer(status, f"{fault}\n", fault))

    def reply(self, answer: Answer) -> None:
        body = answer.body.encode()
        kind = "text/x.tlog.size" if answer.status == 409 else "text/plain; charset=utf-8"
        self.send_response(answer.status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.refuse(404, Fault(_("nothing is here; post to /add-checkpoint")))

    def version_string(self) -> str:
        return "qinglian-witness"

    def log_message(self, format: str, *args: object) -> None:
        """No line for each request, and no address of anybody: `tell` says what matters."""


class Server(ThreadingHTTPServer):
    """A witness listening at (host, port); port 0 takes a free one. `tell` hears of every judgement."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], witness: Witness, tell: Tell) -> None:
        self.witness, self.tell = witness, tell
        super().__init__(address, Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is no news."""


def _misuse(fault: Fault) -> Answer:
    return Answer(400, f"{fault}\n", fault)


def ask(prefix: str, request: Request, patience: float = PATIENCE) -> tuple[int, str]:
    """What a witness at the submission prefix (http or https URL) answers: (status, body).

    200: signature lines for `with_cosignatures`. 409: the size it stands at, see `size_in`. Raises
    Fault if it cannot be reached or answers with what is no text.
    """
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    try:
        parts = urlsplit(prefix)
        line = kinds[parts.scheme](parts.hostname or "", parts.port, timeout=patience)
    except (KeyError, ValueError, http.client.HTTPException):
        raise Fault(_("%(url)r is no address of a witness; write https://host/path"), url=prefix) from None
    try:
        try:
            body = request.text.encode()
            line.request("POST", parts.path.rstrip("/") + "/add-checkpoint", body)
            answer = line.getresponse()
            return answer.status, answer.read(LARGEST_BODY).decode("utf-8")
        finally:
            line.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Fault(
            _("the witness at %(url)s does not answer: %(reason)s; try again later"),
            url=prefix,
            reason=str(error) or type(error).__name__,
        ) from None


def size_in(body: str) -> int:
    """The size a witness stands at, from the body of its 409; Fault if it is none."""
    return decimal(body.removesuffix("\n"))
