"""The seven ratios of a section and the rule of six and 85 %, from indicators.csv."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from junheng.domain.judging.findings import Verdict
from tests.domain.judging.exact import (
    HUNDREDTH,
    PUPILS,
    TENTH,
    WHOLE,
    YES_OR_NO,
    Draws,
    Unit,
    edge,
    hundredths,
    one_of,
    units,
    whole,
)

PRIMARY, JUNIOR, SENIOR = "小学", "初中", "高中"
SUFFIX = {PRIMARY: "primary", JUNIOR: "junior", SENIOR: "senior"}
# The weight of a pupil of each stage in a combined school's rooms, grounds and equipment.
WEIGHTS = {
    "小学": {PRIMARY: Fraction(1)},
    "教学点": {PRIMARY: Fraction(1)},
    "初中": {JUNIOR: Fraction(1)},
    "特殊教育学校": {PRIMARY: Fraction(1), JUNIOR: Fraction(1)},
    "九年一贯制学校": {PRIMARY: Fraction(1), JUNIOR: Fraction("1.1")},
    "十二年一贯制学校": {
        PRIMARY: Fraction(1),
        JUNIOR: Fraction("1.1"),
        SENIOR: Fraction("1.32"),
    },
    "完全中学": {JUNIOR: Fraction(1), SENIOR: Fraction("1.2")},
}
FLOOR = Fraction("0.85")


@dataclass(frozen=True, slots=True)
class Section:
    """One stage of a school, with the inputs of the lines' exact values."""

    school: Unit
    stage: str
    is_relaxed: bool

    def own(self, *figures: str) -> Fraction:
        keys = (f"{figure}_{SUFFIX[self.stage]}" for figure in figures)
        return self.school.total(key for key in keys if key in self.school.numbers)

    @property
    def students(self) -> Fraction:
        return self.own("students")

    def per_student(self, total: Fraction) -> Fraction:
        """Return a pupil's part of a school's total: the pupil's weight by the total weight.

        It is the section's share by its real pupils, in which the section's pupils cancel out.
        """
        weights = WEIGHTS[self.school.texts["school_kind"]]
        pupils = {stage: self.school[f"students_{SUFFIX[stage]}"] for stage in weights}
        everyone = sum((weights[stage] * pupils[stage] for stage in weights), Fraction(0))
        return total * weights[self.stage] / everyone

    @property
    def is_counted(self) -> bool:
        """不含：特殊教育学校、职业学校、不足50人的教学点."""
        kind = self.school.texts["school_kind"]
        return kind != "特殊教育学校" and not (kind == "教学点" and self.students < 50)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One of the seven ratios: its value, its threshold for each stage, and its figure."""

    id: str
    value: Callable[[Section], Fraction]
    thresholds: Mapping[str, Fraction]
    moves: str
    is_of_section: bool
    data: Fraction
    step: Fraction
    most: int

    def key(self, stage: str) -> str:
        return f"{self.moves}_{SUFFIX[stage]}" if self.is_of_section else self.moves

    def falls_short(self, section: Section, share: Fraction = WHOLE) -> bool:
        return self.value(section) < self.thresholds[section.stage] * share

    def last_to_fail(self, section: Section, share: Fraction) -> int | None:
        """Return the largest failing figure of the section, in steps of data."""
        key = self.key(section.stage)

        def reaches(steps: int) -> bool:
            school = section.school.having(**{key: steps * self.data})
            moved = Section(school, section.stage, section.is_relaxed)
            return not self.falls_short(moved, share)

        return edge(reaches, 0, self.most)


def qualified(section: Section) -> Fraction:
    """小学：专科+本科+硕士+博士；初中：本科+硕士+博士."""
    degrees = ("bachelor_teachers", "master_teachers", "doctor_teachers")
    associates = ("associate_degree_teachers",) if section.stage == PRIMARY else ()
    return section.own(*associates, *degrees) / section.students * 100


def backbone(section: Section) -> Fraction:
    return section.own("backbone_teachers") / section.students * 100


def pe_and_arts(section: Section) -> Fraction:
    """体育+音乐+美术+艺术；放宽期内50至99人的乡村学校可计走教教师."""
    school = section.school
    own = section.own("pe_teachers", "music_teachers", "fine_arts_teachers", "arts_teachers")
    ratio = own / section.students * 100
    compulsory = school["students_primary"] + school["students_junior"]
    if section.is_relaxed and school.texts["locale"] == "乡村" and 50 <= compulsory <= 99:
        ratio += section.per_student(school["visiting_pe_and_arts_teachers"]) * 100
    return ratio


def sports_area(section: Section) -> Fraction:
    school = section.school
    total = school["sports_ground_area_m2"] + school["indoor_sports_area_m2"]
    if section.is_relaxed and school["is_dense_metropolitan_centre"] == 1:
        total += school["rented_sports_area_m2"] + school["other_sports_area_m2"]
    return section.per_student(total)


def people(
    line: str, value: Callable[[Section], Fraction], thresholds: tuple[str, str], moves: str
) -> Ratio:
    primary, junior = map(Fraction, thresholds)
    of_stage = {PRIMARY: primary, JUNIOR: junior}
    return Ratio(line, value, of_stage, moves, True, WHOLE, WHOLE, PUPILS)


def of_school(
    line: str,
    total: Callable[[Section], Fraction],
    thresholds: tuple[str, str],
    moves: str,
    *,
    data: Fraction,
    step: Fraction = WHOLE,
) -> Ratio:
    primary, junior = map(Fraction, thresholds)
    of_stage = {PRIMARY: primary, JUNIOR: junior}
    return Ratio(line, total, of_stage, moves, False, data, step, 100_000_000)


RATIOS = (
    people("R1", qualified, ("4.2", "5.3"), "bachelor_teachers"),
    people(
        "R2",
        lambda s: s.own("backbone_teachers") / s.students * 100,
        ("1", "1"),
        "backbone_teachers",
    ),
    people("R3", pe_and_arts, ("0.9", "0.9"), "pe_teachers"),
    of_school(
        "R4",
        lambda s: s.per_student(s.school["teaching_area_m2"] - s.school["indoor_sports_area_m2"]),
        ("4.5", "5.8"),
        "teaching_area_m2",
        data=HUNDREDTH,
    ),
    of_school("R5", sports_area, ("7.5", "10.2"), "sports_ground_area_m2", data=HUNDREDTH),
    of_school(
        "R6",
        lambda s: s.per_student(s.school["equipment_value_wan_yuan"] * 10_000),
        ("2000", "2500"),
        "equipment_value_wan_yuan",
        data=HUNDREDTH,
        step=TENTH,
    ),
    of_school(
        "R7",
        lambda s: s.per_student(s.school["multimedia_classrooms"]) * 100,
        ("2.3", "2.4"),
        "multimedia_classrooms",
        data=WHOLE,
    ),
)


def verdict(ratio: Ratio, section: Section) -> Verdict:
    if not section.is_counted:
        return Verdict.NOT_APPLICABLE
    return Verdict.NOT_MET if ratio.falls_short(section) else Verdict.MET


def lines_met(section: Section) -> int:
    return sum(not ratio.falls_short(section) for ratio in RATIOS)


def lines_under_floor(section: Section) -> int:
    return sum(ratio.falls_short(section, FLOOR) for ratio in RATIOS)


def six_of_seven(section: Section) -> Verdict:
    """达标项数≥6，且每一项都不低于标准的85%."""
    if not section.is_counted:
        return Verdict.NOT_APPLICABLE
    is_met = lines_met(section) >= 6 and lines_under_floor(section) == 0
    return Verdict.MET if is_met else Verdict.NOT_MET


def sections(schools: Iterable[Unit], *, is_relaxed: bool) -> dict[str, Section]:
    """Return the sections that have pupils, by junheng's unit names."""
    return {
        f"{at}:{stage}": Section(school, stage, is_relaxed)
        for at, school in enumerate(schools)
        for stage in (PRIMARY, JUNIOR)
        if school[f"students_{SUFFIX[stage]}"] > 0
    }


