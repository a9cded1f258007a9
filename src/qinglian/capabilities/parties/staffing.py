"""Posts and the accounts behind them: given, ended, and set back when every way of signing in is lost."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet

from qinglian.capabilities.parties.entries import log_account_set_back, log_appointed, log_post_ended
from qinglian.capabilities.parties.models import Person, Post, Unit
from qinglian.capabilities.parties.naming import read_name
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.current import current

ACCOUNT = re.compile(r"[a-z][a-z0-9.-]{1,39}")
LONGEST_NAME = 80
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read for another


@dataclass(frozen=True)
class Given:
    """Who holds the post now; password: of a new account, told once."""

    person: int
    password: str | None


@transaction.atomic
def give_post(
    username: str, name: str, unit: str, role: str, since: date, until: date | None, now: datetime
) -> Given:
    zone = current()
    if not Unit.objects.filter(pk=unit, retired=False).exists():
        raise Fault(
            _("no unit %(found)s; the units are %(known)s"), found=unit, known=", ".join(sorted(zone.units))
        )
    known = sorted(set(zone.roles) - {"applicant"})
    if role not in known:
        raise Fault(
            _("no role %(found)s of the staff; the roles are %(known)s"), found=role, known=", ".join(known)
        )
    if until is not None and until < since:
        raise Fault(_("a post ends after it began; write a later last day"))
    person, password = _person(username, name)
    held = _posts(person.pk, unit, role).filter(Q(until=None) | Q(until__gte=since)).first()
    if held is not None and (until is None or held.since <= until):
        raise Fault(_("%(account)s holds this post since %(since)s; end it first"),
                    account=username, since=held.since.isoformat())  # fmt: skip
    Post.objects.create(person=person, unit_id=unit, role=role, since=since, until=until)
    log_appointed(person.pk, unit, role, since, now)
    if until is not None:
        log_post_ended(person.pk, unit, role, (since, until), now)
    return Given(person.pk, password)


@transaction.atomic
def end_post(username: str, unit: str, role: str, until: date, now: datetime) -> None:
    """The last day of the post that stands."""
    person = _staff(username)
    post = _posts(person.pk, unit, role).order_by("-since").first()
    if post is None:
        raise Fault(_("%(account)s holds no post %(role)s in %(unit)s; see `qinglian site staff list`"),
                    account=username, role=role, unit=unit)  # fmt: skip
    yesterday = now.date() - timedelta(days=1)
    if until < yesterday or until < post.since:
        raise Fault(
            _("a post does not end before yesterday, nor before it began; write %(day)s or later"),
            day=max(yesterday, post.since).isoformat(),
        )
    if post.until is not None and post.until < until:
        raise Fault(_("this post ends on %(day)s already; give a new one"), day=post.until.isoformat())
    post.until = until
    post.save(update_fields=["until"])
    log_post_ended(person.pk, unit, role, (post.since, until), now)


@transaction.atomic
def set_back(username: str, now: datetime) -> str:
    """Take every second factor and session away; the new password, told once. Posts stay as they are."""
    person = _staff(username)
    user = person.user
    assert user is not None
    Authenticator.objects.filter(user=user).delete()
    password = _new_password(user)
    end_sessions(user)
    Person.objects.filter(pk=person.pk).update(password_given=True)
    log_account_set_back(person.pk, now)
    return password


def end_sessions(user: AbstractBaseUser) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


def _person(username: str, name: str) -> tuple[Person, str | None]:
    """The member of staff of that account, made if there is none."""
    if not ACCOUNT.fullmatch(username):
        raise Fault(
            _("%(found)s cannot name an account; write 2 to 40 of a–z, 0–9, dot and hyphen, a letter first"),
            found=username,
        )
    user = get_user_model().objects.filter(username=username).first()
    if user is not None:
        return _staff(username), None
    name = read_name(name or "")
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Fault(
            _("a new account needs its person’s name, at most %(most)d characters; give it with --name"),
            most=LONGEST_NAME,
        )
    user = get_user_model()(username=username)
    password = _new_password(user)
    return Person.objects.create(user=user, name=name, password_given=True), password


def _staff(username: str) -> Person:
    person = Person.objects.select_related("user").filter(user__username=username).first()
    if person is None:
        raise Fault(_("no member of staff has the account %(account)s"), account=username)
    return person


def _posts(person: int, unit: str, role: str) -> QuerySet[Post]:
    return Post.objects.select_for_update().filter(person=person, unit=unit, role=role)


def _new_password(user: AbstractBaseUser) -> str:
    password = "-".join("".join(secrets.choice(_SIGNS) for _n in range(4)) for _group in range(4))
    user.set_password(password)
    user.save()
    return password
