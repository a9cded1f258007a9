"""Who may speak for an enterprise: recorded with a proof, told, ended at once, erased in time."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.translation import get_language, override
from tests import people
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.access.actions import hold
from qinglian.capabilities.files.queries import held_by
from qinglian.capabilities.interests.actions import declare_tie
from qinglian.capabilities.interests.models import ConflictCheck
from qinglian.capabilities.ledger.queries import logged
from qinglian.capabilities.notices.letters import letter
from qinglian.capabilities.notices.models import Notice
from qinglian.capabilities.parties import queries
from qinglian.capabilities.parties.actions import state_enterprise
from qinglian.capabilities.parties.comparing import differences
from qinglian.capabilities.parties.models import Representative
from qinglian.capabilities.parties.retaining import erase_due
from qinglian.cli.main import main
from qinglian.zone.current import current

Browser = Callable[[str], Client]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001"
    "f61738550000000049454e44ae426082"
)
SHA = "ab" * 32


@pytest.fixture
def firm(units: None) -> int:
    return state_enterprise("CN", "", "青禾贸易（示例）", timezone.now(), where=(people.UNIT, "internal"))


@pytest.fixture
def accounts(db: None) -> dict[str, Any]:
    """Accounts of whoever asks, each with an address that was verified."""
    from allauth.account.models import EmailAddress

    found = {}
    for name in ("chen", "he"):
        user = get_user_model().objects.create_user(f"a-{name}", f"{name}@example.com", people.PASSWORD)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        found[name] = user
    return found


def said(**changed: object) -> dict[str, object]:
    return {
        "account": "a-chen", "sealed": "", "proof": "notarised", "number": "公证 2026-7",
        "reference": "档案室 3-1", "sha256": SHA, "basis": "示例条例第八条",
        "since": timezone.localdate().isoformat(), "until": "",
    } | changed  # fmt: skip


def confirmed(client: Client, at: float | None = None) -> Client:
    session = client.session
    at = time.time() if at is None else at
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": at}]
    session.save()
    return client


def where(firm: int, *rest: object) -> str:
    return "/".join(["", "en", "desk", "enterprises", str(firm), "representatives", *map(str, rest), ""])


def today() -> date:
    return timezone.localdate()


def test_recorded_with_a_code_told_to_those_concerned_and_in_the_log(
    signed_in: Browser, firm: int, accounts: dict[str, Any]
) -> None:
    people.may_speak(firm, people.zhao(), user=accounts["he"].pk)
    Notice.objects.all().delete()
    li, form = confirmed(signed_in("li"), at=0), where(firm, "record")
    assert "asked for a code first" in Page(li.get(form)).text
    assert "/account/confirm/" in li.post(form, said()).headers["Location"]
    assert Representative.objects.count() == 1, "nothing is recorded before the code"
    answer = confirmed(li).post(form, said())
    assert answer.status_code == 302, Page(answer).text
    row = Representative.objects.latest("id")
    check = ConflictCheck.objects.get(pk=row.recorded_check_id)
    assert (check.outcome, check.enterprises, check.person_id) == ("clear", [firm], people.li().person_id)
    assert queries.represented(accounts["chen"].pk, today()) == [firm]
    told = {row.email: row for row in Notice.objects.all()}
    assert {mail: row.kind for mail, row in told.items()} == {
        "chen@example.com": "speaks:named", "he@example.com": "speaks:named-other",
    }  # fmt: skip
    text = letter(told["chen@example.com"])
    assert "/cases/mine/" in text.body and "青禾" not in text.body + text.subject, (
        "a letter says not for which"
    )
    entry = list(logged("parties.representative_named"))[-1].told
    assert entry["document"] == SHA and entry["representative"] == row.pk
    assert "a-chen" not in str(entry) and list(differences()) == []
    shown = re.sub(r"\s+", " ", Page(li.get(f"/en/desk/enterprises/{firm}/")).text)
    assert "may speak now" in shown and "档案室 3-1" in shown and "a-chen" not in shown


def test_a_file_is_kept_with_the_record_and_sent_back_to_whoever_may(
    signed_in: Browser, firm: int, accounts: dict[str, Any]
) -> None:
    li, form = confirmed(signed_in("li")), where(firm, "record")
    paper = lambda: SimpleUploadedFile("委托书.png", PNG, "image/png")  # noqa: E731
    both = li.post(form, said(file=paper()))
    assert both.status_code == 422 and "give the file or say where" in Page(both).text
    assert not Representative.objects.exists()
    liar = SimpleUploadedFile("x.pdf", b"MZ not a pdf", "application/pdf")
    assert li.post(form, said(file=liar, reference="", sha256="")).status_code == 422
    assert li.post(form, said(file=paper(), reference="", sha256="")).status_code == 302
    row = Representative.objects.get()
    kept = li.get(where(firm, row.pk, "proof"))
    content = b"".join(kept.streaming_content)
    assert hashlib.sha256(content).hexdigest() == row.document and "attachment" in kept["Content-Disposition"]
    assert signed_in("wang").get(where(firm, row.pk, "proof")).status_code == 403, (
        "a supervisor does not read it"
    )
    assert signed_in("qian").get(where(firm, row.pk, "proof")).status_code == 404, "nor another unit"
    assert not held_by("proof "), "nothing waits under a name of its own"


def test_whoever_was_ended_at_once_opens_nothing_from_that_moment(
    signed_in: Browser, firm: int, accounts: dict[str, Any]
) -> None:
    pk = people.may_speak(firm, people.zhao(), user=accounts["chen"].pk)
    chen = Client()
    chen.force_login(accounts["chen"])
    assert "青禾贸易" in Page(chen.get("/en/cases/mine/")).text
    li = confirmed(signed_in("li"))
    ends = where(firm, pk, "end")
    assert li.post(ends, {"when": "day", "until": ""}).status_code == 422
    wrong = li.post(ends, {"when": "day", "until": "2026-01-05"})
    assert wrong.status_code == 422 and "end it at once instead" in Page(wrong).text
    assert li.post(ends, {"when": "now"}).status_code == 302
    assert "青禾贸易" not in Page(chen.get("/en/cases/mine/")).text, "the same browser, the same day"
    chen.post("/en/cases/new/consultation/begin/", {"enterprise": str(firm)})
    assert "青禾贸易" not in chen.get("/en/cases/new/consultation/who/").content.decode()
    row = Representative.objects.get()
    assert (row.until, row.ended_by_id) == (today(), people.li().person_id) and row.ended_check_id is not None
    entry = list(logged("parties.representation_ended"))[-1].told
    assert entry["at_once"] is True and list(differences()) == []
    assert Notice.objects.get(kind="speaks:ended").email == "chen@example.com"
    assert li.get(ends).status_code == 404
    Representative.objects.filter(pk=pk).update(cut_at=None)
    assert len(list(differences())) == 1, "opened again behind the log"


def test_who_may_not_record(signed_in: Browser, firm: int, accounts: dict[str, Any]) -> None:
    form = where(firm, "record")
    assert confirmed(signed_in("wang")).post(form, said()).status_code == 403
    assert "Record who may" not in Page(signed_in("wang").get(f"/en/desk/enterprises/{firm}/")).text
    assert confirmed(signed_in("qian")).post(form, said()).status_code == 404
    li = confirmed(signed_in("li"))
    own = li.post(form, said(account="li"))
    assert own.status_code == 422 and "nobody records themselves" in Page(own).text
    assert "no account has the name" in Page(li.post(form, said(account="chen@example.com"))).text
    declare_tie(people.li().person_id or 0, "shareholder", timezone.now(), enterprise=firm)
    tied = li.post(form, said())
    assert tied.status_code == 422 and "Ask a colleague" in Page(tied).text
    assert not Representative.objects.exists()
    assert ConflictCheck.objects.filter(outcome="conflict").count() == 1, "the refusal stays"


def test_the_command_records_lists_and_ends(
    firm: int, accounts: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people.li()
    paper = tmp_path / "licence.png"
    paper.write_bytes(PNG)
    record = [
        "site", "representatives", "record", str(firm), "--account", "a-chen", "--proof", "licence",
        "--number", "A 1", "--file", str(paper), "--basis", "示例条例第八条",
    ]  # fmt: skip
    assert main([*record, "--by", "chen"]) == 1
    assert "holds no post today" in capsys.readouterr().err
    assert main([*record, "--by", "li"]) == 0
    row = Representative.objects.get()
    assert held_by(f"representative:{row.pk}")[0].sha == row.document
    assert main(["site", "representatives", "end", str(row.pk), "--by", "li"]) == 0
    assert queries.represented(accounts["chen"].pk, today()) == []
    capsys.readouterr()
    assert main(["site", "representatives", "list", str(firm)]) == 0
    assert capsys.readouterr().out.rstrip().endswith("ended")
    assert main(["site", "representatives", "end", str(row.pk), "--by", "li"]) == 1
    assert "has ended already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "tie"),
    [("en", "shareholder or owner"), ("zh-Hans", "股东或出资人"), ("zh-Hant", "股東或出資人")],
)
def test_the_command_names_a_tie_in_the_language_that_was_asked_for(
    firm: int, accounts: dict[str, Any], capsys: pytest.CaptureFixture[str], asked: str, tie: str
) -> None:
    declare_tie(people.li().person_id or 0, "shareholder", timezone.now(), enterprise=firm)
    record = [
        "--lang", asked, "site", "representatives", "record", str(firm), "--account", "a-chen", "--proof",
        "licence", "--number", "A 1", "--reference", "R", "--sha256", SHA, "--basis", "B", "--by", "li",
    ]  # fmt: skip
    for running in ("en", "zh-hans"):  # whatever language the platform itself is in
        with override(running):
            assert main(record) == 1
            assert tie in capsys.readouterr().err and get_language() == running


def test_the_proof_is_erased_when_its_time_is_over_unless_it_is_held(
    signed_in: Browser, firm: int, accounts: dict[str, Any]
) -> None:
    li, form = confirmed(signed_in("li")), where(firm, "record")
    for name in ("a-chen", "a-he"):
        paper = SimpleUploadedFile("p.png", PNG, "image/png")
        answer = li.post(
            form, said(account=name, file=paper, reference="", sha256="", until=today().isoformat())
        )
        assert answer.status_code == 302
    kept, gone = Representative.objects.order_by("id")
    Notice.objects.update(sent_at=timezone.now())
    later = timezone.now() + timedelta(days=current().retention["representation"] + 2)
    hold(
        "representation",
        str(kept.pk),
        "a court asks",
        people.zhao().person_id or 0,
        later,
        later + timedelta(9),
        basis="第四十七条",
    )
    assert erase_due(later - timedelta(days=5)) == 0
    assert erase_due(later) == 1
    assert held_by(f"representative:{kept.pk}") and not held_by(f"representative:{gone.pk}")
    assert set(Notice.objects.values_list("subject", flat=True)) == {f"speaks {kept.pk}"}
    assert list(differences()) == [], "the row itself stays"


def test_the_pages_stand_in_three_languages(
    signed_in: Browser, firm: int, accounts: dict[str, Any], language: str
) -> None:
    pk = people.may_speak(firm, people.zhao(), user=accounts["chen"].pk)
    li = confirmed(signed_in("li"))
    for page in (where(firm, "record"), where(firm, pk, "end"), f"/en/desk/enterprises/{firm}/"):
        holds_everywhere(li.get(page.replace("/en/", f"/{language}/", 1)), language)
    wrong = li.post(where(firm, "record").replace("/en/", f"/{language}/", 1), {})
    assert wrong.status_code == 422
    holds_everywhere(wrong, language)
