"""Long work has one holder at a time, and a holder that stalled writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.people import MONDAY

from qinglian.capabilities.notices.long_work import Lease, Lost, last_write, release, renew, take_lease
from qinglian.capabilities.notices.models import LeaseRow
from qinglian.capabilities.parties.models import Unit

Parallel = Callable[[list[Callable[[], Any]]], list[Any]]
MINUTE = timedelta(minutes=1)


def take(holder: str, minutes: int = 0) -> Lease | None:
    return take_lease("export 7", holder, MONDAY + minutes * MINUTE, MINUTE)


def result(name: str) -> None:
    Unit.objects.create(id=name, path=f"{name}/")


@pytest.mark.django_db
def test_one_holder_at_a_time() -> None:
    first = take("a")
    assert first is not None and first.attempts == 1
    assert take("b") is None
    release(first)
    second = take("b")
    assert second is not None and second.token > first.token and second.attempts == 2


@pytest.mark.django_db
def test_who_renews_keeps_it() -> None:
    lease = take("a")
    assert lease is not None
    lease = renew(lease, MONDAY + MINUTE, MINUTE)
    assert take("b", 1) is None
    assert take("b", 2) is not None
    with pytest.raises(Lost):
        renew(lease, MONDAY + 2 * MINUTE, MINUTE)


@pytest.mark.django_db
def test_the_late_write_of_a_holder_that_stalled_is_refused() -> None:
    stalled = take("a")
    fresh = take("b", 2)
    assert stalled is not None and fresh is not None
    with pytest.raises(Lost), last_write(stalled):
        result("late")
    with last_write(fresh):
        result("right")
    with pytest.raises(Lost), last_write(stalled):
        result("later")
    with pytest.raises(Lost), last_write(fresh):
        result("twice")
    assert list(Unit.objects.values_list("id", flat=True)) == ["right"]
    row = LeaseRow.objects.get()
    assert (row.holder, row.lease_until, row.attempts) == ("", None, 0)


@pytest.mark.django_db
def test_a_result_that_breaks_leaves_the_lease_as_it_was() -> None:
    lease = take("a")
    assert lease is not None
    with pytest.raises(RuntimeError), last_write(lease):
        result("half")
        raise RuntimeError
    assert not Unit.objects.exists()
    with last_write(lease):
        result("whole")
    assert Unit.objects.exists()


def test_of_many_at_once_one_gets_it(committed: None, at_once: Parallel) -> None:
    results = at_once([lambda n=n: take(f"h{n}") for n in range(6)])
    assert not [each for each in results if isinstance(each, Exception)], results
    assert sum(isinstance(each, Lease) for each in results) == 1
