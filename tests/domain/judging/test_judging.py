"""Findings on a unit: on the threshold, near it, six of seven, and the relaxed years."""

from datetime import date

import narwhals as nw
import pytest

from junheng.domain.judging import findings
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.standard.standard import Rule
from junheng.rulebook import Rulebook

SCHOOL = {
    "unit": "1",
    "owner": "1",
    "district_code": "370405",
    "school_kind": "小学",
    "locale": "乡村",
    "ownership": "公办",
    "stage": "小学",
    "students": 1000.0,
    "compulsory_students": 1000.0,
    "students_junior": 0.0,
    "section_share": 1.0,
    "associate_degree_teachers": 42.0,
    "bachelor_teachers": 0.0,
    "master_teachers": 0.0,
    "doctor_teachers": 0.0,
    "backbone_teachers": 10.0,
    "pe_teachers": 9.0,
    "music_teachers": 0.0,
    "fine_arts_teachers": 0.0,
    "arts_teachers": 0.0,
    "visiting_pe_and_arts_teachers": 0.0,
    "teaching_area_m2": 5000.0,
    "indoor_sports_area_m2": 500.0,
    "sports_ground_area_m2": 7000.0,
    "rented_sports_area_m2": 0.0,
    "other_sports_area_m2": 0.0,
    "is_dense_metropolitan_centre": 0.0,
    "equipment_value_wan_yuan": 200.0,
    "multimedia_classrooms": 23.0,
    "funded_students": 1000.0,
    "classes": 24.0,
    "largest_class": 45.0,
    "is_built_by_2010": 0.0,
    "is_built_by_2016": 0.0,
    "migrant_students": 0.0,
} | dict.fromkeys(
    [f"music_rooms_from_{size}_m2" for size in (96, 73, 61, 54)]
    + [f"fine_arts_rooms_from_{size}_m2" for size in (90, 67, 61, 54)],
    0.0,
)


def rule(rulebook: Rulebook, indicator: str, year: int = 2025) -> Rule:
    rules = rulebook.standard.in_force(date(year, 9, 1))
    return next(candidate for candidate in rules if candidate.id == indicator)


def verdict(
    rulebook: Rulebook, indicator: str, in_year: object = 2025, **changed: object
) -> Verdict:
    """Return the verdict on a school exactly on every threshold of R, with some changes."""
    return found(rulebook, indicator, in_year, **changed).verdict


def found(rulebook: Rulebook, indicator: str, in_year: object = 2025, **changed: object) -> Finding:
    """Return the finding on a school exactly on every threshold of R, with some changes."""
    year = int(str(in_year))
    frame = nw.from_dict(
        {name: [value] for name, value in (SCHOOL | changed).items()}, backend="pandas"
    )
    (finding,) = findings.of_rule(rule(rulebook, indicator, year), frame)
    return finding


ON_THE_LINE = {
    "R1": {"associate_degree_teachers": 41.0},
    "R2": {"backbone_teachers": 9.0},
    "R3": {"pe_teachers": 8.0},
    "R4": {"teaching_area_m2": 4999.9},
    "R5": {"sports_ground_area_m2": 6999.9},
    "R6": {"equipment_value_wan_yuan": 199.99},
    "R7": {"multimedia_classrooms": 22.0},
}


@pytest.mark.parametrize("indicator", ON_THE_LINE)
def test_a_school_exactly_on_the_threshold_meets_the_line(
    rulebook: Rulebook, indicator: str
) -> None:
    assert verdict(rulebook, indicator) is Verdict.MET


@pytest.mark.parametrize(("indicator", "less"), ON_THE_LINE.items())
def test_a_school_with_one_unit_of_data_less_fails(
    rulebook: Rulebook, indicator: str, less: dict[str, float]
) -> None:
    assert verdict(rulebook, indicator, **less) is Verdict.NOT_MET


