"""The sample's contacts: every unit has a contact and a head, on all relevant days."""

from datetime import date

import pytest

from junheng.domain.people.contacts import SPEAKS_FOR_UNIT, Role, contact_gaps
from junheng.rulebook import Rulebook
from junheng.wording.chase.contacts import PostNames

# A week after the plan, the day of the reform, and the day of the demo's chase.
DAYS = [date(2018, 9, 3), date(2019, 2, 28), date(2019, 3, 1), date(2025, 11, 3)]
BEFORE_THE_REFORM, AFTER_IT = date(2019, 2, 28), date(2019, 3, 1)
ONE_SINCE_2019 = (("区规划分局", "区国土资源分局"), ("区市场监管局", "区食药监局"))


@pytest.fixture
def units(rulebook: Rulebook) -> tuple[str, ...]:
    departments = (department.id for department in rulebook.departments)
    return (*departments, *rulebook.district.towns)


@pytest.mark.parametrize("day", DAYS)
def test_every_department_and_town_has_a_person(
    rulebook: Rulebook, units: tuple[str, ...], day: date
) -> None:
    assert rulebook.contacts.named_only
    assert contact_gaps(units, contacts=rulebook.contacts, day=day) == ()


@pytest.mark.parametrize("day", DAYS)
def test_every_department_and_town_has_a_head(
    rulebook: Rulebook, units: tuple[str, ...], day: date
) -> None:
    assert [unit for unit in units if not rulebook.contacts.heads(unit, day)] == []


@pytest.mark.parametrize("day", DAYS)
def test_the_name_of_a_contact_has_the_units_current_name(
    rulebook: Rulebook, units: tuple[str, ...], day: date
) -> None:
    for unit in units:
        name = rulebook.display_name(unit, day)
        (head,) = rulebook.contacts.heads(unit, day)

        told = rulebook.contacts.of(unit, day)
        assert (told.name, told.chat, head.name) == (f"{name}联系人", f"#{name}", f"{name}负责人")


def test_each_unit_gets_its_own_card_except_merged_units(
    rulebook: Rulebook, units: tuple[str, ...]
) -> None:
    merged = {unit: "、".join(pair) for pair in ONE_SINCE_2019 for unit in pair}

    for unit in units:
        known = rulebook.contacts
        assert known.of(unit, BEFORE_THE_REFORM).recipient == unit
        assert known.of(unit, AFTER_IT).recipient == merged.get(unit, unit)


def test_the_name_of_a_post_has_the_units_current_name(rulebook: Rulebook) -> None:
    merged = "区规划分局、区国土资源分局#head"

    assert rulebook.display_names(merged, AFTER_IT) == "区自然资源局负责人"
    assert rulebook.display_names("区卫计局#section_head", AFTER_IT) == "区卫健局科室负责人"


def test_every_post_has_a_display_name() -> None:
    assert set(PostNames.model_fields) == set(Role) - SPEAKS_FOR_UNIT


def test_contacts_exist_for_known_units_only(rulebook: Rulebook, units: tuple[str, ...]) -> None:
    named = {unit for contact in rulebook.contacts.contacts for unit in contact.units}

    assert named == set(units)
