"""资源配置: the seven ratios of a section; combined schools are split by weighted pupils."""

import narwhals as nw

from junheng.domain import known_answers
from junheng.domain.standard.measures.registry import measure

YUAN_PER_WAN_YUAN = 10_000


def _per_100_students(total: nw.Expr) -> nw.Expr:
    return total * 100 / nw.col("students")


def _shared_per_student(total: nw.Expr) -> nw.Expr:
    """A combined school's total, split by weighted pupils, per real pupil of the section."""
    return total * nw.col("section_share") / nw.col("students")


QUALIFIED = (
    "associate_degree_teachers",
    "bachelor_teachers",
    "master_teachers",
    "doctor_teachers",
)


def _sum(*figures: str) -> str:
    return " + ".join(f"{{{figure}}}" for figure in figures)


@measure(*QUALIFIED, "students", formula=f"({_sum(*QUALIFIED)}) ÷ {{students}} × 100")
def qualified_teachers_per_100_students() -> nw.Expr:
    """小学：专科及以上；初中：本科及以上 (a junior section has no column of 专科)."""
    return _per_100_students(nw.sum_horizontal(*QUALIFIED))


@measure("backbone_teachers", "students", formula="{backbone_teachers} ÷ {students} × 100")
def backbone_teachers_per_100_students() -> nw.Expr:
    return _per_100_students(nw.col("backbone_teachers"))


PE_AND_ARTS = ("pe_teachers", "music_teachers", "fine_arts_teachers", "arts_teachers")


@measure(*PE_AND_ARTS, "students", formula=f"({_sum(*PE_AND_ARTS)}) ÷ {{students}} × 100")
def pe_and_arts_teachers_per_100_students() -> nw.Expr:
    return _per_100_students(nw.sum_horizontal(*PE_AND_ARTS))


def _counted_visiting_teachers(*, fewest_students: int, most_students: int) -> nw.Expr:
    is_small_rural = (nw.col("locale") == known_answers.RURAL) & nw.col(
        "compulsory_students"
    ).is_between(
        fewest_students,
        most_students,
    )
    visiting = nw.col("visiting_pe_and_arts_teachers") * nw.col("section_share")
    return nw.when(is_small_rural).then(visiting).otherwise(nw.lit(0.0))


@measure(
    *PE_AND_ARTS,
    "visiting_pe_and_arts_teachers",
    "compulsory_students",
    "locale",
    "students",
    formula=f"({_sum(*PE_AND_ARTS, 'counted_visiting_teachers')}) ÷ {{students}} × 100",
    parts={"counted_visiting_teachers": _counted_visiting_teachers},
    answers={"locale": (known_answers.RURAL,)},
)
def pe_and_arts_teachers_with_visiting_per_100_students(
    *,
    fewest_students: int,
    most_students: int,
) -> nw.Expr:
    """国教督办函〔2019〕30号: 50 至 99 人的乡村学校可计走教教师."""
    visiting = _counted_visiting_teachers(
        fewest_students=fewest_students, most_students=most_students
    )
    return _per_100_students(nw.sum_horizontal(*PE_AND_ARTS) + visiting)


@measure(
    "teaching_area_m2",
    "indoor_sports_area_m2",
    "section_share",
    "students",
    formula="({teaching_area_m2} − {indoor_sports_area_m2}) × {section_share} ÷ {students}",
)
def teaching_area_per_student() -> nw.Expr:
    return _shared_per_student(nw.col("teaching_area_m2") - nw.col("indoor_sports_area_m2"))


@measure(
    "sports_ground_area_m2",
    "indoor_sports_area_m2",
    "section_share",
    "students",
    formula="({sports_ground_area_m2} + {indoor_sports_area_m2}) × {section_share} ÷ {students}",
)
def sports_area_per_student() -> nw.Expr:
    return _shared_per_student(nw.col("sports_ground_area_m2") + nw.col("indoor_sports_area_m2"))


def _counted_elsewhere_area_m2() -> nw.Expr:
    elsewhere = nw.col("rented_sports_area_m2") + nw.col("other_sports_area_m2")
    is_dense = nw.col("is_dense_metropolitan_centre") == 1
    return nw.when(is_dense).then(elsewhere).otherwise(nw.lit(0.0))


@measure(
    "sports_ground_area_m2",
    "indoor_sports_area_m2",
    "rented_sports_area_m2",
    "other_sports_area_m2",
    "is_dense_metropolitan_centre",
    "section_share",
    "students",
    formula="({sports_ground_area_m2} + {indoor_sports_area_m2} + {counted_elsewhere_area_m2})"
    " × {section_share} ÷ {students}",
    parts={"counted_elsewhere_area_m2": _counted_elsewhere_area_m2},
)
def sports_area_with_rented_per_student() -> nw.Expr:
    """国教督办函〔2019〕30号: 大城市中心城区学校可计租赁和改造的场地."""
    own = nw.col("sports_ground_area_m2") + nw.col("indoor_sports_area_m2")
    return _shared_per_student(own + _counted_elsewhere_area_m2())


@measure(
    "equipment_value_wan_yuan",
    "section_share",
    "students",
    formula="{equipment_value_wan_yuan} × 10000 × {section_share} ÷ {students}",
)
def equipment_value_per_student() -> nw.Expr:
    return _shared_per_student(nw.col("equipment_value_wan_yuan") * YUAN_PER_WAN_YUAN)


@measure(
    "multimedia_classrooms",
    "section_share",
    "students",
    formula="{multimedia_classrooms} × {section_share} ÷ {students} × 100",
)
def multimedia_classrooms_per_100_students() -> nw.Expr:
    return _shared_per_student(nw.col("multimedia_classrooms")) * 100
