"""Deriving the form of a school year from a form with dated parts."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from junheng.domain.intake.dated_forms import DatedSchoolForm
from junheng.domain.school_years import judged_on
from junheng.settings import PROJECT_ROOT

WRITTEN = PROJECT_ROOT / "config" / "forms" / "school.yaml"


@pytest.fixture
def written() -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(WRITTEN)
    return content


def test_an_item_is_in_the_form_from_its_first_year_to_its_last(written: dict[str, Any]) -> None:
    written["items"][0] |= {"until": 2025}
    written["items"][1] |= {"from": 2026}
    form = DatedSchoolForm.model_validate(written)

    first = [form.on(judged_on(year)).items[0].key for year in (2025, 2026)]

    assert first == ["school_name", "school_code"]


def test_the_item_of_a_year_has_no_dates(written: dict[str, Any]) -> None:
    item = DatedSchoolForm.model_validate(written).on(judged_on(2025)).items[0]

    assert item.model_dump().keys().isdisjoint({"from_", "from", "until"})


def test_a_part_has_the_value_of_its_newest_edition(written: dict[str, Any]) -> None:
    named = [{"value": "学校填报数据"}, {"from": 2026, "value": "学校年报"}]
    form = DatedSchoolForm.model_validate(written | {"figures_sheet": named})

    assert form.on(judged_on(2025)).figures_sheet == "学校填报数据"
    assert form.on(judged_on(2026)).figures_sheet == "学校年报"


def test_figures_of_one_year_are_weighed_by_the_rules_of_another(written: dict[str, Any]) -> None:
    (weights,) = written["section_weights"]
    newer = {"from": 2025, "value": weights["value"] | {"完全中学": {"初中": 1, "高中": 1.3}}}
    form = DatedSchoolForm.model_validate(written | {"section_weights": [weights, newer]})

    judged = [
        form.judged(judged_on(2024), weighed_on=judged_on(year)).section_weights["完全中学"]
        for year in (2024, 2025)
    ]

    assert judged == [{"初中": 1, "高中": 1.2}, {"初中": 1, "高中": 1.3}]


def test_all_labels_of_all_years_are_known_and_the_newest_takes_precedence(
    written: dict[str, Any],
) -> None:
    first = written["items"][0]
    renamed = first | {"label": "学校全称", "from": 2026}
    written["items"] = [renamed, first | {"until": 2025}, *written["items"][1:]]
    form = DatedSchoolForm.model_validate(written).at_any_time

    assert form.by_key["school_name"].label == "学校全称"
    assert {"学校名称", "学校全称"} <= form.by_label.keys()