class TestSixOfSeven:
    """每所学校至少6项指标达到要求，余项不能低于要求的85%."""

    def test_six_and_a_seventh_at_85_percent_pass(self, rulebook: Rulebook) -> None:
        assert verdict(rulebook, "R", equipment_value_wan_yuan=170.0) is Verdict.MET

    def test_six_and_a_seventh_just_under_85_percent_fail(self, rulebook: Rulebook) -> None:
        assert verdict(rulebook, "R", equipment_value_wan_yuan=169.99) is Verdict.NOT_MET

    def test_five_fail_even_if_the_others_are_above_85_percent(self, rulebook: Rulebook) -> None:
        nearly = {"equipment_value_wan_yuan": 190.0, "multimedia_classrooms": 22.0}

        assert verdict(rulebook, "R", **nearly) is Verdict.NOT_MET


class TestMissing:
    def test_a_school_that_did_not_report_is_neither_met_nor_not_met(
        self, rulebook: Rulebook
    ) -> None:
        unknown = {name: float("nan") for name, value in SCHOOL.items() if isinstance(value, float)}

        for indicator in (*ON_THE_LINE, "R", "G03", "G04"):
            assert verdict(rulebook, indicator, **unknown) is Verdict.NOT_REPORTED

    def test_zero_is_a_reported_figure(self, rulebook: Rulebook) -> None:
        assert verdict(rulebook, "R7", multimedia_classrooms=0.0) is Verdict.NOT_MET


class TestScope:
    @pytest.mark.parametrize("kind", ["特殊教育学校", "职业学校"])
    def test_ratios_do_not_apply_to_special_and_vocational_schools(
        self, rulebook: Rulebook, kind: str
    ) -> None:
        assert verdict(rulebook, "R1", school_kind=kind) is Verdict.NOT_APPLICABLE

    def test_ratios_apply_to_teaching_points_from_50_pupils(self, rulebook: Rulebook) -> None:
        point = {"school_kind": "教学点"}

        assert verdict(rulebook, "R1", **point, students=49.0) is Verdict.NOT_APPLICABLE
        assert verdict(rulebook, "R1", **point, students=50.0) is Verdict.MET

    def test_a_village_school_of_150_has_only_the_districts_floor(self, rulebook: Rulebook) -> None:
        village = {"compulsory_students": 150.0, "funded_students": 150.0}

        assert verdict(rulebook, "G06", **village) is Verdict.NOT_APPLICABLE
        assert verdict(rulebook, "L04", **village) is Verdict.NOT_MET

    def test_a_small_school_in_town_has_neither_floor(self, rulebook: Rulebook) -> None:
        small = {"locale": "镇区", "compulsory_students": 80.0, "funded_students": 80.0}

        assert verdict(rulebook, "G06", **small) is Verdict.NOT_APPLICABLE
        assert verdict(rulebook, "L04", **small) is Verdict.NOT_APPLICABLE


class TestArtsRooms:
    def test_a_begun_dozen_of_classes_needs_another_room(self, rulebook: Rulebook) -> None:
        rooms = {"music_rooms_from_96_m2": 2.0, "fine_arts_rooms_from_90_m2": 2.0}

        assert verdict(rulebook, "G03", **rooms, classes=24.0) is Verdict.MET
        assert verdict(rulebook, "G03", **rooms, classes=25.0) is Verdict.NOT_MET

    def test_both_kinds_of_room_are_needed(self, rulebook: Rulebook) -> None:
        rooms = {"music_rooms_from_96_m2": 2.0, "fine_arts_rooms_from_90_m2": 1.0}

        assert verdict(rulebook, "G03", **rooms) is Verdict.NOT_MET


