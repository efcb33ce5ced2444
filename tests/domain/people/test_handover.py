"""The hand-over list: every change between two days, with its day."""

from datetime import date

from junheng.domain.people.contacts import Contact, Contacts, Role
from junheng.domain.people.districts import Department
from junheng.domain.people.handover import Change, What, changes
from junheng.rulebook import Rulebook

FIRST, LAST = date(2019, 1, 1), date(2019, 12, 31)
MARCH, MAY = date(2019, 3, 1), date(2019, 5, 1)
OFFICE = Department.model_validate(
    {
        "id": "甲局",
        "names": [
            {"name": "甲局", "from": "2018-08-24"},
            {"name": "乙局", "from": "2019-03-01"},
        ],
    }
)


def person(
    name: str,
    *,
    role: Role = Role.CONTACT,
    unit: str = "甲局",
    from_: date | None = None,
    until: date | None = None,
) -> Contact:
    dates = {"from": from_, "until": until}
    return Contact.model_validate({"units": (unit,), "name": name, "role": role, **dates})


def changed(*people: Contact, since: date = FIRST, until: date = LAST) -> tuple[Change, ...]:
    contacts = Contacts(channel="#公共", office="创建办", contacts=people)
    return changes([OFFICE], contacts, ["泥沟镇"], since=since, until=until)


class TestChanges:
    def test_a_reform_is_a_change_of_name_on_its_first_day(self) -> None:
        assert changed() == (Change("甲局", What.NAME, "甲局", "乙局", MARCH),)

    def test_a_successor_is_one_change(self) -> None:
        leaves = person("张三", unit="泥沟镇", until=date(2019, 4, 30))
        comes = person("李四", unit="泥沟镇", from_=MAY)

        assert changed(leaves, comes, since=MARCH) == (
            Change("泥沟镇", What.CONTACT, "张三", "李四", MAY),
        )

    def test_a_vacancy_gives_two_changes(self) -> None:
        leaves = person("张三", role=Role.HEAD, until=MARCH)
        comes = person("李四", role=Role.HEAD, from_=MAY)

        assert changed(leaves, comes, since=MARCH) == (
            Change("甲局", What.HEAD, "张三", "", date(2019, 3, 2)),
            Change("甲局", What.HEAD, "", "李四", MAY),
        )

    def test_a_new_substitute_is_one_change(self) -> None:
        comes = person("王五", role=Role.SUBSTITUTE, from_=MAY)

        assert changed(comes, since=MARCH) == (Change("甲局", What.SUBSTITUTE, "", "王五", MAY),)

    def test_the_first_day_is_not_counted_and_the_last_is(self) -> None:
        assert changed(since=MARCH) == ()
        assert len(changed(since=date(2019, 2, 28), until=MARCH)) == 1

    def test_a_new_entry_of_the_same_person_is_no_change(self) -> None:
        old, new = person("张三", until=date(2019, 4, 30)), person("张三", from_=MAY)

        assert changed(old, new, since=MARCH) == ()

    def test_an_entry_may_end_on_the_last_possible_day(self) -> None:
        assert changed(person("张三", until=date.max), since=MARCH, until=date.max) == ()


def test_the_reform_of_2019_makes_one_office_of_planning_and_land(rulebook: Rulebook) -> None:
    found = changes(
        rulebook.departments,
        rulebook.contacts,
        rulebook.district.towns,
        since=date(2019, 2, 28),
        until=date(2019, 3, 1),
    )

    merged = [change for change in found if change.after.startswith("区自然资源局")]
    assert [(change.unit, change.what, change.before, change.after) for change in merged] == [
        ("区规划分局", "name", "区规划分局", "区自然资源局"),
        ("区规划分局", "contact", "区规划分局联系人", "区自然资源局联系人"),
        ("区规划分局", "head", "区规划分局负责人", "区自然资源局负责人"),
        ("区国土资源分局", "name", "区国土资源分局", "区自然资源局"),
        ("区国土资源分局", "contact", "区国土资源分局联系人", "区自然资源局联系人"),
        ("区国土资源分局", "head", "区国土资源分局负责人", "区自然资源局负责人"),
    ]
    assert {change.unit for change in found} == {
        "区规划分局",
        "区国土资源分局",
        "区卫计局",
        "区文广新局",
        "区环保局",
        "区食药监局",
        "区综治办",
    }
