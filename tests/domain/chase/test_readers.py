"""Readers: each post hears by its own rungs or hands it up; one human gets one card."""

from collections.abc import Iterable
from datetime import date

import pytest

from junheng.domain.chase.digests import Digest, Told, digests_owed
from junheng.domain.chase.ladder import Audience, LadderKind
from junheng.domain.people.contacts import Contact, Contacts, Role
from junheng.domain.workdays import CalendarYear, WorkCalendar
from junheng.rulebook import Rulebook
from tests.domain.chase.one_card import remediation

# November and December 2025 have no day off but their weekends. Due on Monday 17 November.
CALENDAR = WorkCalendar((CalendarYear.of(2025, holidays=[]),))
CHASED, ESCALATED = date(2025, 11, 18), date(2025, 11, 24)
SUMMONED, ACCOUNTABLE = date(2025, 12, 1), date(2025, 12, 8)
CLERK = Contact(units=("区教育局",), name="乙", chat="#区教育局")
SECTION_HEAD = Contact(units=("区教育局",), name="丙", role=Role.SECTION_HEAD, chat="@丙")
HEAD = Contact(units=("区教育局",), name="丁", role=Role.HEAD, chat="@丁")
OFFICE = Contact(units=("创建办",), name="甲", chat="#创建办")
GROUP = Contact(units=("领导小组",), name="戊", chat="@戊")
EVERYBODY = (CLERK, SECTION_HEAD, HEAD, OFFICE, GROUP)


def owed(
    rulebook: Rulebook, day: date, *people: Contact, told: Iterable[Told] = ()
) -> tuple[Digest, ...]:
    contacts = Contacts(channel="#公共", office="创建办", leading_group="领导小组", contacts=people)
    open_ = remediation(ladder=rulebook.ladder.of(LadderKind.USUAL))
    return digests_owed(
        [open_], contacts=contacts, told=frozenset(told), today=day, calendar=CALENDAR
    )


def told_of(digests: Iterable[Digest]) -> dict[str, tuple[str, Audience]]:
    return {
        digest.recipient: (entry.rung.name, entry.audience)
        for digest in digests
        for entry in digest.entries
    }


class TestPosts:
    def test_a_chase_reaches_the_head_of_the_section(self, rulebook: Rulebook) -> None:
        assert told_of(owed(rulebook, CHASED, *EVERYBODY)) == {
            "区教育局": ("chased", Audience.LEAD),
            "区教育局#section_head": ("chased", Audience.SECTION_HEAD),
        }

    def test_an_escalation_reaches_the_head_of_the_unit_and_the_office(
        self, rulebook: Rulebook
    ) -> None:
        assert told_of(owed(rulebook, ESCALATED, *EVERYBODY)) == {
            "区教育局": ("escalated", Audience.LEAD),
            "区教育局#section_head": ("escalated", Audience.SECTION_HEAD),
            "区教育局#head": ("escalated", Audience.HEAD),
            "创建办": ("escalated", Audience.OFFICE),
        }

    def test_a_summons_reaches_the_leading_group(self, rulebook: Rulebook) -> None:
        found = told_of(owed(rulebook, SUMMONED, *EVERYBODY))

        assert found["领导小组"] == ("summons", Audience.LEADING_GROUP)
        assert found["区教育局#head"] == ("summons", Audience.HEAD)

    def test_accountability_is_not_asked_of_the_clerk(self, rulebook: Rulebook) -> None:
        found = told_of(owed(rulebook, ACCOUNTABLE, *EVERYBODY))

        assert found["区教育局"] == ("summons", Audience.LEAD)
        assert {who: rung for who, (rung, _) in found.items() if rung == "accountability"} == {
            "区教育局#head": "accountability",
            "创建办": "accountability",
            "领导小组": "accountability",
        }

    def test_a_post_that_was_told_is_not_told_again(self, rulebook: Rulebook) -> None:
        told = [("370405-2025-0001", 1, "escalated", "区教育局#head")]

        assert "区教育局#head" not in told_of(owed(rulebook, ESCALATED, *EVERYBODY, told=told))


