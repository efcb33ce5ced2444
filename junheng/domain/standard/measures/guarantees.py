"""政府保障程度: rooms, school sizes, quotas and funds that the government guarantees."""

import narwhals as nw

from junheng.domain import known_answers
from junheng.domain.standard.measures.registry import measure
from junheng.domain.standard.measures.resources import YUAN_PER_WAN_YUAN

MUSIC_SIZES = (96, 73, 61, 54)
FINE_ARTS_SIZES = (90, 67, 61, 54)


def _rooms_from(kind: str, *sizes: int) -> nw.Expr:
    return nw.sum_horizontal(*(f"{kind}_rooms_from_{size}_m2" for size in sizes))


@measure(
    "music_rooms_from_96_m2",
    "fine_arts_rooms_from_90_m2",
    formula="min({counted_music_rooms}, {counted_fine_arts_rooms})",
    parts={
        "counted_music_rooms": lambda: _rooms_from("music", 96),
        "counted_fine_arts_rooms": lambda: _rooms_from("fine_arts", 90),
    },
)
def arts_rooms() -> nw.Expr:
    """The smaller number of the two kinds: both must reach the required number."""
    return nw.min_horizontal(_rooms_from("music", 96), _rooms_from("fine_arts", 90))


def _rooms_relaxed(kind: str, sizes: tuple[int, ...], rural_class_below: int) -> nw.Expr:
    full, older, *_ = sizes
    is_small_rural = (nw.col("locale") == known_answers.RURAL) & (
        nw.col("largest_class") < rural_class_below
    )
    has_junior = nw.col("students_junior") > 0
    return (
        nw.when(is_small_rural & ~has_junior)
        .then(_rooms_from(kind, *sizes))
        .when(is_small_rural)
        .then(_rooms_from(kind, full, older, 61))
        .when(nw.col("is_built_by_2016") == 1)
        .then(_rooms_from(kind, full, older))
        .otherwise(_rooms_from(kind, full))
    )


def _music_rooms_relaxed(*, rural_class_below: int) -> nw.Expr:
    return _rooms_relaxed("music", MUSIC_SIZES, rural_class_below)


def _fine_arts_rooms_relaxed(*, rural_class_below: int) -> nw.Expr:
    return _rooms_relaxed("fine_arts", FINE_ARTS_SIZES, rural_class_below)


@measure(
    *(f"music_rooms_from_{size}_m2" for size in MUSIC_SIZES),
    *(f"fine_arts_rooms_from_{size}_m2" for size in FINE_ARTS_SIZES),
    "is_built_by_2016",
    "locale",
    "largest_class",
    "students_junior",
    formula="min({counted_music_rooms}, {counted_fine_arts_rooms})",
    parts={
        "counted_music_rooms": _music_rooms_relaxed,
        "counted_fine_arts_rooms": _fine_arts_rooms_relaxed,
    },
    answers={"locale": (known_answers.RURAL,)},
)
def arts_rooms_relaxed(*, rural_class_below: int) -> nw.Expr:
    """国教督办函〔2019〕30号: planned by 2016, or small rural classes: smaller rooms count."""
    return nw.min_horizontal(
        _music_rooms_relaxed(rural_class_below=rural_class_below),
        _fine_arts_rooms_relaxed(rural_class_below=rural_class_below),
    )


@measure("classes", formula=lambda classes_per_room: f"⌈{{classes}} ÷ {classes_per_room}⌉")
def arts_rooms_required(*, classes_per_room: int) -> nw.Expr:
    """每12个班配备1间以上, rounded up to whole rooms."""
    return (nw.col("classes") / classes_per_room).ceil()


@measure(
    "school_kind",
    formula="{school_kind}",
    gives=("ordinary", "through"),
    answers={"school_kind": known_answers.THROUGH_SCHOOLS},
)
def scale_class() -> nw.Expr:
    """The size class of a school: 九年、十二年一贯制 are `through` schools."""
    is_through = nw.col("school_kind").is_in(known_answers.THROUGH_SCHOOLS)
    return nw.when(is_through).then(nw.lit("through")).otherwise(nw.lit("ordinary"))


@measure(
    "school_kind",
    "is_built_by_2010",
    "migrant_students",
    "compulsory_students",
    formula="{school_kind}、{is_built_by_2010}、{migrant_students} ÷ {compulsory_students}",
    gives=("ordinary", "through", "ordinary_relaxed", "through_relaxed"),
    answers={"school_kind": known_answers.THROUGH_SCHOOLS},
)
def scale_class_relaxed(*, migrant_share: float) -> nw.Expr:
    """国教督办函〔2019〕30号: planned by 2010, or over half of the pupils migrants' children."""
    is_through = nw.col("school_kind").is_in(known_answers.THROUGH_SCHOOLS)
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


UNIFIED = (
    "is_building_standard_unified",
    "is_staffing_standard_unified",
    "is_equipment_standard_unified",
)
QUOTAS = tuple(
    f"{place}_{stage}_quota_yuan"
    for stage in ("primary", "junior")
    for place in ("urban", "rural", "provincial")
)


@measure(
    *UNIFIED,
    *QUOTAS,
    formula="、".join(f"{{{name}}}" for name in UNIFIED)
    + "；{urban_primary_quota_yuan} = {rural_primary_quota_yuan} ≥ {provincial_primary_quota_yuan}"
    + "；{urban_junior_quota_yuan} = {rural_junior_quota_yuan} ≥ {provincial_junior_quota_yuan}",
)
def is_unified_between_town_and_country() -> nw.Expr:
    """三项“统一”均为是；城区定额=乡村定额≥省定基准（小学、初中）."""
    condition = nw.all_horizontal(*(nw.col(name) == 1 for name in UNIFIED), ignore_nulls=False)
    for stage in ("primary", "junior"):
        rural = nw.col(f"rural_{stage}_quota_yuan")
        condition &= nw.col(f"urban_{stage}_quota_yuan") == rural
        condition &= rural >= nw.col(f"provincial_{stage}_quota_yuan")
    return condition


@measure(
    "special_school_funds_wan_yuan",
    "special_school_students",
    formula="{special_school_funds_wan_yuan} × 10000 ÷ {special_school_students}",
)
def special_school_funds_per_student() -> nw.Expr:
    funds = nw.col("special_school_funds_wan_yuan") * YUAN_PER_WAN_YUAN
    return funds / nw.col("special_school_students")
