"""What is kept from being erased: placed, lifted, logged, on the desk and by the command."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests import people
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.access.models import Hold
from qinglian.capabilities.cases.actions import APPLICANT
from qinglian.capabilities.cases.holds import differences
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.retention import erase_due
from qinglian.capabilities.ledger.queries import logged
from qinglian.cli.main import main
from qinglian.zone.current import current

Browser = Callable[[str], Client]
SAID = {"reason": "法院调卷（示例）", "basis": "个人信息保护法 第四十七条"}


def fresh(client: Client, at: float | None = None) -> Client:
    session = client.session
    at = time.time() if at is None else at
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": at}]
    session.save()
    return client


@pytest.fixture
def case(units: None) -> Case:
    """Lodged and closed today; its time is over later."""
    now = timezone.now() - timedelta(hours=9)
    lodged = people.chen_asks(now)
    for n, (action, who) in enumerate(
        [("accept", people.li()), ("answer", people.li()), ("close", APPLICANT)]
    ):
        people.act(lodged.case_id, action, who, now + timedelta(hours=n + 1))
    return Case.objects.get(pk=lodged.case_id)


def over(day: int = 1) -> object:
    return timezone.now() + timedelta(days=current().retention["case-content"] + day)


def last_day() -> str:
    return (timezone.localdate() + timedelta(days=current().retention["case-content"] + 30)).isoformat()


def told(client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", Page(client.get(f"/en/desk/{path}")).text)


def test_a_head_places_a_hold_and_what_is_held_outlives_its_time(signed_in: Browser, case: Case) -> None:
    zhao = fresh(signed_in("zhao"), at=0)
    assert "Keep it from being erased" in told(zhao, f"{case.number}/")
    assert case.number in zhao.get(f"/en/desk/holds/?number={case.number}").content.decode()
    sent = SAID | {"number": case.number.lower(), "until": last_day()}
    assert "/account/confirm/" in zhao.post("/en/desk/holds/", sent).headers["Location"]
    assert not Hold.objects.exists(), "nothing is kept before the code"
    fresh(zhao)
    for missing in ("reason", "basis", "until"):
        assert zhao.post("/en/desk/holds/", sent | {missing: ""}).status_code == 422, missing
    assert zhao.post("/en/desk/holds/", sent).status_code == 302
    assert erase_due(over()) == 0  # type: ignore[arg-type]
    case.refresh_from_db()
    assert case.erased_at is None and case.title
    page = told(zhao, "holds/")
    assert "法院调卷" in page and "第四十七条" in page and "赵（示例）" in page
    entry = list(logged("cases.hold_placed"))[-1].told
    assert entry["object"] == str(case.pk) and "法院" not in str(entry) and list(differences()) == []
    hold = Hold.objects.get()
    assert zhao.post(f"/en/desk/holds/{hold.pk}/lift/", {"reason": " "}).status_code == 422
    assert zhao.post(f"/en/desk/holds/{hold.pk}/lift/", {"reason": "已结案"}).status_code == 302
    assert "lifted by 赵（示例）" in told(zhao, "holds/") and list(differences()) == []
    assert zhao.get(f"/en/desk/holds/{hold.pk}/lift/").status_code == 404
    assert erase_due(over()) > 0  # type: ignore[arg-type]
    case.refresh_from_db()
    assert case.erased_at is not None and case.title == ""
    Hold.objects.update(lifted_at=None, lifted_by=None)
    assert len(list(differences())) == 1, "put back behind the log"


def test_who_may_not_hold(signed_in: Browser, case: Case) -> None:
    sent = SAID | {"number": case.number, "until": last_day()}
    for name in ("li", "wang", "qian"):
        client = fresh(signed_in(name))
        assert client.post("/en/desk/holds/", sent).status_code == 403, name
    assert "Keep it from being erased" not in told(signed_in("li"), f"{case.number}/")
    Case.objects.update(unit_holding=people.OTHER_UNIT)
    answer = fresh(signed_in("zhao")).post("/en/desk/holds/", sent)
    assert answer.status_code == 422 and "No case that you may read" in Page(answer).text
    assert not Hold.objects.exists()


def test_the_command_places_lists_and_lifts(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    people.zhao()
    place = ["site", "holds", "place", "case", "--until", last_day(), "--by", "zhao", "--reason", "调卷"]
    assert main([*place, "--basis", "第四十七条", "ZX-2026-000009-9"]) == 1
    assert "no case has the number" in capsys.readouterr().err
    assert main([*place, "--basis", "第四十七条", case.number]) == 0
    capsys.readouterr()
    assert main(["site", "holds", "list"]) == 0
    line = capsys.readouterr().out
    assert case.number in line and "kept" in line and "第四十七条" in line
    hold = str(Hold.objects.get().pk)
    lift = ["site", "holds", "lift", hold, "--reason", "已还", "--by", "zhao"]
    assert main(lift) == 0 and main(lift) == 1
    assert "no such hold is in force" in capsys.readouterr().err
    assert erase_due(over()) > 0  # type: ignore[arg-type]
    assert main([*place, "--basis", "第四十七条", case.number]) == 1
    assert "nothing is left to be kept" in capsys.readouterr().err


def test_the_pages_stand_in_three_languages(signed_in: Browser, case: Case, language: str) -> None:
    zhao = fresh(signed_in("zhao"))
    zhao.post("/en/desk/holds/", SAID | {"number": case.number, "until": last_day()})
    for path in ("holds/", f"holds/{Hold.objects.get().pk}/lift/", f"{case.number}/"):
        holds_everywhere(zhao.get(f"/{language}/desk/{path}"), language)
    holds_everywhere(zhao.post(f"/{language}/desk/holds/", {}), language)
