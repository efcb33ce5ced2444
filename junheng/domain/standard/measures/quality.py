"""教育质量: retention of pupils, grades, and the national monitoring of subjects."""

import narwhals as nw

from junheng.domain import known_answers
from junheng.domain.standard.measures.registry import measure


@measure(
    "graduates",
    "transferred_in",
    "transferred_out",
    "entrants_three_years_ago",
    "deceased",
    formula="({graduates} − {transferred_in} + {transferred_out})"
    " ÷ ({entrants_three_years_ago} − {deceased})",
)
def three_year_retention() -> nw.Expr:
    """初中三年巩固率: the entrants who stayed, divided by those who could have stayed."""
    stayed = nw.col("graduates") - nw.col("transferred_in") + nw.col("transferred_out")
    return stayed / (nw.col("entrants_three_years_ago") - nw.col("deceased"))


GRADES = ("moral_education_grade", "campus_culture_grade")
UPPER_LEVELS = ("Ⅲ", "Ⅳ")


@measure(
    *GRADES,
    formula="{moral_education_grade}、{campus_culture_grade}",
    answers=dict.fromkeys(GRADES, known_answers.GOOD_GRADES),
)
def both_grades_are_good() -> nw.Expr:
    good = (nw.col(name).is_in(known_answers.GOOD_GRADES) for name in GRADES)
    return nw.all_horizontal(*good, ignore_nulls=False)


@measure("gap", formula="{gap}")
def subject_gap() -> nw.Expr:
    """国家质量监测: a subject's 校际差异率."""
    return nw.col("gap")


@measure("level", formula="{level}", answers={"level": UPPER_LEVELS})
def subject_level_is_upper() -> nw.Expr:
    """Ⅳ is the highest level, Ⅰ the lowest; Ⅲ or Ⅳ is required."""
    return nw.col("level").is_in(UPPER_LEVELS)


@measure(
    "school_bus_compliance",
    formula="{school_bus_compliance}",
    answers={"school_bus_compliance": (known_answers.NO,)},
)
def school_buses_comply() -> nw.Expr:
    """不为“否”: a school without buses complies."""
    return nw.col("school_bus_compliance") != known_answers.NO


STAGES_OF_A_PROJECT = (
    "joined_siting",
    "joined_environmental_review",
    "joined_design",
    "joined_construction",
    "joined_acceptance",
)


@measure(
    *STAGES_OF_A_PROJECT,
    formula="、".join(f"{{{stage}}}" for stage in STAGES_OF_A_PROJECT),
)
def joined_every_stage() -> nw.Expr:
    """选址、环评、规划设计、建设、竣工验收: the education department took part in each."""
    joined = (nw.col(stage) == 1 for stage in STAGES_OF_A_PROJECT)
    return nw.all_horizontal(*joined, ignore_nulls=False)


@measure(
    "progress",
    "has_evidence",
    formula="{progress}、{has_evidence}",
    answers={"progress": (known_answers.CARRIED_OUT,)},
)
def is_carried_out_with_evidence() -> nw.Expr:
    return (nw.col("progress") == known_answers.CARRIED_OUT) & (nw.col("has_evidence") == 1)


@measure("is_received", formula="{is_received}")
def is_received() -> nw.Expr:
    return nw.col("is_received") == 1
