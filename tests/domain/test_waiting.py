"""What waits for the office itself."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from junheng.domain.contacts import Contact
from junheng.domain.digests import with_waiting
from junheng.domain.lifecycle import Status
from junheng.domain.waiting import Kind, Waiting, waiting_for_office
from tests.domain.one_remediation import handed_over

TUESDAY, FRIDAY = date(2025, 11, 4), date(2025, 11, 7)
OFFICE = Contact(units=("创建办",), name="办公室")


def kinds(status: Status, **dates: Any) -> list[Kind]:
    one = replace(handed_over(), status=status, **dates)
    found = waiting_for_office([one], told=(), recipient="创建办", today=FRIDAY)
    return [waiting.kind for waiting in found]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.DRAFTED, Kind.SIGNING),
        (Status.SIGNED_OFF, Kind.HANDING_OVER),
        (Status.REPORTED, Kind.REVIEW),
        (Status.REVIEWED, Kind.CLOSING),
    ],
)
def test_a_status_of_the_office_says_what_to_do(status: Status, kind: Kind) -> None:
    assert kinds(status) == [kind]


def test_a_dispute_is_overdue_after_its_day_not_on_it() -> None:
    assert kinds(Status.DISPUTED, arbitrate_by=FRIDAY) == [Kind.ARBITRATION]
    assert kinds(Status.DISPUTED, arbitrate_by=TUESDAY) == [Kind.ARBITRATION_OVERDUE]


def test_a_unit_that_asks_for_time_waits_while_it_works() -> None:
    assert kinds(Status.IN_PROGRESS) == []
    assert kinds(Status.IN_PROGRESS, extension_until=FRIDAY) == [Kind.EXTENSION]


def test_time_asked_for_again_to_another_day_is_news() -> None:
    one = replace(handed_over(), status=Status.IN_PROGRESS, extension_until=FRIDAY)
    told = {(one.reference, one.cycle, f"waiting:extension:{TUESDAY}", "创建办")}

    (waiting,) = waiting_for_office([one], told=told, recipient="创建办", today=TUESDAY)

    assert waiting.is_new


@pytest.mark.parametrize(("is_new", "cards"), [(True, 1), (False, 0)])
def test_only_news_makes_a_card_of_its_own(is_new: bool, cards: int) -> None:
    waiting = (Waiting("370405-2025-0001", 1, Kind.REVIEW, TUESDAY, is_new=is_new),)

    made = with_waiting((), waiting, office=OFFICE, address="#创建办", today=FRIDAY)

    assert len(made) == cards
