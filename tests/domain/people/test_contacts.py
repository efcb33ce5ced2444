"""Contacts with dates: the recipient for a unit on a day, and missing contacts."""

from datetime import date
from typing import Any

import pytest

from junheng.domain.people.contacts import Contact, Contacts, Role, contact_gaps
from junheng.domain.people.routes import Channel, Route
from tests.config_refusals import refused

# The reform came into force on Friday 1 March 2019.
THURSDAY, FRIDAY = date(2019, 2, 28), date(2019, 3, 1)
OLD = Contact.model_validate({"units": ("甲局",), "name": "张三", "until": "2019-02-28"})
NEW = Contact.model_validate(
    {"units": ("甲局", "乙局"), "name": "李四", "chat": "#甲", "from": "2019-03-01"}
)
SUBSTITUTE = Contact(units=("甲局",), name="王五", role=Role.SUBSTITUTE)
HEAD = Contact(units=("甲局", "乙局"), name="赵六", role=Role.HEAD)

REACHED = Contact(
    units=("甲局",),
    name="李四",
    reach=(Route(Channel.SLACK, "U0123"), Route(Channel.EMAIL, "li@example.gov")),
)


def contacts(*people: Contact, named_only: bool = True) -> Contacts:
    return Contacts(channel="#公共", office="创建办", named_only=named_only, contacts=people)


class TestOf:
    def test_contacts_are_valid_from_their_first_to_their_last_day(self) -> None:
        people = contacts(OLD, NEW)

        assert [people.of("甲局", day) for day in (THURSDAY, FRIDAY)] == [OLD, NEW]

    def test_a_substitute_receives_cards_if_there_is_no_contact(self) -> None:
        people = contacts(OLD, SUBSTITUTE)

        assert [people.of("甲局", day) for day in (THURSDAY, FRIDAY)] == [OLD, SUBSTITUTE]

    def test_only_contact_or_substitute_receive_a_units_cards(self) -> None:
        fallback = contacts(HEAD).of("甲局", FRIDAY)

        assert (fallback.recipient, fallback.chat) == ("甲局", None)

    def test_a_merged_office_has_its_head_for_each_unit(self) -> None:
        people = contacts(OLD, NEW, HEAD)

        assert [people.heads(unit, FRIDAY) for unit in ("甲局", "乙局", "丙局")] == [
            (HEAD,),
            (HEAD,),
            (),
        ]


class TestRecipient:
    def test_contact_and_substitute_have_the_unit_as_recipient(self) -> None:
        assert (OLD.recipient, SUBSTITUTE.recipient) == ("甲局", "甲局")

    def test_a_head_has_another_recipient_than_the_contact(self) -> None:
        assert HEAD.recipient == "甲局、乙局#head"

    def test_a_units_name_must_not_contain_the_post_mark(self) -> None:
        with refused("单位名称里不能有 #"):
            Contact(units=("甲局#head",), name="张三")


class TestDates:
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ({}, {}),
            ({}, {"from": "2019-03-01"}),
            ({"until": "2019-03-01"}, {"from": "2019-03-01"}),
            ({"from": "2019-01-01", "until": "2019-12-31"}, {"from": "2019-03-01"}),
        ],
    )
    def test_overlapping_people_in_one_role_are_refused(
        self, first: dict[str, Any], second: dict[str, Any]
    ) -> None:
        people = [
            Contact.model_validate({"units": ("甲局",), "name": "张三", **first}),
            Contact.model_validate({"units": ("乙局", "甲局"), "name": "李四", **second}),
        ]

        with refused("甲局同时有两个 contact：张三、李四"):
            contacts(*people)

    def test_a_contact_and_a_substitute_may_overlap(self) -> None:
        assert contacts(OLD, NEW, SUBSTITUTE, HEAD).contacts == (OLD, NEW, SUBSTITUTE, HEAD)

    def test_until_must_not_be_before_from(self) -> None:
        dates = {"from": "2019-03-02", "until": "2019-03-01"}

        with refused("甲局的张三：until 不能早于 from"):
            Contact.model_validate({"units": ("甲局",), "name": "张三", **dates})

    def test_a_single_day_is_valid(self) -> None:
        dates = {"from": "2019-03-01", "until": "2019-03-01"}
        person = Contact.model_validate({"units": ("甲局",), "name": "张三", **dates})

        assert [person.is_in_force(day) for day in (THURSDAY, FRIDAY)] == [False, True]


