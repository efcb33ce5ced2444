"""The matters that wait for the office."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from junheng.domain.chase.digests import with_waiting
from junheng.domain.chase.office_queue import Kind, Waiting, waiting_for_office
from junheng.domain.ledger import sign_offs
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.sign_offs import Signing
from junheng.domain.people.contacts import Contact
from tests.domain.ledger.one_remediation import handed_over

TUESDAY, FRIDAY = date(2025, 11, 4), date(2025, 11, 7)
OFFICE = Contact(units=("创建办",), name="办公室")


def kinds(status: Status, **dates: Any) -> list[Kind]:
    remediation = replace(handed_over(), status=status, **dates)
    found = waiting_for_office(
        [remediation], told=(), recipient="创建办", today=FRIDAY, signings={}
    )
    return [waiting.kind for waiting in found]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.DRAFTED, Kind.UNASKED),
        (Status.SIGNED_OFF, Kind.HANDING_OVER),
        (Status.REPORTED, Kind.REVIEW),
        (Status.REVIEWED, Kind.CLOSING),
    ],
)
def test_each_status_of_the_office_has_its_kind(status: Status, kind: Kind) -> None:
    assert kinds(status) == [kind]


def of_draft(status: sign_offs.Status, *, told_on: date = TUESDAY) -> Waiting:
    draft = replace(handed_over(), status=Status.DRAFTED)
    signings = {(draft.reference, draft.cycle): Signing(status, FRIDAY, told_on)}
    (found,) = waiting_for_office(
        [draft], told=(), recipient="创建办", today=TUESDAY, signings=signings
    )
    return found


def test_a_requested_sign_off_is_due_on_its_date_and_news_on_each_day_of_notice() -> None:
    first = of_draft(sign_offs.Status.ASKED)
    later = of_draft(sign_offs.Status.ASKED, told_on=date(2025, 11, 6))

    assert (first.kind, first.day) == (Kind.SIGNING, FRIDAY)
    assert first.rung == "waiting:signing:2025-11-04"
    assert later.rung == "waiting:signing:2025-11-06"


def test_an_expired_sign_off_is_news_once() -> None:
    expired = of_draft(sign_offs.Status.EXPIRED)

    assert (expired.kind, expired.is_new) == (Kind.SIGNING_EXPIRED, True)
    assert expired.rung == "waiting:signing_expired:2025-11-07"


@pytest.mark.parametrize("status", [sign_offs.Status.DECLINED, sign_offs.Status.APPROVED])
def test_a_draft_that_the_office_held_back_is_no_news(status: sign_offs.Status) -> None:
    held_back = of_draft(status)

    assert (held_back.kind, held_back.is_new) == (Kind.HELD_BACK, False)


def test_a_dispute_is_overdue_after_its_due_date_and_not_on_it() -> None:
    assert kinds(Status.DISPUTED, arbitrate_by=FRIDAY) == [Kind.ARBITRATION]
    assert kinds(Status.DISPUTED, arbitrate_by=TUESDAY) == [Kind.ARBITRATION_OVERDUE]


def test_a_requested_extension_waits_while_the_unit_works() -> None:
    assert kinds(Status.IN_PROGRESS) == []
    assert kinds(Status.IN_PROGRESS, extension_until=FRIDAY) == [Kind.EXTENSION]


def test_an_extension_requested_again_to_another_day_is_news() -> None:
    remediation = replace(handed_over(), status=Status.IN_PROGRESS, extension_until=FRIDAY)
    told = {(remediation.reference, remediation.cycle, f"waiting:extension:{TUESDAY}", "创建办")}

    (waiting,) = waiting_for_office(
        [remediation], told=told, recipient="创建办", today=TUESDAY, signings={}
    )

    assert waiting.is_new


@pytest.mark.parametrize(("is_new", "cards"), [(True, 1), (False, 0)])
def test_only_news_adds_a_digest_for_the_office(is_new: bool, cards: int) -> None:
    waiting = (Waiting("370405-2025-0001", 1, Kind.REVIEW, TUESDAY, is_new=is_new),)

    digests = with_waiting((), waiting, office=OFFICE, address="#创建办", today=FRIDAY)

    assert len(digests) == cards
