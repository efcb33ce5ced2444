"""Frames of the schools: a row for each school, section and class, a column for each figure.

Every unit that must be judged has a row; if it reported nothing, its figures are null.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw

from junheng.domain.intake.forms import DepartmentForm, Form, Item, SchoolForm
from junheng.domain.intake.submissions import RegisteredSchool
from junheng.domain.judging.thresholds import Frame
from junheng.domain.known_answers import COMPULSORY, YES, YES_OR_NO
from junheng.domain.standard.standard import Grain

Value = float | str | None
Backend = Literal["pandas", "polars", "pyarrow"]


@dataclass(frozen=True, slots=True)
class Record:
    """The values of one reporter by (subject, key); `values` is None if nothing counts."""

    reporter: str
    school: RegisteredSchool | None
    is_received: bool
    values: Mapping[tuple[str, str], Value] | None


@dataclass(frozen=True, slots=True)
class YearData:
    """All data that the verdicts of a year depend on."""

    district_code: str
    records: Sequence[Record]
    plan_tasks: Sequence[tuple[int, str]]
    school_form: SchoolForm
    department_form: DepartmentForm

    @property
    def departments(self) -> tuple[Record, ...]:
        return tuple(record for record in self.records if record.school is None)

    @property
    def schools(self) -> tuple[Record, ...]:
        return tuple(record for record in self.records if record.school is not None)


def of_schools(data: YearData, *, backend: Backend) -> dict[Grain, Frame]:
    """Return the frames of the grains below the district, on the given backend."""
    schools = _schools(data, backend)
    sections = _sections(schools, data.school_form)
    return {
        Grain.SCHOOL: schools,
        Grain.SECTION: sections,
        # A district's stage is judged from the sections themselves.
        Grain.STAGE: sections,
        Grain.CLASS: _classes(data, backend),
    }


def frame_of(
    rows: Sequence[Mapping[str, Any]],
    schema: Mapping[str, Any],
    backend: Backend,
) -> Frame:
    columns = {name: [row.get(name) for row in rows] for name in schema}
    return nw.from_dict(columns, schema=dict(schema), backend=backend)


def as_number(item: Item, value: Value) -> Value:
    """Return 是/否 as 1 and 0, so that answers can be counted and combined."""
    if item.choices == YES_OR_NO and isinstance(value, str):
        return 1.0 if value == YES else 0.0
    return value


def _dtype(item: Item) -> Any:
    is_text = not item.is_number and item.choices != YES_OR_NO
    return nw.String() if is_text else nw.Float64()


def schema_of(form: Form) -> dict[str, Any]:
    return {item.key: _dtype(item) for item in form.items}


def _schools(data: YearData, backend: Backend) -> Frame:
    own = {"unit": nw.String(), "owner": nw.String(), "district_code": nw.String()}
    derived = {"classes": nw.Float64(), "largest_class": nw.Float64()}
    frame = frame_of(
        [_school_row(record, data) for record in data.schools],
        own | schema_of(data.school_form) | derived,
        backend,
    )
    return frame.with_columns(
        compulsory_students=nw.col("students_primary") + nw.col("students_junior"),
    )


def _school_row(record: Record, data: YearData) -> dict[str, Value]:
    school = record.school
    if school is None:
        raise ValueError(f"{record.reporter} is not a school")
    row: dict[str, Value] = {
        "unit": school.code,
        "owner": school.code,
        "district_code": data.district_code,
        "school_kind": school.kind,
        "locale": school.locale,
        "ownership": school.ownership,
    }
    if record.values is not None:
        values = record.values
        row |= {
            item.key: as_number(item, values[("", item.key)])
            for item in data.school_form.items
            if ("", item.key) in values
        }
        sizes = [size for _, _, size in _class_sizes(record)]
        row |= {"classes": float(len(sizes)), "largest_class": max(sizes, default=0.0)}
    return row


def _class_sizes(record: Record) -> list[tuple[str, str, float]]:
    """Return (stage, name, students) of each class of compulsory education."""
    return [
        (stage, name, float(value or 0))
        for (subject, key), value in (record.values or {}).items()
        if key == "class_students"
        for stage, _, name in [subject.partition(":")]
        if stage in COMPULSORY
    ]


def _sections(schools: Frame, form: SchoolForm) -> Frame:
    weighted = schools.with_columns(
        _weighted_total=nw.sum_horizontal(*(_weighted(stage, form) for stage in form.sections)),
    )
    return nw.concat([_section(weighted, stage, form) for stage in COMPULSORY]).sort(
        "owner",
        "stage",
        descending=[False, True],
    )


def _weighted(stage: str, form: SchoolForm) -> nw.Expr:
    weight = nw.lit(1.0)
    for kind, weights in form.section_weights.items():
        is_kind = nw.col("school_kind") == kind
        weight = nw.when(is_kind).then(nw.lit(float(weights.get(stage, 1)))).otherwise(weight)
    return nw.col(f"students_{form.sections[stage]}") * weight


def _section(schools: Frame, stage: str, form: SchoolForm) -> Frame:
    """Return the schools that have a stage, its figures named without the stage's suffix."""
    suffix = f"_{form.sections[stage]}"
    staged = {
        key.removesuffix(other)
        for key in form.by_key
        for other in (f"_{name}" for name in form.sections.values())
        if key.endswith(other)
    }
    kinds = [kind for kind, stages in form.expected_sections.items() if stage in stages]
    students = nw.col(f"students{suffix}")
    is_expected = students.is_null() & nw.col("school_kind").is_in(kinds)
    has_stage = schools.filter((students > 0) | is_expected)
    return has_stage.with_columns(
        # 专科 counts for primary only: a junior section has no such column and gets 0.
        *(
            (nw.col(f"{name}{suffix}") if f"{name}{suffix}" in form.by_key else nw.lit(0.0)).alias(
                name,
            )
            for name in sorted(staged)
        ),
        unit=nw.concat_str(nw.col("unit"), nw.lit(stage), separator=":"),
        stage=nw.lit(stage),
        section_share=_weighted(stage, form) / nw.col("_weighted_total"),
    )


def _classes(data: YearData, backend: Backend) -> Frame:
    rows = [
        {
            "unit": f"{record.reporter}:{stage}:{name}",
            "owner": record.reporter,
            "stage": stage,
            "students": students,
        }
        for record in data.schools
        for stage, name, students in _class_sizes(record)
    ]
    texts = dict.fromkeys(("unit", "owner", "stage"), nw.String())
    return frame_of(rows, texts | {"students": nw.Float64()}, backend)
