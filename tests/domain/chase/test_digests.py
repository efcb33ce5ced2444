"""Digests: the recipients and rungs of each day; no recipient is notified twice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.chase.digests import Chased, Digest, Told, digests_owed, rung_reached
from junheng.domain.chase.ladder import Audience, Ladder, LadderKind, Rung
from junheng.domain.ledger.remediation import Part, Remediation
from junheng.domain.people.contacts import Contact, Contacts
from junheng.domain.workdays import SATURDAY, CalendarYear, WorkCalendar
from junheng.rulebook import Rulebook
from tests.domain.chase import one_card

# November 2025 has no day off but its weekends.
MONDAY = date(2025, 11, 3)
CALENDAR = WorkCalendar((CalendarYear.of(2025, holidays=[]),))
OFFICE = Contact(units=("创建办",), name="甲", chat="#创建办")
EDUCATION = Contact(units=("区教育局",), name="乙", chat="#区教育局")
RESOURCES = Contact(units=("区规划分局", "区国土资源分局"), name="丙", chat="#区自然资源局")
CONTACTS = Contacts(channel="#公共", office="创建办", contacts=(OFFICE, EDUCATION, RESOURCES))


def remediation(
    *,
    lead: str = "区教育局",
    supporting: tuple[str, ...] = (),
    opened_on: date = date(2025, 11, 3),
    due_on: date = date(2025, 11, 17),
) -> Remediation:
    parts = tuple(Part(unit, opened_on, due_on) for unit in supporting)
    chased = one_card.remediation(lead=lead, parts=parts, opened_on=opened_on, due_on=due_on)
    return chased.remediation


def rung_on(day: date, rulebook: Rulebook) -> str | None:
    """Return the rung of a remediation opened on Monday 3 and due on Monday 17 November."""
    opened = remediation()
    rung = rung_reached(
        opened,
        due_on=opened.due_on,
        rungs=rulebook.ladder.rungs,
        today=day,
        calendar=CALENDAR,
    )
    return rung.label if rung else None


class TestRungReached:
    def test_no_rung_is_reached_before_the_opening(self, rulebook: Rulebook) -> None:
        assert rung_on(date(2025, 10, 31), rulebook) is None

    def test_the_opening_rung_is_reached_on_the_day_of_opening(self, rulebook: Rulebook) -> None:
        assert rung_on(date(2025, 11, 3), rulebook) == "新交办"

    def test_no_reminder_on_friday_7_november_six_workdays_before(self, rulebook: Rulebook) -> None:
        assert rung_on(date(2025, 11, 7), rulebook) == "新交办"

    def test_reminder_on_monday_10_november_five_workdays_before(self, rulebook: Rulebook) -> None:
        assert rung_on(date(2025, 11, 10), rulebook) == "临期提醒"

    def test_due_today_on_monday_17_november(self, rulebook: Rulebook) -> None:
        assert rung_on(date(2025, 11, 17), rulebook) == "今日到期"

    def test_chased_on_tuesday_18_november_one_workday_after(self, rulebook: Rulebook) -> None:
        assert rung_on(date(2025, 11, 18), rulebook) == "催办"

    def test_escalated_on_monday_24_november_five_workdays_after(self, rulebook: Rulebook) -> None:
        assert rung_on(date(2025, 11, 24), rulebook) == "督办"

    def test_summons_on_monday_1_december_ten_workdays_after(self, rulebook: Rulebook) -> None:
        assert rung_on(date(2025, 12, 1), rulebook) == "约谈"

    def test_a_rung_before_a_long_holiday_is_counted_in_workdays(self) -> None:
        national_day = CalendarYear.of(2025, holidays=[date(2025, 10, day) for day in range(1, 9)])
        reminder = Rung(
            name="reminder", label="临期提醒", workdays_to_due=2, tells=(Audience.LEAD,)
        )
        due_after_it = remediation(opened_on=date(2025, 9, 1), due_on=date(2025, 10, 10))

        reached = rung_reached(
            due_after_it,
            due_on=due_after_it.due_on,
            rungs=[reminder],
            today=date(2025, 9, 30),
            calendar=WorkCalendar((national_day,)),
        )

        assert reached == reminder


def planned(
    *remediations: Remediation,
    ladder: Ladder,
    today: date = date(2025, 11, 3),
    told: tuple[Told, ...] = (),
    contacts: Contacts = CONTACTS,
) -> tuple[Digest, ...]:
    usual = ladder.of(LadderKind.USUAL)
    return digests_owed(
        [Chased(remediation, usual) for remediation in remediations],
        contacts=contacts,
        told=told,
        today=today,
        calendar=CALENDAR,
    )


class TestDigests:
    def test_a_contact_gets_one_digest_for_all_its_remediations(self, rulebook: Rulebook) -> None:
        (digest,) = planned(remediation(), remediation(), ladder=rulebook.ladder)

        assert (digest.recipient, digest.address) == ("区教育局", "#区教育局")
        assert len(digest.entries) == 2

    def test_there_is_no_digest_on_saturday_8_november(self, rulebook: Rulebook) -> None:
        assert planned(remediation(), ladder=rulebook.ladder, today=date(2025, 11, 8)) == ()

    def test_a_rung_is_not_notified_twice(self, rulebook: Rulebook) -> None:
        told = (("370405-2025-0001", 1, "handed_over", "区教育局"),)

        assert planned(remediation(), ladder=rulebook.ladder, told=told) == ()

    def test_the_next_rung_is_notified_after_the_last_one(self, rulebook: Rulebook) -> None:
        told = (("370405-2025-0001", 1, "handed_over", "区教育局"),)

        (digest,) = planned(
            remediation(), ladder=rulebook.ladder, told=told, today=date(2025, 11, 10)
        )

        assert [(entry.rung.name, entry.opening) for entry in digest.entries] == [
            ("reminder", None)
        ]

    def test_a_missed_rung_is_not_notified_later(self, rulebook: Rulebook) -> None:
        (digest,) = planned(remediation(), ladder=rulebook.ladder, today=date(2025, 11, 18))

        assert [entry.rung.name for entry in digest.entries] == ["chased"]

    def test_a_supporting_unit_has_the_audience_supporting(self, rulebook: Rulebook) -> None:
        _, digest = planned(remediation(supporting=("运河街道",)), ladder=rulebook.ladder)

        assert [entry.audience for entry in digest.entries] == [Audience.SUPPORTING]

    def test_a_unit_without_a_contact_is_notified_in_the_common_channel(
        self, rulebook: Rulebook
    ) -> None:
        _, digest = planned(remediation(supporting=("运河街道",)), ladder=rulebook.ladder)

        assert (digest.recipient, digest.address) == ("运河街道", "#公共")

    def test_a_contact_of_lead_and_supporting_unit_gets_one_digest_as_the_lead(
        self, rulebook: Rulebook
    ) -> None:
        both = remediation(lead="区规划分局", supporting=("区国土资源分局",))

        (digest,) = planned(both, ladder=rulebook.ladder)

        assert digest.recipient == "区规划分局、区国土资源分局"
        assert [entry.audience for entry in digest.entries] == [Audience.LEAD]

    def test_a_digest_goes_to_the_contact_in_force_on_that_day(self, rulebook: Rulebook) -> None:
        former = OFFICE.model_copy(update={"units": ("区教育局",), "until": date(2025, 11, 2)})
        current = EDUCATION.model_copy(update={"from_": MONDAY})
        contacts = CONTACTS.model_copy(update={"contacts": (former, current)})

        (digest,) = planned(remediation(), ladder=rulebook.ladder, contacts=contacts)

        assert digest.contact == current

    def test_an_escalation_notifies_only_the_lead_and_the_office(self, rulebook: Rulebook) -> None:
        found = planned(
            remediation(supporting=("运河街道",)),
            ladder=rulebook.ladder,
            told=tuple(
                ("370405-2025-0001", 1, "chased", reader) for reader in ("区教育局", "运河街道")
            ),
            today=date(2025, 11, 24),
        )

        assert [digest.recipient for digest in found] == ["区教育局", "创建办"]

    def test_a_supporting_unit_is_reminded_by_its_own_due_date(self, rulebook: Rulebook) -> None:
        friday = Part("运河街道", MONDAY, date(2025, 11, 14))
        opened = replace(remediation(), parts=(friday,))

        # Five workdays before Friday 14 November; the lead has one more.
        _, digest = planned(opened, ladder=rulebook.ladder, today=date(2025, 11, 7))

        assert [(entry.rung.name, entry.due_on) for entry in digest.entries] == [
            ("reminder", friday.due_on)
        ]

    def test_a_new_cycle_is_notified_again(self, rulebook: Rulebook) -> None:
        told = (("370405-2025-0001", 1, "handed_over", "区教育局"),)
        again = replace(remediation(), cycle=2)

        (digest,) = planned(again, ladder=rulebook.ladder, told=told)

        assert rungs_of(digest) == [("handed_over", "handed_over", Audience.LEAD)]

    @pytest.mark.parametrize(
        ("set_by", "label"), [("send_back", "退回重办"), ("carry_over", "结转"), ("", "新交办")]
    )
    def test_the_label_of_a_new_cycle_names_the_move(
        self, rulebook: Rulebook, set_by: str, label: str
    ) -> None:
        again = replace(remediation(), cycle=2, clock_set_by=set_by)

        (digest,) = planned(again, ladder=rulebook.ladder)

        assert [rung.label for entry in digest.entries for rung in entry.says] == [label]


class TestFirstNotice:
    """Each responsible unit is notified once that a remediation is new, on any day."""

    def test_on_the_day_of_opening_an_item_is_new_although_the_reminder_is_reached(
        self, rulebook: Rulebook
    ) -> None:
        within_a_week = remediation(due_on=date(2025, 11, 10))

        (digest,) = planned(within_a_week, ladder=rulebook.ladder)

        assert rungs_of(digest) == [("reminder", "handed_over", Audience.LEAD)]

    def test_a_reminder_covered_by_the_opening_is_not_sent_the_next_day(
        self, rulebook: Rulebook
    ) -> None:
        within_a_week = remediation(due_on=date(2025, 11, 10))
        told = (("370405-2025-0001", 1, "reminder", "区教育局"),)

        tuesday = date(2025, 11, 4)

        assert planned(within_a_week, ladder=rulebook.ladder, told=told, today=tuesday) == ()

    def test_supporting_units_are_notified_of_an_escalated_remediation(
        self, rulebook: Rulebook
    ) -> None:
        lead, town, office = planned(
            remediation(supporting=("泥沟镇",)), ladder=rulebook.ladder, today=date(2025, 11, 24)
        )

        assert rungs_of(lead) == [("escalated", "handed_over", Audience.LEAD)]
        assert rungs_of(town) == [("chased", "handed_over", Audience.SUPPORTING)]
        assert rungs_of(office) == [("escalated", None, Audience.OFFICE)]

    def test_an_office_that_supports_gets_only_the_higher_rung(self, rulebook: Rulebook) -> None:
        _, office = planned(
            remediation(supporting=("创建办",)), ladder=rulebook.ladder, today=date(2025, 11, 24)
        )

        assert rungs_of(office) == [("escalated", None, Audience.OFFICE)]

    @given(data=st.data())
    def test_every_unit_is_notified_and_of_no_rung_twice(
        self, rulebook: Rulebook, data: st.DataObject
    ) -> None:
        limit = data.draw(st.integers(0, 15))
        opened = remediation(supporting=("泥沟镇",), due_on=MONDAY + timedelta(days=limit))
        days = data.draw(st.sets(st.integers(0, 26), min_size=1))
        told: list[Told] = []
        for day in sorted(days):
            today = MONDAY + timedelta(days=day)
            for digest in planned(opened, ladder=rulebook.ladder, told=tuple(told), today=today):
                (entry,) = digest.entries
                told.append((entry.remediation.reference, 1, entry.rung.name, digest.recipient))

        assert len(told) == len(set(told))
        if any((MONDAY + timedelta(days=day)).weekday() < SATURDAY for day in days):
            assert {"区教育局", "泥沟镇"} <= {recipient for *_, recipient in told}


def rungs_of(digest: Digest) -> list[tuple[str, str | None, Audience]]:
    return [
        (entry.rung.name, entry.opening.name if entry.opening else None, entry.audience)
        for entry in digest.entries
    ]