class TestTowns:
    every_town = Contact(units=("各镇街",), name="{unit}联系人", chat="#{unit}")

    def test_an_entry_for_every_town_gives_one_for_each_town(self) -> None:
        people = contacts(self.every_town).with_towns(("泥沟镇", "邳庄镇"))

        recipient = [people.of(town, FRIDAY) for town in ("泥沟镇", "邳庄镇")]
        assert [(contact.recipient, contact.name, contact.chat) for contact in recipient] == [
            ("泥沟镇", "泥沟镇联系人", "#泥沟镇"),
            ("邳庄镇", "邳庄镇联系人", "#邳庄镇"),
        ]

    def test_other_entries_are_kept(self) -> None:
        people = contacts(self.every_town, OLD).with_towns(("泥沟镇",))

        assert people.named_only
        assert OLD in people.contacts

    def test_a_towns_own_entry_takes_precedence_while_in_force(self) -> None:
        own = OLD.model_copy(update={"units": ("泥沟镇",)})

        people = contacts(self.every_town, own).with_towns(("泥沟镇",))

        recipient = [people.of("泥沟镇", day).name for day in (THURSDAY, FRIDAY)]
        assert recipient == ["张三", "泥沟镇联系人"]

    def test_every_town_must_be_the_only_unit(self) -> None:
        with refused("各镇街应单独写一条"):
            Contact(units=("各镇街", "甲局"), name="张三")


class TestGaps:
    def test_a_unit_without_contact_and_substitute_is_a_gap(self) -> None:
        people = contacts(OLD, HEAD)

        assert contact_gaps(("甲局", "乙局"), contacts=people, day=THURSDAY) == ("乙局",)
        assert contact_gaps(("甲局", "乙局"), contacts=people, day=FRIDAY) == ("甲局", "乙局")

    def test_a_substitute_fills_the_gap(self) -> None:
        assert contact_gaps(("甲局",), contacts=contacts(SUBSTITUTE), day=FRIDAY) == ()

    def test_there_are_no_gaps_with_the_common_channel(self) -> None:
        people = contacts(named_only=False)

        assert contact_gaps(("甲局",), contacts=people, day=FRIDAY) == ()


class TestBorrowed:
    def test_they_are_not_required_and_use_the_common_channel(self) -> None:
        people = contacts(NEW).borrowed()

        recipient = people.of("甲局", FRIDAY)
        assert (recipient.recipient, people.address_of(recipient)) == ("甲局、乙局", "#公共")
        assert contact_gaps(("丙局",), contacts=people, day=FRIDAY) == ()

    def test_they_have_no_routes(self) -> None:
        people = contacts(REACHED).borrowed()

        recipient = people.of("甲局", FRIDAY)
        assert (recipient.reach, people.address_of(recipient)) == ((), "#公共")


class TestReach:
    def test_the_first_route_is_used_first(self) -> None:
        people = contacts(REACHED)

        recipient = people.of("甲局", FRIDAY)
        assert people.address_of(recipient) == "U0123"
        assert [contact.channel_or("dingtalk") for contact in (recipient, NEW)] == [
            "slack",
            "dingtalk",
        ]

    @pytest.mark.parametrize("address", ["U0123", "li@example.gov"])
    def test_a_card_for_one_route_may_use_all_routes(self, address: str) -> None:
        people = contacts(REACHED)

        assert people.reach_of("甲局", FRIDAY, address=address) == REACHED.reach

    def test_a_card_for_another_address_does_not_use_them(self) -> None:
        before = REACHED.model_copy(update={"until": THURSDAY})
        people = contacts(before, NEW, HEAD)

        assert people.reach_of("甲局", THURSDAY, address="#公共") == ()
        assert people.reach_of("甲局", FRIDAY, address="U0123") == ()
        assert people.reach_of("丙局", THURSDAY, address="U0123") == ()

    def test_a_contact_takes_precedence_over_a_head_of_the_same_unit(self) -> None:
        head = REACHED.model_copy(update={"role": Role.HEAD})
        contact = Contact(units=("甲局",), name="张三", chat="U0123")

        people = contacts(head, contact)

        assert people.reach_of("甲局", FRIDAY, address="U0123") == ()


