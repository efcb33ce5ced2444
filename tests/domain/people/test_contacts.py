"""The people with dates: who is told for a unit on a day, and who is missing."""

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
    def test_the_old_contact_is_told_on_the_last_day_and_the_new_on_the_first(self) -> None:
        known = contacts(OLD, NEW)

        assert [known.of("甲局", day) for day in (THURSDAY, FRIDAY)] == [OLD, NEW]

    def test_a_substitute_is_told_where_there_is_no_contact(self) -> None:
        known = contacts(OLD, SUBSTITUTE)

        assert [known.of("甲局", day) for day in (THURSDAY, FRIDAY)] == [OLD, SUBSTITUTE]

    def test_nobody_is_told_for_a_unit_but_its_contact_or_substitute(self) -> None:
        fallback = contacts(HEAD).of("甲局", FRIDAY)

        assert (fallback.recipient, fallback.chat) == ("甲局", None)

    def test_the_head_is_known_for_each_unit_of_a_merged_office(self) -> None:
        known = contacts(OLD, NEW, HEAD)

        assert [known.heads(unit, FRIDAY) for unit in ("甲局", "乙局", "丙局")] == [
            (HEAD,),
            (HEAD,),
            (),
        ]


class TestRecipient:
    def test_a_contact_and_its_substitute_are_told_under_the_name_of_the_unit(self) -> None:
        assert (OLD.recipient, SUBSTITUTE.recipient) == ("甲局", "甲局")

    def test_a_head_is_told_apart_from_the_contact_of_the_same_units(self) -> None:
        assert HEAD.recipient == "甲局、乙局#head"

    def test_a_unit_is_not_called_as_a_post_is(self) -> None:
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
    def test_two_people_at_a_time_in_one_role_are_refused_by_the_name_of_the_unit(
        self, first: dict[str, Any], second: dict[str, Any]
    ) -> None:
        people = [
            Contact.model_validate({"units": ("甲局",), "name": "张三", **first}),
            Contact.model_validate({"units": ("乙局", "甲局"), "name": "李四", **second}),
        ]

        with refused("甲局同时有两个 contact：张三、李四"):
            contacts(*people)

    def test_a_contact_and_a_substitute_at_a_time_are_what_an_office_wants(self) -> None:
        assert contacts(OLD, NEW, SUBSTITUTE, HEAD).contacts == (OLD, NEW, SUBSTITUTE, HEAD)

    def test_nobody_goes_before_having_come(self) -> None:
        dates = {"from": "2019-03-02", "until": "2019-03-01"}

        with refused("甲局的张三：until 不能早于 from"):
            Contact.model_validate({"units": ("甲局",), "name": "张三", **dates})

    def test_one_day_is_enough(self) -> None:
        dates = {"from": "2019-03-01", "until": "2019-03-01"}
        person = Contact.model_validate({"units": ("甲局",), "name": "张三", **dates})

        assert [person.is_in_force(day) for day in (THURSDAY, FRIDAY)] == [False, True]


class TestTowns:
    every_town = Contact(units=("各镇街",), name="{unit}联系人", chat="#{unit}")

    def test_an_entry_for_every_town_gives_each_its_own_person(self) -> None:
        known = contacts(self.every_town).with_towns(("泥沟镇", "邳庄镇"))

        told = [known.of(town, FRIDAY) for town in ("泥沟镇", "邳庄镇")]
        assert [(one.recipient, one.name, one.chat) for one in told] == [
            ("泥沟镇", "泥沟镇联系人", "#泥沟镇"),
            ("邳庄镇", "邳庄镇联系人", "#邳庄镇"),
        ]

    def test_keep_what_else_is_said(self) -> None:
        known = contacts(self.every_town, OLD).with_towns(("泥沟镇",))

        assert known.named_only
        assert OLD in known.contacts

    def test_a_town_has_its_own_entry_as_long_as_that_is_in_force(self) -> None:
        own = OLD.model_copy(update={"units": ("泥沟镇",)})

        known = contacts(self.every_town, own).with_towns(("泥沟镇",))

        told = [known.of("泥沟镇", day).name for day in (THURSDAY, FRIDAY)]
        assert told == ["张三", "泥沟镇联系人"]

    def test_every_town_does_not_stand_beside_another_unit(self) -> None:
        with refused("各镇街应单独写一条"):
            Contact(units=("各镇街", "甲局"), name="张三")


class TestGaps:
    def test_a_unit_without_contact_and_substitute_is_one(self) -> None:
        known = contacts(OLD, HEAD)

        assert contact_gaps(("甲局", "乙局"), contacts=known, day=THURSDAY) == ("乙局",)
        assert contact_gaps(("甲局", "乙局"), contacts=known, day=FRIDAY) == ("甲局", "乙局")

    def test_a_substitute_is_enough(self) -> None:
        assert contact_gaps(("甲局",), contacts=contacts(SUBSTITUTE), day=FRIDAY) == ()

    def test_there_is_none_where_the_common_channel_will_do(self) -> None:
        known = contacts(named_only=False)

        assert contact_gaps(("甲局",), contacts=known, day=FRIDAY) == ()


