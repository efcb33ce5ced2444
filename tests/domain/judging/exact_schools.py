"""Lines of a school's rooms, size, classes and funds in fractions, from indicators.csv."""

from fractions import Fraction
from math import ceil
from operator import ge, le

from hypothesis import strategies as st

from junheng.domain.standard.standard import Grain
from tests.domain.judging.exact import PUPILS, YES_OR_NO, ExactLine, Unit, one_of, stated, whole

KINDS_OF_SCHOOL = ("小学", "教学点", "初中", "九年一贯制学校", "十二年一贯制学校", "完全中学")
THROUGH = {"九年一贯制学校", "十二年一贯制学校"}
KINDS = one_of(*KINDS_OF_SCHOOL, "特殊教育学校")
LOCALES = one_of("城区", "镇区", "乡村", "乡村")


def is_no_special_school(unit: Unit) -> bool:
    return unit.texts["school_kind"] != "特殊教育学校"


def compulsory(unit: Unit) -> Fraction:
    return unit["students_primary"] + unit["students_junior"]


MUSIC, FINE_ARTS = (96, 73, 61, 54), (90, 67, 61, 54)


def counted_rooms(unit: Unit, kind: str, sizes: tuple[int, ...], *, is_relaxed: bool) -> Fraction:
    """放宽期内、2016年及之前建成：73㎡、67㎡；乡村且最大班额<30：54㎡，有初中部61㎡."""
    smallest = sizes[0]
    if is_relaxed and unit["is_built_by_2016"] == 1:
        smallest = sizes[1]
    if is_relaxed and unit.texts["locale"] == "乡村" and unit["largest_class"] < 30:
        smallest = 61 if unit["students_junior"] > 0 else 54
    return unit.total(f"{kind}_rooms_from_{size}_m2" for size in sizes if size >= smallest)


def arts_rooms(first: str, *, is_relaxed: bool) -> ExactLine:
    """音乐≥应配 且 美术≥应配；应配=⌈班级数÷12⌉. The rooms of one kind are put on the threshold."""
    kinds = {"music": MUSIC, "fine_arts": FINE_ARTS}
    other = next(kind for kind in kinds if kind != first)
    rooms = [f"{kind}_rooms_from_{size}_m2" for kind, sizes in kinds.items() for size in sizes]
    largest = {kind: f"{kind}_rooms_from_{sizes[0]}_m2" for kind, sizes in kinds.items()}
    draws = dict.fromkeys(rooms, whole(0, 1)) | {largest[other]: whole(0, 4)}
    draws.pop(largest[first])
    return ExactLine(
        "G03",
        Grain.SCHOOL,
        draws=draws
        | {
            "school_kind": KINDS,
            "locale": LOCALES,
            "classes": whole(1, 48),
            "largest_class": whole(28, 31),
            "students_junior": whole(0, 1),
            "is_built_by_2016": YES_OR_NO,
        },
        moves=(largest[first], largest[other]),
        value=lambda u: min(
            counted_rooms(u, kind, sizes, is_relaxed=is_relaxed) for kind, sizes in kinds.items()
        ),
        threshold=lambda u: Fraction(ceil(u["classes"] / 12)),
        holds=ge,
        most=12,
        applies=is_no_special_school,
    )


def school_size(*, is_relaxed: bool) -> ExactLine:
    """≤2000；九年、十二年一贯制≤2500. 放宽期内、2010年及之前建成或随迁子女>50%：2400/3000."""

    def limit(unit: Unit) -> Fraction:
        is_through = unit.texts["school_kind"] in THROUGH
        mostly_migrant = unit["migrant_students"] > compulsory(unit) / 2
        if is_relaxed and (unit["is_built_by_2010"] == 1 or mostly_migrant):
            return Fraction(3000 if is_through else 2400)
        return Fraction(2500 if is_through else 2000)

    return ExactLine(
        "G04",
        Grain.SCHOOL,
        draws={
            "school_kind": KINDS,
            "students_junior": whole(0, 1900),
            "is_built_by_2010": YES_OR_NO,
            # Near half of the pupils, where one pupil less may lead to the wider limit.
            "migrant_students": st.one_of(whole(0, 1600), whole(1001, 1249)),
        },
        moves=("students_primary",),
        value=compulsory,
        threshold=limit,
        holds=le,
        most=PUPILS,
        applies=is_no_special_school,
    )


def small_school(line: str, students: int) -> ExactLine:
    """只判：小学或教学点、乡村、学生数不足."""
    return stated(
        line,
        Grain.SCHOOL,
        "funded_students",
        str(students),
        most=PUPILS,
        draws={
            "school_kind": KINDS,
            "locale": LOCALES,
            "students_primary": st.one_of(whole(students - 2, students + 2), whole(0, PUPILS)),
            "students_junior": whole(0, 0),
        },
        applies=lambda u: (
            u.texts["school_kind"] in {"小学", "教学点"}
            and u.texts["locale"] == "乡村"
            and compulsory(u) < students
        ),
    )


def class_size(stage: str, most_pupils: int) -> ExactLine:
    draws = {"stage": one_of(stage)}
    limit = str(most_pupils)
    return stated("G05", Grain.CLASS, "students", limit, most=120, holds=le, draws=draws)