class TestUnitsOf:
    def test_a_recipient_has_the_units_of_all_entries_of_the_person(self) -> None:
        contact = Contact(units=("甲局",), name="张三", chat="U0123456")
        head = Contact(units=("乙局",), name="张三", chat="U0123456", role=Role.HEAD)

        people = contacts(contact, head)

        assert people.units_of("甲局", FRIDAY) == ("甲局", "乙局")

    def test_a_post_without_an_entry_in_force_has_the_unit_in_its_name(self) -> None:
        assert contacts().units_of("甲局、乙局#head", FRIDAY) == ("甲局", "乙局")


class TestSubstituteElsewhere:
    """A substitute of one unit may be the contact of another, because offices have few people."""

    FIRST = Contact(units=("甲局",), name="张三", chat="#张三")
    STANDS_IN = Contact(units=("甲局",), name="李四", role=Role.SUBSTITUTE, chat="#李四")
    SECOND = Contact(units=("乙局",), name="李四", chat="#李四")

    def test_receives_cards_as_contact_of_the_own_unit_without_substitution(self) -> None:
        people = contacts(self.STANDS_IN, self.FIRST, self.SECOND)

        recipient = [people.of(unit, FRIDAY) for unit in ("甲局", "乙局")]

        assert [(contact.name, contact.recipient) for contact in recipient] == [
            ("张三", "甲局"),
            ("李四", "乙局"),
        ]
        assert [people.also(contact, FRIDAY) for contact in recipient] == [(), ()]
        assert people.units_of("甲局", FRIDAY) == ("甲局",)

    def test_receives_one_card_for_both_units_during_substitution(self) -> None:
        gone = self.FIRST.model_copy(update={"until": THURSDAY})
        people = contacts(self.STANDS_IN, gone, self.SECOND)

        recipient = [people.of(unit, FRIDAY) for unit in ("甲局", "乙局")]

        assert recipient == [self.SECOND, self.SECOND]
        assert people.also(self.SECOND, FRIDAY) == (self.STANDS_IN,)
        assert people.units_of("乙局", FRIDAY) == ("乙局", "甲局")


class TestKnownAs:
    """The person who presses a button in chat, by the Slack member id."""

    FIRST = Contact(units=("甲局",), name="张三", chat="#甲", slack_user="U0000001")
    SECOND = Contact(units=("乙局",), name="张三", chat="#甲")

    def test_an_id_in_one_entry_applies_to_all_entries_of_the_person(self) -> None:
        people = contacts(self.FIRST, self.SECOND)

        assert people.known_as("U0000001", FRIDAY) == (self.FIRST, self.SECOND)
        assert people.known_as("U0000002", FRIDAY) == ()

    def test_an_expired_entry_identifies_no_person(self) -> None:
        people = contacts(self.FIRST, self.SECOND.model_copy(update={"until": THURSDAY}))

        assert people.known_as("U0000001", FRIDAY) == (self.FIRST,)

    def test_another_person_of_the_same_name_and_group_is_distinguished(self) -> None:
        other = self.SECOND.model_copy(update={"slack_user": "U0000002"})
        people = contacts(self.FIRST, other)

        assert people.known_as("U0000001", FRIDAY) == (self.FIRST,)
        assert people.also(people.of("甲局", FRIDAY), FRIDAY) == ()
