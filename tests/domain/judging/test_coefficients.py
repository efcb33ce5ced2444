"""Published examples: a coefficient of five schools, and the split of a nine-year school."""

import csv
from datetime import date
from pathlib import Path

import narwhals as nw
import pytest

from junheng.domain.intake.forms import SchoolForm
from junheng.domain.intake.submissions import RegisteredSchool
from junheng.domain.judging import frames, stages
from junheng.domain.judging.coefficients import Weighed, smallest_lift
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard.standard import Edition, Grain, Holds
from junheng.rulebook import Rulebook

PUBLISHED = Path(__file__).parents[2] / "data" / "published"
FIRST_DAY = date(2017, 4, 19)
RATIO = Edition.model_validate(
    {
        "from": FIRST_DAY,
        "measure": "multimedia_classrooms_per_100_students",
        "holds": Holds.AT_LEAST,
        "threshold": 2.3,
    }
)
SPREAD = Edition.model_validate(
    {
        "from": FIRST_DAY,
        "measure": "weighted_coefficient",
        "of": (RATIO,),
        "holds": Holds.AT_MOST,
        "threshold": 0.5,
    }
)


def sections(students: list[float], things: list[float]) -> Frame:
    """Return primary sections of one district with `things` as classrooms."""
    count = len(students)
    return nw.from_dict(
        {
            "district_code": ["370405"] * count,
            "stage": ["小学"] * count,
            "unit": [f"{number}:小学" for number in range(count)],
            "students": students,
            "section_share": [1.0] * count,
            "multimedia_classrooms": things,
        },
        backend="pandas",
    )


def published(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((PUBLISHED / name).read_text("utf-8-sig").splitlines()))


def test_the_published_coefficient_of_five_schools_is_weighted_by_pupils() -> None:
    schools = published("cv_worked_example_5_primary.csv")[:5]
    frame = sections(
        [float(school["students"]) for school in schools],
        [float(school["books"]) for school in schools],
    )

    (value,) = stages.held_frame(SPREAD, frame)["value"].to_list()

    # The unweighted coefficient would be 0.4888, so that a failing county would pass.
    assert round(value, 4) == 0.5153


def test_the_coefficient_of_equal_schools_is_zero() -> None:
    frame = sections([100.0, 300.0, 7.0], [10.0, 30.0, 0.7])

    (value,) = stages.held_frame(SPREAD, frame)["value"].to_list()

    assert value == pytest.approx(0)


def test_a_school_with_nothing_is_counted() -> None:
    frame = sections([100.0, 100.0], [0.0, 10.0])

    (value,) = stages.held_frame(SPREAD, frame)["value"].to_list()

    assert value == pytest.approx(1)


def test_the_lift_may_exceed_the_highest_ratio_because_of_a_small_school() -> None:
    """A first teacher puts the school of 42 pupils at 2.38, while the others are at 0.60 and 0.68.

    The coefficient is then 0.4652: the others must come nearer to the small school.
    """
    schools = [
        Weighed(0, 167, 100 / 167),
        Weighed(0, 42, 100 / 42),
        Weighed(1 / 1.48, 148, 1 / 1.48),
    ]

    lift = smallest_lift(schools, at_most=0.45)

    assert (lift.units, lift.sections) == (4, 3)


def combined(kind: str, students: dict[str, float], form: SchoolForm, rulebook: Rulebook) -> Frame:
    """Return the sections of one combined school with its pupils by stage."""
    keys = {"小学": "students_primary", "初中": "students_junior", "高中": "students_senior"}
    school = RegisteredSchool("1", "实验学校", kind, "甲镇", "镇区", "公办")
    values: dict[tuple[str, str], float | str | None] = {
        ("", item.key): 0.0 for item in form.items if item.is_number
    }
    values |= {("", keys[stage]): number for stage, number in students.items()}
    values[("", "school_kind")] = kind
    data = frames.YearData(
        "370405",
        (frames.Record("1", school, is_received=True, values=values),),
        (),
        form,
        rulebook.department_form(2025),
    )
    return frames.of_schools(data, backend="pandas")[Grain.SECTION]


def test_the_published_split_of_a_nine_year_school(rulebook: Rulebook) -> None:
    rows = published("split_example_nine_year.csv")
    figures = {row["quantity"]: float(row["published"]) for row in rows}
    frame = combined(
        "九年一贯制学校",
        {"小学": figures["primary_students"], "初中": figures["junior_students"]},
        rulebook.school_form(2025),
        rulebook,
    )

    shares = frame["section_share"].to_list()
    primary, junior = (share * figures["books_total"] for share in shares)

    assert primary == pytest.approx(figures["primary_books"], abs=1)
    assert junior == pytest.approx(figures["junior_books"], abs=1)
    # The divisor is the section's real pupils, not its weighted ones.
    assert primary / figures["primary_students"] == pytest.approx(58.5, abs=0.05)


@pytest.mark.parametrize(
    ("kind", "students", "shares"),
    [
        ("十二年一贯制学校", {"小学": 100, "初中": 100, "高中": 100}, [1 / 3.42, 1.1 / 3.42]),
        ("完全中学", {"小学": 0, "初中": 100, "高中": 100}, [1 / 2.2]),
        ("小学", {"小学": 100, "初中": 0}, [1]),
        ("初中", {"小学": 0, "初中": 100}, [1]),
    ],
)
def test_every_kind_of_school_is_split_by_its_own_weights(
    kind: str, students: dict[str, float], shares: list[float], rulebook: Rulebook
) -> None:
    frame = combined(kind, students, rulebook.school_form(2025), rulebook)

    assert frame["section_share"].to_list() == pytest.approx(shares)
