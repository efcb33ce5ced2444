"""The measures: named column expressions over figures, one for each way of computing.

Each takes the columns of one grain (a section, a school, a class, …) and returns one value a row.
Divide once, last; nothing is rounded here. 万元 is reported, 元 is judged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals as nw

YUAN_PER_WAN_YUAN = 10_000


@dataclass(frozen=True, slots=True)
class Measure:
    """A formula: the figures it needs, its text for people, and its expression."""

    name: str
    figures: tuple[str, ...]
    formula: str
    expression: Callable[..., nw.Expr]


MEASURES: dict[str, Measure] = {}


class MeasureUnknown(LookupError):
    """The rulebook names a measure that nobody has written."""


def measure(
    *figures: str,
    formula: str = "",
) -> Callable[[Callable[..., nw.Expr]], Callable[..., nw.Expr]]:
    """Register a measure under its function's name, with the figures it cannot do without."""

    def register(expression: Callable[..., nw.Expr]) -> Callable[..., nw.Expr]:
        name = expression.__name__
        MEASURES[name] = Measure(name, figures, formula, expression)
        return expression

    return register


def named(name: str) -> Measure:
    """Return the measure of a name; raises MeasureUnknown."""
    try:
        return MEASURES[name]
    except KeyError:
        raise MeasureUnknown(f"没有名为 {name} 的测算方法") from None


def column(name: str, **parameters: Any) -> nw.Expr:
    """Return a measure's expression or, where there is no such measure, the column itself."""
    return MEASURES[name].expression(**parameters) if name in MEASURES else nw.col(name)


def _per_100_students(total: nw.Expr) -> nw.Expr:
    return total * 100 / nw.col("students")


def _shared_per_student(total: nw.Expr) -> nw.Expr:
    """A combined school's total, split by weighted pupils, per real pupil of the section."""
    return total * nw.col("section_share") / nw.col("students")


# 七项资源配置指标（每个学段部）


@measure(
    "associate_degree_teachers",
    "bachelor_teachers",
    "master_teachers",
    "doctor_teachers",
    "students",
    formula="高于规定学历教师数 ÷ 学生数 × 100",
)
def qualified_teachers_per_100_students() -> nw.Expr:
    """小学：专科及以上；初中：本科及以上 (a junior section has no column of 专科)."""
    degrees = ("associate_degree_teachers", "bachelor_teachers", "master_teachers")
    return _per_100_students(nw.sum_horizontal(*degrees, "doctor_teachers"))


@measure("backbone_teachers", "students", formula="骨干教师数 ÷ 学生数 × 100")
def backbone_teachers_per_100_students() -> nw.Expr:
    return _per_100_students(nw.col("backbone_teachers"))


PE_AND_ARTS = ("pe_teachers", "music_teachers", "fine_arts_teachers", "arts_teachers")


@measure(*PE_AND_ARTS, "students", formula="(体育 + 音乐 + 美术 + 艺术教师) ÷ 学生数 × 100")
def pe_and_arts_teachers_per_100_students() -> nw.Expr:
    return _per_100_students(nw.sum_horizontal(*PE_AND_ARTS))


@measure(
    *PE_AND_ARTS,
    "visiting_pe_and_arts_teachers",
    "compulsory_students",
    "locale",
    "students",
    formula="(体育 + 音乐 + 美术 + 艺术教师 + 走教教师) ÷ 学生数 × 100",
)
def pe_and_arts_teachers_with_visiting_per_100_students(
    *,
    fewest_students: int,
    most_students: int,
) -> nw.Expr:
    """国教督办函〔2019〕30号: 50 至 99 人的乡村学校可计走教教师."""
    is_small_rural = (nw.col("locale") == "乡村") & nw.col("compulsory_students").is_between(
        fewest_students,
        most_students,
    )
    visiting = nw.col("visiting_pe_and_arts_teachers") * nw.col("section_share")
    own = nw.sum_horizontal(*PE_AND_ARTS)
    return _per_100_students(nw.when(is_small_rural).then(own + visiting).otherwise(own))


@measure(
    "teaching_area_m2",
    "indoor_sports_area_m2",
    "section_share",
    "students",
    formula="(教学及辅助用房总面积 − 室内体育用房面积) × 学段占比 ÷ 学生数",
)
def teaching_area_per_student() -> nw.Expr:
    return _shared_per_student(nw.col("teaching_area_m2") - nw.col("indoor_sports_area_m2"))


@measure(
    "sports_ground_area_m2",
    "indoor_sports_area_m2",
    "section_share",
    "students",
    formula="(校内体育场面积 + 室内体育用房面积) × 学段占比 ÷ 学生数",
)
def sports_area_per_student() -> nw.Expr:
    return _shared_per_student(nw.col("sports_ground_area_m2") + nw.col("indoor_sports_area_m2"))


@measure(
    "sports_ground_area_m2",
    "indoor_sports_area_m2",
    "rented_sports_area_m2",
    "other_sports_area_m2",
    "is_dense_metropolitan_centre",
    "section_share",
    "students",
    formula="(校内体育场 + 室内体育用房 + 校外租赁场馆 + 校内其他体育场面积) × 学段占比 ÷ 学生数",
)
def sports_area_with_rented_per_student() -> nw.Expr:
    """国教督办函〔2019〕30号: 大城市中心城区学校可计租赁和改造的场地."""
    own = nw.col("sports_ground_area_m2") + nw.col("indoor_sports_area_m2")
    elsewhere = nw.col("rented_sports_area_m2") + nw.col("other_sports_area_m2")
    is_dense = nw.col("is_dense_metropolitan_centre") == 1
    return _shared_per_student(nw.when(is_dense).then(own + elsewhere).otherwise(own))


