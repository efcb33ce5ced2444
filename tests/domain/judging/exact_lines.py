"""The numeric lines of schools, classes, subjects and the district, from indicators.csv."""

from collections.abc import Mapping
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Any

from hypothesis import strategies as st

from junheng.domain.standard.standard import Grain
from tests.domain.judging.exact import (
    HUNDREDTH,
    PUPILS,
    TENTH,
    THOUSANDTH,
    YES_OR_NO,
    Draws,
    ExactLine,
    fixed,
    hundredths,
    one_of,
    stated,
    whole,
)
from tests.domain.judging.exact_schools import arts_rooms, class_size, school_size, small_school

PEOPLE, TEACHERS = 200_000, 500


def share(
    line: str,
    grain: Grain,
    figures: tuple[str, ...],
    among: Mapping[str, st.SearchStrategy[Fraction | str]],
    threshold: str,
    *,
    most: int,
    **other: Any,
) -> ExactLine:
    """A share, which does not apply if the denominator is 0."""
    draws: Draws = {**other.pop("draws", {}), **among} | dict.fromkeys(figures[1:], whole(0, 900))
    return ExactLine(
        line,
        grain,
        draws=draws,
        moves=figures[:1],
        value=lambda u: u.total(figures) / u.total(among),
        threshold=fixed(threshold),
        holds=ge,
        most=most,
        applies=lambda u: u.total(among) > 0,
        **other,
    )


def at_least_once(line: str, figure: str, grain: Grain = Grain.DISTRICT) -> ExactLine:
    return stated(line, grain, figure, "1", most=20)


def never(line: str, figure: str) -> ExactLine:
    return stated(line, Grain.SCHOOL, figure, "0", most=20, holds=le)


def growing(line: str, figure: str, over: str | None = None) -> ExactLine:
    """A growth in percent with two decimals, which must be above another growth or above 0."""
    return ExactLine(
        line,
        Grain.DISTRICT,
        draws={} if over is None else {over: hundredths(-100, 100)},
        moves=(figure,),
        value=lambda u: u[figure],
        threshold=(lambda _: Fraction(0)) if over is None else (lambda u: u[over]),
        holds=gt,
        least=-20_000,
        most=20_000,
        data=HUNDREDTH,
        step=HUNDREDTH,
    )


def special_school_funds(line: str, threshold: str) -> ExactLine:
    """The reported figure is in 万元, the threshold in 元."""
    return ExactLine(
        line,
        Grain.DISTRICT,
        draws={"special_school_students": whole(0, PUPILS)},
        moves=("special_school_funds_wan_yuan",),
        value=lambda u: u["special_school_funds_wan_yuan"] * 10_000 / u["special_school_students"],
        threshold=fixed(threshold),
        holds=ge,
        most=500_000,
        data=HUNDREDTH,
        step=TENTH,
        applies=lambda u: u["special_school_students"] > 0,
    )


def retention() -> ExactLine:
    """（Σ毕业−Σ转入+Σ转出）÷（Σ初一在校−Σ死亡）."""
    return ExactLine(
        "Q01",
        Grain.DISTRICT,
        draws={
            "transferred_in": whole(0, 3_000),
            "transferred_out": whole(0, 3_000),
            "entrants_three_years_ago": whole(100, PEOPLE),
            "deceased": whole(0, 100),
        },
        moves=("graduates",),
        value=lambda u: (
            (u["graduates"] - u["transferred_in"] + u["transferred_out"])
            / (u["entrants_three_years_ago"] - u["deceased"])
        ),
        threshold=fixed("0.95"),
        holds=ge,
        most=PEOPLE * 2,
        applies=lambda u: u["entrants_three_years_ago"] > u["deceased"],
    )


FULL_TIME = dict.fromkeys(
    ("full_time_teachers_primary", "full_time_teachers_junior"), whole(0, TEACHERS)
)
PEOPLE_OF = whole(0, PEOPLE)


def district_share(line: str, figures: tuple[str, ...], among: str, threshold: str) -> ExactLine:
    return share(line, Grain.DISTRICT, figures, {among: PEOPLE_OF}, threshold, most=PEOPLE + 1)


def lines(year: int) -> tuple[ExactLine, ...]:
    """Return the lines of a year; the relaxations apply to 2019 to 2022 only."""
    return (*guarantees(year), *quality(), *plan())