class TestBorrowed:
    def test_nobody_is_asked_for_and_all_are_told_through_the_common_channel(self) -> None:
        known = contacts(NEW).borrowed()

        told = known.of("甲局", FRIDAY)
        assert (told.recipient, known.address_of(told)) == ("甲局、乙局", "#公共")
        assert contact_gaps(("丙局",), contacts=known, day=FRIDAY) == ()

    def test_nor_are_they_reached_by_their_routes(self) -> None:
        known = contacts(REACHED).borrowed()

        told = known.of("甲局", FRIDAY)
        assert (told.reach, known.address_of(told)) == ((), "#公共")


class TestReach:
    def test_the_first_route_is_where_a_person_is_told_first(self) -> None:
        known = contacts(REACHED)

        told = known.of("甲局", FRIDAY)
        assert known.address_of(told) == "U0123"
        assert [one.channel_or("dingtalk") for one in (told, NEW)] == ["slack", "dingtalk"]

    @pytest.mark.parametrize("address", ["U0123", "li@example.gov"])
    def test_a_card_owed_to_one_of_them_may_go_by_all(self, address: str) -> None:
        known = contacts(REACHED)

        assert known.reach_of("甲局", FRIDAY, address=address) == REACHED.reach

    def test_a_card_owed_to_somebody_else_does_not(self) -> None:
        before = REACHED.model_copy(update={"until": THURSDAY})
        known = contacts(before, NEW, HEAD)

        assert known.reach_of("甲局", THURSDAY, address="#公共") == ()
        assert known.reach_of("甲局", FRIDAY, address="U0123") == ()
        assert known.reach_of("丙局", THURSDAY, address="U0123") == ()

    def test_whoever_is_told_goes_before_a_head_of_the_same_unit(self) -> None:
        head = REACHED.model_copy(update={"role": Role.HEAD})
        contact = Contact(units=("甲局",), name="张三", chat="U0123")

        known = contacts(head, contact)

        assert known.reach_of("甲局", FRIDAY, address="U0123") == ()


class TestUnitsOf:
    def test_a_recipient_answers_for_the_units_of_every_row_of_that_person(self) -> None:
        contact = Contact(units=("甲局",), name="张三", chat="U0123456")
        head = Contact(units=("乙局",), name="张三", chat="U0123456", role=Role.HEAD)

        known = contacts(contact, head)

        assert known.units_of("甲局", FRIDAY) == ("甲局", "乙局")

    def test_a_post_without_a_row_in_force_answers_for_the_unit_it_names(self) -> None:
        assert contacts().units_of("甲局、乙局#head", FRIDAY) == ("甲局", "乙局")


class TestSubstituteElsewhere:
    """Whoever stands in for a unit is the contact of another: an office has few people."""

    FIRST = Contact(units=("甲局",), name="张三", chat="#张三")
    STANDS_IN = Contact(units=("甲局",), name="李四", role=Role.SUBSTITUTE, chat="#李四")
    SECOND = Contact(units=("乙局",), name="李四", chat="#李四")

    def test_is_told_as_the_contact_of_that_one_while_nobody_is_substituted(self) -> None:
        known = contacts(self.STANDS_IN, self.FIRST, self.SECOND)

        told = [known.of(unit, FRIDAY) for unit in ("甲局", "乙局")]

        assert [(one.name, one.recipient) for one in told] == [("张三", "甲局"), ("李四", "乙局")]
        assert [known.also(one, FRIDAY) for one in told] == [(), ()]
        assert known.units_of("甲局", FRIDAY) == ("甲局",)

    def test_is_told_for_both_on_one_card_where_the_contact_is_gone(self) -> None:
        gone = self.FIRST.model_copy(update={"until": THURSDAY})
        known = contacts(self.STANDS_IN, gone, self.SECOND)

        told = [known.of(unit, FRIDAY) for unit in ("甲局", "乙局")]

        assert told == [self.SECOND, self.SECOND]
        assert known.also(self.SECOND, FRIDAY) == (self.STANDS_IN,)
        assert known.units_of("乙局", FRIDAY) == ("乙局", "甲局")


class TestKnownAs:
    """Who presses a button in chat, by the member id of Slack."""

    FIRST = Contact(units=("甲局",), name="张三", chat="#甲", slack_user="U0000001")
    SECOND = Contact(units=("乙局",), name="张三", chat="#甲")

    def test_an_id_written_once_is_that_of_every_row_of_the_person(self) -> None:
        known = contacts(self.FIRST, self.SECOND)

        assert known.known_as("U0000001", FRIDAY) == (self.FIRST, self.SECOND)
        assert known.known_as("U0000002", FRIDAY) == ()

    def test_a_row_that_is_over_gives_nobody_a_say(self) -> None:
        known = contacts(self.FIRST, self.SECOND.model_copy(update={"until": THURSDAY}))

        assert known.known_as("U0000001", FRIDAY) == (self.FIRST,)

    def test_another_of_the_same_name_in_the_same_group_is_somebody_else(self) -> None:
        other = self.SECOND.model_copy(update={"slack_user": "U0000002"})
        known = contacts(self.FIRST, other)

        assert known.known_as("U0000001", FRIDAY) == (self.FIRST,)
        assert known.also(known.of("甲局", FRIDAY), FRIDAY) == ()
