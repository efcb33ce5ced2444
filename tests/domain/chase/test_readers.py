"""Readers: each post is notified by its rungs or substituted; a person gets one card."""

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
    chased = remediation(ladder=rulebook.ladder.of(LadderKind.USUAL))
    return digests_owed(
        [chased], contacts=contacts, told=frozenset(told), today=day, calendar=CALENDAR
    )


def rungs_by_recipient(digests: Iterable[Digest]) -> dict[str, tuple[str, Audience]]:
    return {
        digest.recipient: (entry.rung.name, entry.audience)
        for digest in digests
        for entry in digest.entries
    }


class TestPosts:
    def test_a_chase_notifies_the_section_head(self, rulebook: Rulebook) -> None:
        assert rungs_by_recipient(owed(rulebook, CHASED, *EVERYBODY)) == {
            "区教育局": ("chased", Audience.LEAD),
            "区教育局#section_head": ("chased", Audience.SECTION_HEAD),
        }

    def test_an_escalation_notifies_the_head_and_the_office(self, rulebook: Rulebook) -> None:
        assert rungs_by_recipient(owed(rulebook, ESCALATED, *EVERYBODY)) == {
            "区教育局": ("escalated", Audience.LEAD),
            "区教育局#section_head": ("escalated", Audience.SECTION_HEAD),
            "区教育局#head": ("escalated", Audience.HEAD),
            "创建办": ("escalated", Audience.OFFICE),
        }

    def test_a_summons_notifies_the_leading_group(self, rulebook: Rulebook) -> None:
        found = rungs_by_recipient(owed(rulebook, SUMMONED, *EVERYBODY))

        assert found["领导小组"] == ("summons", Audience.LEADING_GROUP)
        assert found["区教育局#head"] == ("summons", Audience.HEAD)

    def test_accountability_does_not_notify_the_clerk(self, rulebook: Rulebook) -> None:
        found = rungs_by_recipient(owed(rulebook, ACCOUNTABLE, *EVERYBODY))

        assert found["区教育局"] == ("summons", Audience.LEAD)
        assert {
            recipient: rung for recipient, (rung, _) in found.items() if rung == "accountability"
        } == {
            "区教育局#head": "accountability",
            "创建办": "accountability",
            "领导小组": "accountability",
        }

    def test_a_post_is_not_notified_twice(self, rulebook: Rulebook) -> None:
        told = [("370405-2025-0001", 1, "escalated", "区教育局#head")]

        assert "区教育局#head" not in rungs_by_recipient(
            owed(rulebook, ESCALATED, *EVERYBODY, told=told)
        )


class TestHandingUp:
    @pytest.mark.parametrize("heads", [(), (HEAD.model_copy(update={"chat": None}),)])
    def test_the_contact_gets_the_rungs_of_an_unreachable_head(
        self, rulebook: Rulebook, heads: tuple[Contact, ...]
    ) -> None:
        found = rungs_by_recipient(owed(rulebook, ACCOUNTABLE, CLERK, OFFICE, GROUP, *heads))

        assert found["区教育局"] == ("accountability", Audience.LEAD)
        assert "区教育局#head" not in found

    def test_the_office_gets_the_rungs_of_a_missing_leading_group(self, rulebook: Rulebook) -> None:
        found = rungs_by_recipient(owed(rulebook, ACCOUNTABLE, CLERK, HEAD, OFFICE))

        assert found["创建办"] == ("accountability", Audience.OFFICE)
        assert "领导小组" not in found

    def test_without_a_section_head_the_contact_is_still_notified(self, rulebook: Rulebook) -> None:
        assert rungs_by_recipient(owed(rulebook, CHASED, CLERK, HEAD, OFFICE, GROUP)) == {
            "区教育局": ("chased", Audience.LEAD)
        }

    def test_the_rungs_of_a_post_are_never_sent_to_the_common_channel(
        self, rulebook: Rulebook
    ) -> None:
        found = owed(rulebook, ACCOUNTABLE, OFFICE)

        (common,) = [digest for digest in found if digest.address == "#公共"]
        assert [entry.rung.name for entry in common.entries] == ["summons"]


class TestOneCardAPerson:
    def test_a_contact_who_is_also_the_head_gets_one_card(self, rulebook: Rulebook) -> None:
        both = HEAD.model_copy(update={"name": CLERK.name, "chat": CLERK.chat})

        found = owed(rulebook, ESCALATED, CLERK, both, OFFICE)

        assert rungs_by_recipient(found) == {
            "区教育局": ("escalated", Audience.LEAD),
            "创建办": ("escalated", Audience.OFFICE),
        }
        assert found[0].posts == (CLERK, both)

    def test_a_person_with_two_posts_is_notified_of_the_higher_rung(
        self, rulebook: Rulebook
    ) -> None:
        both = HEAD.model_copy(update={"name": CLERK.name, "chat": CLERK.chat})

        found = rungs_by_recipient(owed(rulebook, ACCOUNTABLE, CLERK, both, OFFICE))

        assert found["区教育局"] == ("accountability", Audience.HEAD)

    def test_a_card_is_addressed_to_the_first_post_in_force(self, rulebook: Rulebook) -> None:
        former = Contact.model_validate(
            {"units": ("区体育局",), "name": "乙", "chat": "#区教育局", "until": "2025-11-23"}
        )
        other = Contact(units=("区编办",), name="乙", role=Role.HEAD, chat="#区教育局")

        (before, *_) = owed(rulebook, CHASED, former, other, CLERK, OFFICE)
        (after, *_) = owed(rulebook, ESCALATED, former, other, CLERK, OFFICE)

        assert (before.recipient, after.recipient) == ("区体育局", "区编办#head")
        assert after.posts == (other, CLERK)

    @pytest.mark.parametrize("another", [{"name": "己"}, {"chat": "#别处"}])
    def test_another_name_or_address_is_another_person(
        self, rulebook: Rulebook, another: dict[str, str]
    ) -> None:
        same = {"name": CLERK.name, "chat": CLERK.chat}
        head = HEAD.model_copy(update={**same, **another})

        found = rungs_by_recipient(owed(rulebook, ESCALATED, CLERK, head, OFFICE))

        assert {"区教育局", "区教育局#head"} <= set(found)

    def test_contacts_without_an_address_are_never_the_same_person(
        self, rulebook: Rulebook
    ) -> None:
        lead, town = (Contact(units=(unit,), name="乙") for unit in ("区教育局", "创建办"))

        found = rungs_by_recipient(owed(rulebook, ESCALATED, lead, town))

        assert set(found) == {"区教育局", "创建办"}