def guarantees(year: int) -> tuple[ExactLine, ...]:
    is_relaxed = year in (2019, 2020, 2021, 2022)
    return (
        arts_rooms("music", is_relaxed=is_relaxed),
        arts_rooms("fine_arts", is_relaxed=is_relaxed),
        school_size(is_relaxed=is_relaxed),
        class_size("小学", 45),
        class_size("初中", 50),
        small_school("G06", 100),
        special_school_funds("G07", "7000" if year >= 2025 else "6000"),
        share(
            "G08",
            Grain.DISTRICT,
            ("teacher_salary_wan_yuan",),
            {"civil_servant_salary_wan_yuan": hundredths(0, 40)},
            "1",
            most=8_000,
            data=HUNDREDTH,
            step=HUNDREDTH,
            draws={"is_performance_pay_approved": YES_OR_NO},
            also=lambda u: u["is_performance_pay_approved"] == 1,
        ),
        share("G09", Grain.SCHOOL, ("trained_teachers",), FULL_TIME, "1", most=2 * TEACHERS),
        district_share("G11a", ("rotated_teachers",), "rotation_eligible_teachers", "0.10"),
        district_share("G11b", ("rotated_backbone_teachers",), "rotated_teachers", "0.20"),
        share("G12", Grain.SCHOOL, ("certified_teachers",), FULL_TIME, "1", most=2 * TEACHERS),
        district_share("G14", ("senior_places_allocated",), "senior_places", "0.5"),
        district_share(
            "G15b",
            ("migrant_children_in_public", "migrant_children_in_purchased"),
            "migrant_children_eligible",
            "0.85",
        ),
    )


def quality() -> tuple[ExactLine, ...]:
    return (
        retention(),
        district_share("Q02", ("disabled_children_enrolled",), "disabled_children", "0.95"),
        share(
            "Q04",
            Grain.SCHOOL,
            ("training_budget_wan_yuan",),
            {"public_funds_budget_wan_yuan": hundredths(0, PUPILS)},
            "0.05",
            most=100 * PUPILS,
            data=HUNDREDTH,
            step=TENTH,
        ),
        stated(
            "Q05",
            Grain.SCHOOL,
            "facility_use_percent",
            "80",
            most=10_000,
            data=HUNDREDTH,
            step=TENTH,
            draws={"teachers_use_technology": YES_OR_NO},
            also=lambda u: u["teachers_use_technology"] == 1,
        ),
        stated(
            "Q09",
            Grain.SUBJECT,
            "gap",
            "0.15",
            most=1_000,
            data=THOUSANDTH,
            step=THOUSANDTH,
            holds=lt,
            draws={"level": one_of("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ")},
            also=lambda u: u.texts["level"] in {"Ⅲ", "Ⅳ"},
        ),
        district_share("S01", ("questionnaires_satisfied",), "questionnaires_valid", "0.85"),
    )


def plan() -> tuple[ExactLine, ...]:
    return (
        ExactLine(
            "V04",
            Grain.DISTRICT,
            draws={"unestablished_teachers": whole(0, 3)},
            moves=("unfilled_posts",),
            value=lambda u: u["unfilled_posts"] + u["unestablished_teachers"],
            threshold=fixed("0"),
            holds=le,
            most=PUPILS,
        ),
        at_least_once("L01", "layout_inspections"),
        small_school("L04", 200),
        at_least_once("L06", "enrolment_inspections"),
        at_least_once("L07", "large_class_inspections"),
        at_least_once("L11b", "arts_festivals"),
        at_least_once("L11c", "special_programmes", Grain.SCHOOL),
        stated(
            "L11d",
            Grain.SCHOOL,
            "psychological_files_percent",
            "100",
            most=12_000,
            data=HUNDREDTH,
            step=TENTH,
        ),
        at_least_once("L13", "workload_inspections"),
        district_share("L14", ("migrant_children_funded",), "migrant_children_eligible", "1"),
        stated(
            "L15",
            Grain.SCHOOL,
            "left_behind_students_on_file",
            lambda u: u["left_behind_students"],
            most=PUPILS + 1,
            draws={"left_behind_students": whole(0, PUPILS)},
        ),
        special_school_funds("L16", "6000"),
        never("L17", "paid_tutoring_cases"),
        never("L19a", "unregistered_teachers"),
        never("L19b", "failed_appraisal_teachers"),
        at_least_once("L20", "rotation_publications"),
        growing("L23a", "education_appropriation_growth_percent", "fiscal_revenue_growth_percent"),
        growing("L23b", "expense_per_student_growth_percent"),
        growing("L23c", "teacher_pay_growth_percent"),
        growing("L23d", "public_funds_per_student_growth_percent"),
        growing("L23e", "rural_funding_growth_percent", "urban_funding_growth_percent"),
        at_least_once("W03", "result_publications"),
    )