class TestPassedOn:
    @pytest.mark.parametrize("heads", [(), (HEAD.model_copy(update={"chat": None}),)])
    def test_what_the_head_cannot_be_told_the_contact_hands_up(
        self, rulebook: Rulebook, heads: tuple[Contact, ...]
    ) -> None:
        found = told_of(owed(rulebook, ACCOUNTABLE, CLERK, OFFICE, GROUP, *heads))

        assert found["区教育局"] == ("accountability", Audience.LEAD)
        assert "区教育局#head" not in found

    def test_what_the_leading_group_cannot_be_told_the_office_hands_up(
        self, rulebook: Rulebook
    ) -> None:
        found = told_of(owed(rulebook, ACCOUNTABLE, CLERK, HEAD, OFFICE))

        assert found["创建办"] == ("accountability", Audience.OFFICE)
        assert "领导小组" not in found

    def test_without_a_head_of_the_section_the_others_are_still_told(
        self, rulebook: Rulebook
    ) -> None:
        assert told_of(owed(rulebook, CHASED, CLERK, HEAD, OFFICE, GROUP)) == {
            "区教育局": ("chased", Audience.LEAD)
        }

    def test_what_is_for_a_post_alone_is_never_said_in_the_common_channel(
        self, rulebook: Rulebook
    ) -> None:
        found = owed(rulebook, ACCOUNTABLE, OFFICE)

        (common,) = [digest for digest in found if digest.address == "#公共"]
        assert [entry.rung.name for entry in common.entries] == ["summons"]


class TestOneCardAPerson:
    def test_the_contact_who_heads_the_unit_too_gets_one_card(self, rulebook: Rulebook) -> None:
        both = HEAD.model_copy(update={"name": CLERK.name, "chat": CLERK.chat})

        found = owed(rulebook, ESCALATED, CLERK, both, OFFICE)

        assert told_of(found) == {
            "区教育局": ("escalated", Audience.LEAD),
            "创建办": ("escalated", Audience.OFFICE),
        }
        assert found[0].posts == (CLERK, both)

    def test_the_highest_rung_is_the_one_that_is_told(self, rulebook: Rulebook) -> None:
        both = HEAD.model_copy(update={"name": CLERK.name, "chat": CLERK.chat})

        found = told_of(owed(rulebook, ACCOUNTABLE, CLERK, both, OFFICE))

        assert found["区教育局"] == ("accountability", Audience.HEAD)

    def test_the_first_row_in_force_is_whom_it_is_addressed_to(self, rulebook: Rulebook) -> None:
        gone = Contact.model_validate(
            {"units": ("区体育局",), "name": "乙", "chat": "#区教育局", "until": "2025-11-23"}
        )
        other = Contact(units=("区编办",), name="乙", role=Role.HEAD, chat="#区教育局")

        (before, *_) = owed(rulebook, CHASED, gone, other, CLERK, OFFICE)
        (after, *_) = owed(rulebook, ESCALATED, gone, other, CLERK, OFFICE)

        assert (before.recipient, after.recipient) == ("区体育局", "区编办#head")
        assert after.posts == (other, CLERK)

    @pytest.mark.parametrize("another", [{"name": "己"}, {"chat": "#别处"}])
    def test_another_name_or_address_is_another_person(
        self, rulebook: Rulebook, another: dict[str, str]
    ) -> None:
        same = {"name": CLERK.name, "chat": CLERK.chat}
        head = HEAD.model_copy(update={**same, **another})

        found = told_of(owed(rulebook, ESCALATED, CLERK, head, OFFICE))

        assert {"区教育局", "区教育局#head"} <= set(found)

    def test_without_an_address_nobody_is_taken_for_another(self, rulebook: Rulebook) -> None:
        lead, town = (Contact(units=(unit,), name="乙") for unit in ("区教育局", "创建办"))

        found = told_of(owed(rulebook, ESCALATED, lead, town))

        assert set(found) == {"区教育局", "创建办"}
