"""The declared columns agree with the frames, measures and conditions."""

from datetime import date
from typing import Any

import narwhals as nw
import pytest

from junheng.domain.judging import district_frames, frames, thresholds
from junheng.domain.judging.columns import choices_of, columns_of
from junheng.domain.standard.applicability import CONDITIONS
from junheng.domain.standard.measures import MEASURES
from junheng.domain.standard.standard import Grain
from junheng.rulebook import Rulebook

PARAMETERS: dict[str, dict[str, Any]] = {
    "counted_section": {"smallest_teaching_point": 50},
    "small_rural_school": {"students_below": 100},
    "of_plan_task": {"number": 1},
}
TEXTS = {"school_kind", "locale", "ownership"}


@pytest.fixture(scope="module")
def built(rulebook: Rulebook) -> dict[Grain, thresholds.Frame]:
    data = frames.YearData(
        district_code="370405",
        records=(),
        plan_tasks=(),
        school_form=rulebook.school_form(2025),
        department_form=rulebook.department_form(2025),
    )
    return district_frames.build(data, backend="pandas")


@pytest.mark.parametrize("grain", Grain)
def test_every_declared_column_is_in_the_frame(
    grain: Grain, built: dict[Grain, thresholds.Frame], rulebook: Rulebook
) -> None:
    declared = columns_of(grain, rulebook.school_form(2025), rulebook.department_form(2025))

    assert declared <= set(built[grain].columns)


def test_every_figure_of_every_rule_is_a_declared_column(rulebook: Rulebook) -> None:
    forms = rulebook.school_form(2025), rulebook.department_form(2025)

    for rule in rulebook.standard.in_force(date(2025, 9, 1)):
        if rule.edition.measure in MEASURES:
            assert set(thresholds.figures(rule.edition)) <= columns_of(rule.line.per, *forms)


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_uses_exactly_its_declared_columns(name: str) -> None:
    condition = CONDITIONS[name]
    rows = {column: ["小学" if column in TEXTS else 1.0] for column in condition.columns}
    expression = condition.expression(**PARAMETERS.get(name, {}))

    assert nw.from_dict(rows, backend="pandas").select(held=expression).shape == (1, 1)
    for column in condition.columns:
        fewer = {key: value for key, value in rows.items() if key != column} | {"other": [0]}
        with pytest.raises(Exception, match=column):
            nw.from_dict(fewer, backend="pandas").select(held=expression)


def test_the_words_of_a_measure_and_a_condition_are_choices_of_their_column(
    rulebook: Rulebook,
) -> None:
    forms = rulebook.school_form(2025), rulebook.department_form(2025)
    grains = {"level": Grain.SUBJECT, "progress": Grain.PLAN_TASK}
    known = [measure.answers for measure in MEASURES.values()]
    known += [condition.answers for condition in CONDITIONS.values()]
    answers = [(column, words) for of_one in known for column, words in of_one.items()]

    assert answers
    for column, words in answers:
        choices = choices_of(column, grains.get(column, Grain.SCHOOL), *forms)
        assert set(words) - {"职业学校"} <= set(choices or ())