# Many small schools, some at the limits of relaxations and of counting; many round numbers, for
# ratios exactly on a threshold.
STUDENTS = st.one_of(
    whole(1, PUPILS),
    whole(1, 120),
    st.sampled_from((49, 50, 99, 100)).map(Fraction),
    whole(1, 10).map(lambda number: Fraction(number) * 500),
)
BESIDE: Draws = dict.fromkeys(
    [
        f"{figure}_{suffix}"
        for figure in ("master_teachers", "doctor_teachers", "music_teachers", "arts_teachers")
        for suffix in ("primary", "junior")
    ],
    whole(0, 2),
) | {
    "associate_degree_teachers_primary": whole(0, 3),
    "visiting_pe_and_arts_teachers": whole(0, 2),
    "indoor_sports_area_m2": hundredths(0, 900),
    "rented_sports_area_m2": hundredths(0, 90),
    "other_sports_area_m2": hundredths(0, 90),
    "is_dense_metropolitan_centre": YES_OR_NO,
    "locale": one_of("城区", "镇区", "乡村"),
}
MOVED = sorted({ratio.key(stage) for ratio in RATIOS for stage in (PRIMARY, JUNIOR)})
COMBINED = ("九年一贯制学校", "九年一贯制学校", "十二年一贯制学校", "完全中学")


def put(section: Section, ratio: Ratio, share: Fraction, by: int) -> Section:
    """Return a section that is `by` units of data above the last that fails a line's share."""
    at = ratio.last_to_fail(section, share)
    steps = 0 if at is None else max(0, at + by)
    moved = section.school.having(**{ratio.key(section.stage): steps * ratio.data})
    return Section(moved, section.stage, section.is_relaxed)


@st.composite
def on_every_line(draw: st.DrawFn, *, is_relaxed: bool) -> Section:
    """Return a section that meets every ratio, and would fail each with one unit of data less.

    With round numbers it is exactly on its thresholds. A combined school's other section results
    from that.
    """
    kind = draw(st.sampled_from([*WEIGHTS, *COMBINED]))
    school = draw(units(BESIDE)).having(**dict.fromkeys(MOVED, Fraction(0)))
    for stage, suffix in SUFFIX.items():
        students = draw(STUDENTS) if stage in WEIGHTS[kind] else Fraction(0)
        school = school.having(**{f"students_{suffix}": Fraction(students)})
    school = Unit(school.numbers, {**school.texts, "school_kind": kind})
    stage = draw(st.sampled_from([stage for stage in WEIGHTS[kind] if stage != SENIOR]))
    section = Section(school, stage, is_relaxed)
    for ratio in RATIOS:
        section = put(section, ratio, WHOLE, 1)
    return section


@st.composite
def schools(draw: st.DrawFn, *, is_relaxed: bool) -> Unit:
    """Return a school with up to three ratios of one section under the threshold or 85 % of it."""
    section = draw(on_every_line(is_relaxed=is_relaxed))
    for ratio in draw(st.lists(st.sampled_from(RATIOS), max_size=3)):
        share = draw(st.sampled_from((FLOOR, WHOLE)))
        section = put(section, ratio, share, draw(st.integers(-1, 2)))
    return section.school