@measure(
    "equipment_value_wan_yuan",
    "section_share",
    "students",
    formula="教学仪器设备资产值（万元）× 10000 × 学段占比 ÷ 学生数",
)
def equipment_value_per_student() -> nw.Expr:
    return _shared_per_student(nw.col("equipment_value_wan_yuan") * YUAN_PER_WAN_YUAN)


@measure(
    "multimedia_classrooms",
    "section_share",
    "students",
    formula="网络多媒体教室间数 × 学段占比 ÷ 学生数 × 100",
)
def multimedia_classrooms_per_100_students() -> nw.Expr:
    return _shared_per_student(nw.col("multimedia_classrooms")) * 100


# 政府保障程度


def _rooms_from(kind: str, *sizes: int) -> nw.Expr:
    return nw.sum_horizontal(*(f"{kind}_rooms_from_{size}_m2" for size in sizes))


@measure(
    "music_rooms_from_96_m2",
    "fine_arts_rooms_from_90_m2",
    formula="min(96㎡及以上音乐教室, 90㎡及以上美术教室)",
)
def arts_rooms() -> nw.Expr:
    """The scarcer kind decides: both must reach the number required."""
    return nw.min_horizontal(_rooms_from("music", 96), _rooms_from("fine_arts", 90))


@measure(
    *(f"music_rooms_from_{size}_m2" for size in (96, 73, 61, 54)),
    *(f"fine_arts_rooms_from_{size}_m2" for size in (90, 67, 61, 54)),
    "is_built_by_2016",
    "locale",
    formula="min(可计音乐教室, 可计美术教室)",
)
def arts_rooms_relaxed(*, rural_class_below: int) -> nw.Expr:
    """国教督办函〔2019〕30号: planned by 2016, or small rural classes: smaller rooms count."""
    is_small_rural = (nw.col("locale") == "乡村") & (nw.col("largest_class") < rural_class_below)
    has_junior = nw.col("students_junior") > 0

    def kind(name: str, full: int, older: int) -> nw.Expr:
        return (
            nw.when(is_small_rural & ~has_junior)
            .then(_rooms_from(name, full, older, 61, 54))
            .when(is_small_rural)
            .then(_rooms_from(name, full, older, 61))
            .when(nw.col("is_built_by_2016") == 1)
            .then(_rooms_from(name, full, older))
            .otherwise(_rooms_from(name, full))
        )

    return nw.min_horizontal(kind("music", 96, 73), kind("fine_arts", 90, 67))


@measure("classes", formula="⌈义务教育阶段班级数 ÷ 12⌉")
def arts_rooms_required(*, classes_per_room: int) -> nw.Expr:
    """每12个班配备1间以上: whole rooms, a begun dozen counts."""
    return (nw.col("classes") / classes_per_room).ceil()


@measure("compulsory_students", formula="小学学生数 + 初中学生数")
def compulsory_students() -> nw.Expr:
    return nw.col("compulsory_students")


THROUGH_SCHOOLS = ("九年一贯制学校", "十二年一贯制学校")


@measure("school_kind", formula="学校类型")
def scale_class() -> nw.Expr:
    """Which limit of size a school has: 九年、十二年一贯制 are `through` schools."""
    is_through = nw.col("school_kind").is_in(THROUGH_SCHOOLS)
    return nw.when(is_through).then(nw.lit("through")).otherwise(nw.lit("ordinary"))


@measure(
    "school_kind",
    "is_built_by_2010",
    "migrant_students",
    formula="学校类型、建成年份、随迁子女占比",
)
def scale_class_relaxed(*, migrant_share: float) -> nw.Expr:
    """国教督办函〔2019〕30号: planned by 2010, or over half of the pupils migrants' children."""
    is_through = nw.col("school_kind").is_in(THROUGH_SCHOOLS)
    mostly_migrant = nw.col("migrant_students") > nw.col("compulsory_students") * migrant_share
    is_relaxed = (nw.col("is_built_by_2010") == 1) | mostly_migrant
    return (
        nw.when(is_through & is_relaxed)
        .then(nw.lit("through_relaxed"))
        .when(is_through)
        .then(nw.lit("through"))
        .when(is_relaxed)
        .then(nw.lit("ordinary_relaxed"))
        .otherwise(nw.lit("ordinary"))
    )


@measure("students", formula="班级学生数")
def class_size() -> nw.Expr:
    return nw.col("students")


@measure("funded_students", formula="核定公用经费学生数")
def funded_students() -> nw.Expr:
    return nw.col("funded_students")


# 重点任务落实, 数据报送


@measure("progress", formula="落实情况为“已落实”且有佐证材料")
def is_carried_out_with_evidence() -> nw.Expr:
    return (nw.col("progress") == "已落实") & (nw.col("has_evidence") == 1)


@measure("is_received", formula="按期报送且通过校验")
def is_received() -> nw.Expr:
    return nw.col("is_received") == 1
