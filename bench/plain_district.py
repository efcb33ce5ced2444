"""The second half of the baseline: the reports of departments, in plain Python."""

from collections.abc import Iterator
from typing import Any

from junheng.domain.judging.frames import YearData

Verdict = tuple[str, str, float | None, str]
NEAR = 1e-9
DISTRICT_YES = {
    "G01": ("is_layout_sound", "是"),
    "G10": ("is_staffing_coordinated", "是"),
    "G15a": ("is_left_behind_care_complete", "是"),
    "L22": ("are_salaries_budgeted", "是"),
    "V01": ("has_entrance_exams", "否"),
    "V02": ("has_improper_school_choice", "否"),
    "V03": ("has_key_schools_or_classes", "否"),
    "V05": ("has_grave_incidents", "否"),
    "V06": ("has_fraud", "否"),
}
TIMES = {
    "L01": "layout_inspections",
    "L06": "enrolment_inspections",
    "L07": "large_class_inspections",
    "L11b": "arts_festivals",
    "L13": "workload_inspections",
    "L20": "rotation_publications",
    "W03": "result_publications",
}
GROWTH = {
    "L23a": ("education_appropriation_growth_percent", "fiscal_revenue_growth_percent"),
    "L23b": ("expense_per_student_growth_percent", None),
    "L23c": ("teacher_pay_growth_percent", None),
    "L23d": ("public_funds_per_student_growth_percent", None),
    "L23e": ("rural_funding_growth_percent", "urban_funding_growth_percent"),
}


def of_departments(data: YearData, schools: Any) -> Iterator[Verdict]:
    code = data.district_code
    stated: dict[str, Any] = {}
    for record in data.departments:
        stated |= {
            key: value for (subject, key), value in (record.values or {}).items() if not subject
        }
    numbers = {
        "G08": (stated["teacher_salary_wan_yuan"] / stated["civil_servant_salary_wan_yuan"], 1),
        "G07": (
            stated["special_school_funds_wan_yuan"] * 10000 / stated["special_school_students"],
            7000,
        ),
        "L16": (
            stated["special_school_funds_wan_yuan"] * 10000 / stated["special_school_students"],
            6000,
        ),
        "G11a": (stated["rotated_teachers"] / stated["rotation_eligible_teachers"], 0.1),
        "G11b": (stated["rotated_backbone_teachers"] / stated["rotated_teachers"], 0.2),
        "G14": (stated["senior_places_allocated"] / stated["senior_places"], 0.5),
        "G15b": (
            (stated["migrant_children_in_public"] + stated["migrant_children_in_purchased"])
            / stated["migrant_children_eligible"],
            0.85,
        ),
        "Q02": (stated["disabled_children_enrolled"] / stated["disabled_children"], 0.95),
        "S01": (stated["questionnaires_satisfied"] / stated["questionnaires_valid"], 0.85),
        "L14": (stated["migrant_children_funded"] / stated["migrant_children_eligible"], 1),
        **{line: (stated[key], 1) for line, key in TIMES.items()},
    }
    sums = schools[schools["reported"]]
    stayed = sums["graduates"].sum() - sums["transferred_in"].sum() + sums["transferred_out"].sum()
    entered = sums["entrants_three_years_ago"].sum() - sums["deceased"].sum()
    numbers["Q01"] = (stayed / entered, 0.95)
    for line, (value, floor) in numbers.items():
        is_met = value >= floor - NEAR
        if line == "G08":
            is_met &= stated["is_performance_pay_approved"] == "是"
        yield (line, code, float(value), "pass" if is_met else "fail")
    for line, (key, wanted) in DISTRICT_YES.items():
        yield (line, code, None, "pass" if stated[key] == wanted else "fail")
    unified = all(
        stated[f"is_{what}_standard_unified"] == "是"
        for what in ("building", "staffing", "equipment")
    )
    for stage in ("primary", "junior"):
        town, country, floor = (
            stated[f"{place}_{stage}_quota_yuan"] for place in ("urban", "rural", "provincial")
        )
        unified &= town == country >= floor
    yield ("G02", code, None, "pass" if unified else "fail")
    posts = stated["unfilled_posts"] + stated["unestablished_teachers"]
    yield ("V04", code, posts, "pass" if posts == 0 else "fail")
    for line, (key, than) in GROWTH.items():
        more = stated[key] > (stated[than] if than else 0) + NEAR
        yield (line, code, stated[key], "pass" if more else "fail")
    for name, key in data.department_form.subjects.items():
        is_met = stated[f"{key}_gap"] < 0.15 - NEAR and stated[f"{key}_level"] in ("Ⅲ", "Ⅳ")
        yield ("Q09", f"{code}:{name}", stated[f"{key}_gap"], "pass" if is_met else "fail")


def of_plan_tasks(data: YearData) -> Iterator[Verdict]:
    values = {record.reporter: record.values or {} for record in data.records}
    for number, unit in data.plan_tasks:
        own = values[unit]
        done = own.get((str(number), "progress")) == "已落实" and own.get((str(number), "evidence"))
        yield (f"T{number:02d}", unit, None, "pass" if done else "fail")
    for record in data.records:
        yield ("SUB", record.reporter, None, "pass" if record.is_received else "missing")
    joined: dict[str, bool] = {}
    for record in data.departments:
        for (subject, key), value in (record.values or {}).items():
            if key.startswith("joined_"):
                joined[subject] = joined.get(subject, True) and value == "是"
    for name, everywhere in joined.items():
        yield ("L03", name, None, "pass" if everywhere else "fail")
