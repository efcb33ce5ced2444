"""Builds junheng's frames from drawn units with reported figures."""

from collections.abc import Mapping, Sequence

import narwhals as nw

from junheng.domain.intake.submissions import RegisteredSchool
from junheng.domain.judging import frames
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard.standard import Grain
from junheng.rulebook import Rulebook
from tests.domain.judging.exact import Unit

CODE_OF_DISTRICT = 6
COMPULSORY = frozenset({"students_primary", "students_junior"})


def of_units(units: Sequence[Unit]) -> Frame:
    """Return units of one grain as a frame, each named by its position in the list."""
    named = [str(position) for position, _ in enumerate(units)]
    columns: dict[str, list[object]] = {"unit": [*named], "owner": [*named]}
    columns |= {key: [float(unit[key]) for unit in units] for key in units[0].numbers}
    columns |= {key: [unit.texts[key] for unit in units] for key in units[0].texts}
    if units[0].numbers.keys() >= COMPULSORY:
        columns["compulsory_students"] = [float(unit.total(COMPULSORY)) for unit in units]
    return nw.from_dict(columns, backend="pandas")


def of_schools(schools: Mapping[str, Unit], rulebook: Rulebook) -> dict[Grain, Frame]:
    """Return the frames of schools by code; a school's code begins with its district's."""
    usual = {
        ("", item.key): 0.0 if item.is_number else (item.choices or ("",))[-1]
        for item in rulebook.school_form(2025).items
    }
    data = frames.YearData(
        district_code="",
        records=tuple(_record(code, school, usual) for code, school in schools.items()),
        plan_tasks=(),
        school_form=rulebook.school_form(2025),
        department_form=rulebook.department_form(2025),
    )
    district = nw.col("owner").str.slice(0, CODE_OF_DISTRICT)
    return {
        grain: one if grain is Grain.CLASS else one.with_columns(district_code=district)
        for grain, one in frames.of_schools(data, backend="pandas").items()
    }


def _record(
    code: str, school: Unit, usual: Mapping[tuple[str, str], frames.Value]
) -> frames.Record:
    kind, locale = school.texts["school_kind"], school.texts.get("locale", "镇区")
    values: dict[tuple[str, str], frames.Value] = {**usual}
    values |= {("", key): text for key, text in school.texts.items()}
    for key, number in school.numbers.items():
        answers_yes_or_no = values.get(("", key)) == "否"
        values["", key] = ("否", "是")[int(number)] if answers_yes_or_no else float(number)
    registered = RegisteredSchool(code, f"第{code}学校", kind, "甲镇", locale, "公办")
    return frames.Record(code, registered, is_received=True, values=values)
