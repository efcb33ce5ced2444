"""Open moves of units, and the contact behind a member of the workspace."""

from dataclasses import replace
from datetime import date

import pytest

from junheng.domain.chat import open_actions
from junheng.domain.chat.open_actions import Person
from junheng.domain.ledger.lifecycle import Move, Status
from junheng.domain.ledger.remediation import Part, Remediation
from junheng.domain.people.contacts import Contact, Contacts, Role

DUE, DAY_AFTER = date(2025, 11, 17), date(2025, 11, 18)
LEAD, SUPPORTING, ANOTHER = ("区教育局",), ("区财政局",), ("区编办",)
REMEDIATION = Remediation(
    reference="370405-2025-0001",
    indicator="R1",
    unit="3370405001",
    period="",
    unit_name="运河街道第一小学",
    town="运河街道",
    school_year=2025,
    followed_year=2025,
    lead="区教育局",
    basis="某条",
    items=(),
    status=Status.HANDED_OVER,
    opened_on=date(2025, 11, 3),
    receipt_due_on=date(2025, 11, 5),
    due_on=DUE,
    parts=(Part("区财政局", date(2025, 11, 5), date(2025, 11, 12)),),
)


class TestPartsLeft:
    @pytest.mark.parametrize(
        ("status", "moves"),
        [
            (Status.DRAFTED, set()),
            (Status.HANDED_OVER, {Move.RECEIPT, Move.REPORT, Move.ASK_EXTENSION, Move.DISPUTE}),
            (Status.RECEIPTED, {Move.REPORT, Move.ASK_EXTENSION, Move.DISPUTE}),
            (Status.SENT_BACK, {Move.REPORT, Move.ASK_EXTENSION, Move.DISPUTE}),
            (Status.REPORTED, set()),
            (Status.DISPUTED, set()),
            (Status.CLOSED, set()),
        ],
    )
    def test_moves_of_the_lead_follow_the_state_machine(
        self, status: Status, moves: set[Move]
    ) -> None:
        remediation = replace(REMEDIATION, status=status)

        left = {
            move
            for move in (Move.RECEIPT, Move.REPORT, Move.ASK_EXTENSION, Move.DISPUTE)
            if open_actions.parts_left(remediation, move, units=LEAD, on=DUE)
        }

        assert left == moves

    def test_no_extension_can_be_requested_after_the_due_date(self) -> None:
        assert open_actions.parts_left(REMEDIATION, Move.ASK_EXTENSION, units=LEAD, on=DUE) == ("",)
        assert (
            open_actions.parts_left(REMEDIATION, Move.ASK_EXTENSION, units=LEAD, on=DAY_AFTER) == ()
        )

    def test_supporting_units_can_only_receipt_and_report(self) -> None:
        def left(move: Move) -> tuple[str, ...]:
            return open_actions.parts_left(REMEDIATION, move, units=SUPPORTING, on=DUE)

        assert left(Move.RECEIPT) == left(Move.REPORT) == SUPPORTING
        assert left(Move.ASK_EXTENSION) == left(Move.DISPUTE) == ()

    def test_a_reported_part_has_no_moves(self) -> None:
        done = replace(REMEDIATION.parts[0], receipted_on=DUE, reported_on=DUE)
        remediation = replace(REMEDIATION, parts=(done,))

        assert open_actions.parts_left(remediation, Move.REPORT, units=SUPPORTING, on=DUE) == ()

    def test_an_unconcerned_unit_has_no_moves(self) -> None:
        assert not open_actions.is_concerned(REMEDIATION, ANOTHER)
        assert open_actions.parts_left(REMEDIATION, Move.RECEIPT, units=ANOTHER, on=DUE) == ()

    def test_a_person_of_two_units_can_receipt_both_parts(self) -> None:
        left = open_actions.parts_left(REMEDIATION, Move.RECEIPT, units=LEAD + SUPPORTING, on=DUE)

        assert left == ("", "区财政局")


class TestPersonOf:
    contacts = Contacts(
        channel="#公共",
        office="创建办",
        contacts=(
            Contact(units=("区教育局",), name="甲", slack_user="U0AAAAAA1", until=DUE),
            Contact.model_validate(
                {"units": ("区教育局",), "name": "乙", "chat": "U0BBBBBB1", "from": DAY_AFTER}
            ),
            Contact(units=("区财政局",), name="乙", role=Role.HEAD, slack_user="U0BBBBBB1"),
        ),
    )

    def of(self, user: str, day: date) -> Person | None:
        return open_actions.person_of(user, contacts=self.contacts, day=day)

    def test_a_person_has_every_unit_in_force_that_day(self) -> None:
        assert self.of("U0AAAAAA1", DUE) == Person("甲", ("区教育局",))
        assert self.of("U0BBBBBB1", DUE) == Person("乙", ("区财政局",))
        assert self.of("U0BBBBBB1", DAY_AFTER) == Person("乙", ("区教育局", "区财政局"))

    def test_a_contact_is_unknown_after_the_last_day(self) -> None:
        assert self.of("U0AAAAAA1", DAY_AFTER) is None

    def test_a_channel_is_not_a_person(self) -> None:
        assert self.of("#公共", DUE) is None

    def test_borrowed_contacts_are_unknown(self) -> None:
        assert (
            open_actions.person_of("U0BBBBBB1", contacts=self.contacts.borrowed(), day=DUE) is None
        )

    @pytest.mark.parametrize("user", ["@zhang", "zhang", "C01234567", "u01234567"])
    def test_only_member_ids_identify_people(self, user: str) -> None:
        with pytest.raises(ValueError, match="slack_user"):
            Contact(units=("区教育局",), name="甲", slack_user=user)
