"""How a file leaves: to be kept, not to be opened in the page's place, and with no power if it is."""

from __future__ import annotations

from django.http import FileResponse

from qinglian.capabilities.files.inspection.kinds import TYPES
from qinglian.capabilities.files.queries import Opened

POLICY = "sandbox; default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"


def attachment(opened: Opened) -> FileResponse:
    """Answer with the file. The view has asked the gate before."""
    response = FileResponse(
        opened.path.open("rb"), as_attachment=True, filename=opened.name, content_type=TYPES[opened.kind]
    )
    response.headers["Content-Length"] = str(opened.size)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store, private"
    return response
