"""Letters say that there is news and nothing more; they leave at least once, and what cannot is seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.notices.models import Notice
from qinglian.capabilities.notices.outbox import MOST, TAKEN, WAITS, send_due
from qinglian.faults import Fault
from qinglian.web.mail import mail_settings

Parallel = Callable[[list[Callable[[], Any]]], list[Any]]
SECRET = "茶葉走私"


@pytest.fixture(autouse=True)
def _mail_is_set_up(settings: Any) -> None:
    settings.MAIL_READY = True
    settings.DEFAULT_FROM_EMAIL = "news@qinglian.example"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", "/zh-hans/cases/track/"),
        ("zh-hant", "/zh-hant/cases/track/"),
        ("en", "There is news on case"),
    ],
)
def test_a_letter_is_in_the_reader_s_language_and_tells_nothing(
    units: None, language: str, words: str
) -> None:
    case = people.he_asks(title=SECRET, detail=SECRET)
    Notice.objects.filter(subject=case.number).update(language=language)
    assert send_due(MONDAY) == 1 and send_due(MONDAY) == 0
    (letter,) = mail.outbox
    assert letter.to == ["he@example.com"] and case.number in letter.subject
    assert words in letter.body and case.number in letter.body
    text = letter.message().as_string() + letter.body
    for hidden in (SECRET, people.HE["name"], case.code):
        assert hidden not in text


@pytest.mark.django_db
def test_units_and_people_get_no_letter(units: None) -> None:
    people.chen_asks()
    assert send_due(MONDAY) == 0 and Notice.objects.get().sent_at is None


@pytest.mark.django_db
def test_sent_again_it_is_the_same_letter(units: None) -> None:
    people.he_asks()
    notice = Notice.objects.exclude(email="")
    send_due(MONDAY)
    notice.update(sent_at=None)  # as if the worker had died before it marked it
    send_due(MONDAY + timedelta(hours=3))
    first, second = (letter.message() for letter in mail.outbox)
    assert first["Message-ID"] == second["Message-ID"] and first["Message-ID"].endswith("@qinglian.example>")
    assert parsedate_to_datetime(first["Date"]) == parsedate_to_datetime(second["Date"]) == MONDAY
    people.he_asks(secret="another")
    send_due(MONDAY)
    assert mail.outbox[2].message()["Message-ID"] != first["Message-ID"]


def _fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[int]:
    tried: list[int] = []

    def send(self: EmailMessage, *_given: Any, **_named: Any) -> int:
        tried.append(1)
        raise error

    monkeypatch.setattr(EmailMessage, "send", send)
    return tried


REFUSED = SMTPRecipientsRefused({"he@example.com": (550, b"no such user he@example.com")})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (REFUSED, "SMTPRecipientsRefused 550"),
        (SMTPServerDisconnected("gone"), "SMTPServerDisconnected"),
        (ConnectionRefusedError(), "ConnectionRefusedError"),
    ],
)
def test_a_letter_that_fails_is_tried_later_and_later_then_it_is_stuck(
    units: None, monkeypatch: pytest.MonkeyPatch, error: Exception, kept: str
) -> None:
    people.he_asks()
    tried = _fails(monkeypatch, error)
    now = MONDAY
    for wait in (*WAITS, None):
        assert send_due(now) == 1 and send_due(now) == 0
        row = Notice.objects.exclude(email="").get()
        assert (row.last_error, row.stuck) == (kept, wait is None)
        assert row.next_try == (now + wait if wait else None)
        now += wait or timedelta(days=30)
    assert send_due(now) == 0 and len(tried) == MOST
    monkeypatch.undo()
    assert not mail.outbox


@pytest.mark.django_db
def test_one_bad_letter_holds_up_no_other(units: None, monkeypatch: pytest.MonkeyPatch) -> None:
    people.he_asks(email="bad@example.com", secret="bad")
    people.he_asks(email="good@example.com", secret="good")
    real = EmailMessage.send

    def send(self: EmailMessage, *given: Any, **named: Any) -> int:
        if self.to == ["bad@example.com"]:
            raise REFUSED
        return int(real(self, *given, **named))

    monkeypatch.setattr(EmailMessage, "send", send)
    assert send_due(MONDAY) == 2
    assert [letter.to for letter in mail.outbox] == [["good@example.com"]]


@pytest.mark.django_db
def test_a_letter_taken_by_a_dead_worker_is_sent_by_the_next(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.he_asks()

    class Killed(BaseException):
        pass

    def dies(_point: str) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr("qinglian.capabilities.notices.outbox.may_die", dies)
        with pytest.raises(Killed):
            send_due(MONDAY)
    assert send_due(MONDAY) == 0, "it may still be on its way"
    assert send_due(MONDAY + TAKEN) == 1
    assert len({letter.message()["Message-ID"] for letter in mail.outbox}) == 1 and len(mail.outbox) == 2
    assert Notice.objects.exclude(email="").get().sent_at == MONDAY + TAKEN


def test_two_workers_send_each_letter_once(committed: None, at_once: Parallel) -> None:
    for n in range(10):
        people.he_asks(secret=f"n{n}", email=f"n{n}@example.com")
    results = at_once([lambda: send_due(MONDAY, 10)] * 2)
    assert all(isinstance(each, int) for each in results), results
    assert sorted(letter.to[0] for letter in mail.outbox) == [f"n{n}@example.com" for n in range(10)]


@pytest.mark.django_db
def test_without_a_mail_server_letters_wait(units: None, settings: Any) -> None:
    settings.MAIL_READY = False
    people.he_asks()
    assert send_due(MONDAY) == 0 and Notice.objects.exclude(email="").get().attempts == 0


def test_the_mail_setting_is_read_or_refused(tmp_path: Any) -> None:
    demo = mail_settings("", tmp_path, True)
    assert demo["EMAIL_FILE_PATH"] == str(tmp_path / "mail") and demo["MAIL_READY"]
    assert not mail_settings("", tmp_path, False)["MAIL_READY"]
    given = mail_settings("smtp+tls://u%40x:p@mail.example:2525/?from=a@b.example", tmp_path, False)
    assert (given["EMAIL_HOST"], given["EMAIL_PORT"], given["EMAIL_HOST_USER"]) == (
        "mail.example",
        2525,
        "u@x",
    )
    assert given["EMAIL_USE_TLS"] and not given["EMAIL_USE_SSL"]
    assert mail_settings("smtp+ssl://mail.example/?from=a@b.example", tmp_path, False)["EMAIL_PORT"] == 465
    for wrong in ("mail.example", "smtp://mail.example", "http://x/?from=a@b", "smtp://h:99999/?from=a@b"):
        with pytest.raises(Fault, match="QINGLIAN_MAIL"):
            mail_settings(wrong, tmp_path, True)
