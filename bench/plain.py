"""The baseline: all 103 lines of 2025 in plain pandas, with hard-coded numbers.

It has no dated rules, reasons, distances and traces.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bench import plain_district
from bench.plain_district import NEAR, Verdict
from junheng.domain.judging.frames import YearData

STAGES = {"小学": "primary", "初中": "junior"}
WEIGHTS = {
    "九年一贯制学校": (1, 1.1, 0),
    "十二年一贯制学校": (1, 1.1, 1.32),
    "完全中学": (0, 1, 1.2),
}
EXPECTED = {
    "小学": ("小学",),
    "教学点": ("小学",),
    "初中": ("初中",),
    "完全中学": ("初中",),
}
FLOORS = {
    "小学": (4.2, 1, 0.9, 4.5, 7.5, 2000, 2.3),
    "初中": (5.3, 1, 0.9, 5.8, 10.2, 2500, 2.4),
}
SCHOOL_YES = {
    "Q03": ("has_charter", "is_digitally_managed"),
    "Q07": ("offers_full_curriculum", "runs_practical_activities"),
    "L05": ("is_modern_school",),
    "L11a": ("has_daily_exercise_hour",),
    "L25a": ("has_security_staff",),
    "L26": ("has_bullying_rules",),
}


def judge(data: YearData) -> Iterator[Verdict]:
    """Yield every verdict of a year: (indicator, unit, value, verdict)."""
    schools = _schools(data)
    sections = _sections(schools)
    yield from _ratios(sections)
    yield from _coefficients(sections, data.district_code)
    yield from _zones(sections, data.district_code)
    yield from _of_schools(schools)
    yield from _classes(data)
    yield from plain_district.of_departments(data, schools)
    yield from plain_district.of_plan_tasks(data)


def _schools(data: YearData) -> Any:
    rows = []
    for record in data.schools:
        values = record.values or {}
        sizes = [
            value
            for (subject, key), value in values.items()
            if key == "class_students" and not subject.startswith("高中")
        ]
        own = {key: value for (subject, key), value in values.items() if not subject}
        school = record.school
        assert school is not None  # noqa: S101
        base = {"school_kind": school.kind, "locale": school.locale, "ownership": school.ownership}
        rows.append(
            {"unit": school.code, "reported": bool(values), "classes": len(sizes), **base, **own}
        )
    return pd.DataFrame(rows)


def _sections(schools: Any) -> Any:
    kinds = schools["school_kind"].map(lambda kind: WEIGHTS.get(kind, (1, 1, 1)))
    names = ("primary", "junior", "senior")
    weighted = [schools[f"students_{name}"] * kinds.str[index] for index, name in enumerate(names)]
    total = sum(weighted)
    parts = []
    for index, (stage, name) in enumerate(STAGES.items()):
        wanted = schools["school_kind"].map(
            lambda kind, s=stage: s in EXPECTED.get(kind, ("小学", "初中"))
        )
        own = schools[(schools[f"students_{name}"] > 0) | (~schools["reported"] & wanted)].copy()
        own["stage"], own["share"] = stage, (weighted[index] / total).loc[own.index]
        for key in (
            "students",
            "bachelor_teachers",
            "master_teachers",
            "doctor_teachers",
            "backbone_teachers",
            "pe_teachers",
            "music_teachers",
            "fine_arts_teachers",
            "arts_teachers",
            "in_zone_students",
        ):
            own[key] = own[f"{key}_{name}"]
        own["associate"] = own["associate_degree_teachers_primary"] if name == "primary" else 0
        own["section"] = own["unit"] + ":" + stage
        parts.append(own)
    return pd.concat(parts, ignore_index=True)


def _values(sections: Any) -> Any:
    pupils, share = sections["students"], sections["share"]
    degrees = sections[["associate", "bachelor_teachers", "master_teachers", "doctor_teachers"]]
    arts = sections[["pe_teachers", "music_teachers", "fine_arts_teachers", "arts_teachers"]]
    area = sections["teaching_area_m2"] - sections["indoor_sports_area_m2"]
    sports = sections["sports_ground_area_m2"] + sections["indoor_sports_area_m2"]
    return pd.DataFrame(
        {
            "R1": degrees.sum(axis=1) * 100 / pupils,
            "R2": sections["backbone_teachers"] * 100 / pupils,
            "R3": arts.sum(axis=1) * 100 / pupils,
            "R4": area * share / pupils,
            "R5": sports * share / pupils,
            "R6": sections["equipment_value_wan_yuan"] * 10000 * share / pupils,
            "R7": sections["multimedia_classrooms"] * share / pupils * 100,
        }
    )


def _counted(sections: Any) -> Any:
    tiny = (sections["school_kind"] == "教学点") & (sections["students"] < 50)
    return ~sections["school_kind"].isin(["特殊教育学校", "职业学校"]) & ~tiny


def _ratios(sections: Any) -> Iterator[Verdict]:
    counted = sections[_counted(sections)]
    values = _values(counted)
    floors = pd.DataFrame(
        [FLOORS[stage] for stage in counted["stage"]], columns=values.columns, index=values.index
    )
    met, near = values >= floors - NEAR, values >= floors * 0.85 - NEAR
    reported = counted["reported"]
    for line in values:
        yield from _verdicts(line, counted["section"], values[line], met[line], reported)
    six = (met.sum(axis=1) >= 6) & near.all(axis=1)
    yield from _verdicts("R", counted["section"], met.sum(axis=1), six, reported)


def _coefficients(sections: Any, district: str) -> Iterator[Verdict]:
    counted = sections[_counted(sections) & sections["reported"]]
    values = _values(counted)
    for stage, own in counted.groupby("stage"):
        weights = own["students"] / own["students"].sum()
        for number in range(1, 8):
            ratio = values.loc[own.index, f"R{number}"]
            mean = (weights * ratio).sum()
            value = (weights * (ratio - mean) ** 2).sum() ** 0.5 / mean
            limit = 0.5 if stage == "小学" else 0.45
            yield (
                f"CV{number}",
                f"{district}:{stage}",
                value,
                "pass" if value <= limit + NEAR else "fail",
            )


def _zones(sections: Any, district: str) -> Iterator[Verdict]:
    own = sections[
        sections["reported"]
        & (sections["ownership"] == "公办")
        & sections["locale"].isin(["城区", "镇区"])
        & (sections["school_kind"] != "特殊教育学校")
        & (sections["is_boarding"] == "否")
    ]
    for stage, part in own.groupby("stage"):
        value = part["in_zone_students"].sum() / part["students"].sum()
        floor = 1 if stage == "小学" else 0.95
        yield ("G13", f"{district}:{stage}", value, "pass" if value >= floor - NEAR else "fail")


def _of_schools(schools: Any) -> Iterator[Verdict]:
    unit, reported = schools["unit"], schools["reported"]
    pupils = schools["students_primary"] + schools["students_junior"]
    ordinary = schools["school_kind"] != "特殊教育学校"
    rooms = schools[["music_rooms_from_96_m2", "fine_arts_rooms_from_90_m2"]].min(axis=1)
    wanted = -(-schools["classes"] // 12)
    yield from _verdicts("G03", unit[ordinary], rooms, rooms >= wanted, reported)
    through = schools["school_kind"].isin(["九年一贯制学校", "十二年一贯制学校"])
    limit = through.map({True: 2500, False: 2000})
    yield from _verdicts("G04", unit[ordinary], pupils, pupils <= limit, reported)
    village = schools["school_kind"].isin(["小学", "教学点"]) & (schools["locale"] == "乡村")
    for line, size in (("G06", 100), ("L04", 200)):
        small = village & (pupils < size)
        funded = schools["funded_students"]
        yield from _verdicts(line, unit[small], funded, funded >= size, reported)
    teachers = schools["full_time_teachers_primary"] + schools["full_time_teachers_junior"]
    shares: dict[str, tuple[Any, float]] = {
        "G09": (schools["trained_teachers"] / teachers, 1),
        "G12": (schools["certified_teachers"] / teachers, 1),
        "Q04": (
            schools["training_budget_wan_yuan"] / schools["public_funds_budget_wan_yuan"],
            0.05,
        ),
        "L11c": (schools["special_programmes"], 1),
        "L11d": (schools["psychological_files_percent"], 100),
    }
    for line, (value, floor) in shares.items():
        yield from _verdicts(line, unit, value, value >= floor - NEAR, reported)
    for line, keys in SCHOOL_YES.items():
        yes = (schools[list(keys)] == "是").all(axis=1)
        yield from _verdicts(line, unit, None, yes, reported)
    use = schools["facility_use_percent"]
    able = schools["teachers_use_technology"] == "是"
    yield from _verdicts("Q05", unit, use, (use >= 80 - NEAR) & able, reported)
    grades = schools[["moral_education_grade", "campus_culture_grade"]]
    yield from _verdicts("Q06", unit, None, grades.isin(["优秀", "良好"]).all(axis=1), reported)
    yield from _verdicts("Q08", unit, None, schools["has_excessive_workload"] == "否", reported)
    yield from _verdicts("L25b", unit, None, schools["school_bus_compliance"] != "否", reported)
    files, children = schools["left_behind_students_on_file"], schools["left_behind_students"]
    yield from _verdicts("L15", unit, files, files >= children, reported)
    for line, key in (
        ("L17", "paid_tutoring_cases"),
        ("L19a", "unregistered_teachers"),
        ("L19b", "failed_appraisal_teachers"),
    ):
        yield from _verdicts(line, unit, schools[key], schools[key] == 0, reported)


def _classes(data: YearData) -> Iterator[Verdict]:
    for record in data.schools:
        for (subject, key), value in (record.values or {}).items():
            stage = subject.partition(":")[0]
            if key == "class_students" and stage in STAGES:
                size = float(value or 0)
                verdict = "pass" if size <= (45 if stage == "小学" else 50) else "fail"
                yield ("G05", f"{record.reporter}:{subject}", size, verdict)


def _verdicts(line: str, units: Any, values: Any, met: Any, reported: Any) -> Iterator[Verdict]:
    for index, unit in units.items():
        if not reported[index]:
            yield (line, unit, None, "missing")
            continue
        value = None if values is None else float(values[index])
        yield (line, unit, value, "pass" if met[index] else "fail")
