"""What is public of questions and answers in the shape of Open311 GeoReport v2, for programs that know it.

A request here is a question whose answer was made public: other cases are nobody's business. There
is no address, no point on a map, and no account; what was withdrawn keeps its id and day, and no words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from qinglian.capabilities.cases.answered import AnswerReading, changed_answers, public_answer
from qinglian.capabilities.interfaces.answering import WRONG, address
from qinglian.capabilities.interfaces.problems import Wrong
from qinglian.faults import noop as _n
from qinglian.zone.current import current

router = Router()
PAGE = 50


class Service(Schema):
    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: str
    group: str


class ServiceRequest(Schema):
    """status: closed while the answer stands; archived once it was replaced or withdrawn."""

    service_request_id: str
    status: str
    status_notes: str
    service_name: str
    service_code: str
    description: str
    agency_responsible: str
    requested_datetime: str | None
    updated_datetime: str | None
    media_url: str


def _say(text: object) -> str:
    return str(text.say(get_language() or "en")) if hasattr(text, "say") else str(text or "")


@router.get(
    "/services.json",
    response={200: list[Service], **WRONG},
    url_name="services",
    operation_id="services",
    summary=_n("Open311: what can be asked for"),
)
def services(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "service_code": matter.id,
            "service_name": _say(matter.title),
            "description": _say(matter.summary),
            "metadata": False,
            "type": "realtime",
            "group": matter.kind,
        }
        for matter in current().matters.values()
    ]


@router.get(
    "/requests.json",
    response={200: list[ServiceRequest], **WRONG},
    url_name="requests",
    operation_id="requests",
    summary=_n("Open311: questions whose answers are public"),
)
def requests(
    request: HttpRequest,
    service_code: str = Query("", max_length=60),  # type: ignore[type-arg]
    status: str = Query("", pattern="^(closed|archived|open|)$"),  # type: ignore[type-arg]
    start_date: str = Query("", max_length=40),  # type: ignore[type-arg]
    end_date: str = Query("", max_length=40),  # type: ignore[type-arg]
    page: int = Query(1, ge=1, le=10_000),  # type: ignore[type-arg]
) -> list[dict[str, Any]]:
    begin, end = _moment("start_date", start_date), _moment("end_date", end_date)
    if status == "open":
        return []  # what is not answered is not public
    stands = {"closed": True, "archived": False}.get(status)
    found = changed_answers(service_code.replace("\x00", ""), stands, begin, end, (page - 1) * PAGE, PAGE)
    return [_request(each) for each in found]


@router.get(
    "/requests/{number}.json",
    response={200: list[ServiceRequest], **WRONG},
    url_name="request",
    operation_id="request",
    summary=_n("Open311: one question whose answer is or was public"),
)
def one(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    found = public_answer(number)
    if found is None:
        raise Wrong(404, "")
    return [_request(found)]


def _moment(name: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise Wrong(422, _("A date is not one."), [(name, _("Write a moment such as 2026-03-02T00:00:00Z."))])
    return found if found.tzinfo else timezone.make_aware(found)


def _request(reading: AnswerReading) -> dict[str, Any]:
    stands = reading.state == "published"
    return {
        "service_request_id": reading.number,
        "status": "closed" if stands else "archived",
        "status_notes": _say(reading.answer),
        "service_name": _say(reading.matter),
        "service_code": reading.matter_id,
        "description": _say(reading.question),
        "agency_responsible": _unit(reading.matter_id),
        "requested_datetime": _text(reading.published),
        "updated_datetime": _text(reading.on),
        "media_url": address(f"/en/answers/{reading.number}/"),
    }


def _unit(matter_id: str) -> str:
    matter = current().matters.get(matter_id)
    return _say(current().units[matter.unit].title) if matter and matter.unit in current().units else ""


def _text(value: datetime | None) -> str | None:
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None