class TestRelaxedYears:
    """国教督办函〔2019〕30号 applies to 2019 to 2022 only."""

    @pytest.mark.parametrize(
        ("year", "expected"),
        [
            (2018, Verdict.NOT_MET),
            (2019, Verdict.MET),
            (2022, Verdict.MET),
            (2023, Verdict.NOT_MET),
        ],
    )
    def test_an_old_school_may_have_2300_pupils(
        self, rulebook: Rulebook, year: int, expected: Verdict
    ) -> None:
        old = {"compulsory_students": 2300.0, "is_built_by_2010": 1.0}

        assert verdict(rulebook, "G04", year, **old) is expected

    def test_the_wider_limit_needs_more_than_half_migrants(self, rulebook: Rulebook) -> None:
        large = {"compulsory_students": 2400.0}

        assert verdict(rulebook, "G04", 2021, **large, migrant_students=1201.0) is Verdict.MET
        assert verdict(rulebook, "G04", 2021, **large, migrant_students=1200.0) is Verdict.NOT_MET

    def test_a_through_school_may_have_3000(self, rulebook: Rulebook) -> None:
        through = {"school_kind": "九年一贯制学校", "is_built_by_2010": 1.0}

        assert verdict(rulebook, "G04", 2021, **through, compulsory_students=3000.0) is Verdict.MET
        assert (
            verdict(rulebook, "G04", 2021, **through, compulsory_students=3001.0) is Verdict.NOT_MET
        )

    def test_one_pupil_less_may_lead_to_a_wider_limit(self, rulebook: Rulebook) -> None:
        half = {"compulsory_students": 2200.0, "migrant_students": 1100.0}

        finding = found(rulebook, "G04", 2021, **half)

        # More than half of 2199 are migrants' children, so 2400 are allowed.
        (gap,) = finding.gaps
        assert finding.verdict is Verdict.NOT_MET
        assert (gap.amount, gap.is_excess) == (1, True)

    def test_visiting_teachers_count_in_a_rural_school_of_50_to_99(
        self, rulebook: Rulebook
    ) -> None:
        small = {"students": 99.0, "compulsory_students": 99.0, "pe_teachers": 0.0}
        visiting = {"visiting_pe_and_arts_teachers": 1.0}

        assert verdict(rulebook, "R3", 2021, **small, **visiting) is Verdict.MET
        assert verdict(rulebook, "R3", 2023, **small, **visiting) is Verdict.NOT_MET
        larger = small | {"students": 100.0, "compulsory_students": 100.0}
        assert verdict(rulebook, "R3", 2021, **larger, **visiting) is Verdict.NOT_MET

    def test_rented_grounds_count_in_a_dense_metropolis(self, rulebook: Rulebook) -> None:
        rented = {"sports_ground_area_m2": 6000.0, "rented_sports_area_m2": 1000.0}

        assert (
            verdict(rulebook, "R5", 2021, **rented, is_dense_metropolitan_centre=1.0) is Verdict.MET
        )
        assert verdict(rulebook, "R5", 2021, **rented) is Verdict.NOT_MET
        assert (
            verdict(rulebook, "R5", 2025, **rented, is_dense_metropolitan_centre=1.0)
            is Verdict.NOT_MET
        )

    def test_smaller_rooms_count_if_planned_by_2016(self, rulebook: Rulebook) -> None:
        rooms = {"music_rooms_from_73_m2": 2.0, "fine_arts_rooms_from_67_m2": 2.0}

        assert verdict(rulebook, "G03", 2021, **rooms, is_built_by_2016=1.0) is Verdict.MET
        assert verdict(rulebook, "G03", 2021, **rooms) is Verdict.NOT_MET

    def test_rooms_from_54_m2_count_in_a_rural_primary_of_small_classes(
        self, rulebook: Rulebook
    ) -> None:
        rooms = {"music_rooms_from_54_m2": 2.0, "fine_arts_rooms_from_54_m2": 2.0}

        assert verdict(rulebook, "G03", 2021, **rooms, largest_class=29.0) is Verdict.MET
        assert verdict(rulebook, "G03", 2021, **rooms, largest_class=30.0) is Verdict.NOT_MET
        with_junior = {"largest_class": 29.0, "students_junior": 100.0}
        assert verdict(rulebook, "G03", 2021, **rooms, **with_junior) is Verdict.NOT_MET
