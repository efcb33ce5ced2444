"""Frames of the district: its own figures, subjects, projects, plan tasks and submissions."""

from collections.abc import Mapping

import narwhals as nw

from junheng.domain import known_answers
from junheng.domain.judging import frames
from junheng.domain.judging.frames import (
    Backend,
    Record,
    Value,
    YearData,
    as_number,
    frame_of,
    schema_of,
)
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard.standard import Grain


def build(data: YearData, *, backend: Backend) -> dict[Grain, Frame]:
    """Return the frame of every grain, on the given engine."""
    return frames.of_schools(data, backend=backend) | {
        Grain.DISTRICT: _district(data, backend),
        Grain.SUBJECT: _subjects(data, backend),
        Grain.PROJECT: _projects(data, backend),
        Grain.PLAN_TASK: _plan_tasks(data, backend),
        Grain.SUBMISSION: _submissions(data, backend),
    }


TEXTS = {"unit": nw.String(), "owner": nw.String()}


def _stated(data: YearData) -> Mapping[str, Value]:
    """Return the figures of the district, each from the department that is responsible for it."""
    by_department = {record.reporter: record.values or {} for record in data.departments}
    return {
        item.key: as_number(item, values["", item.key])
        for item in data.department_form.items
        if ("", item.key) in (values := by_department.get(item.department or "", {}))
    }


def _summed(data: YearData) -> Mapping[str, Value]:
    """Return each number of the schools' form, added up over the schools that reported."""
    reported = [record.values for record in data.schools if record.values is not None]
    numbers = [item.key for item in data.school_form.items if item.is_number]
    if not reported:
        return dict.fromkeys(numbers)
    return {key: sum(float(values.get(("", key)) or 0) for values in reported) for key in numbers}


def _district(data: YearData, backend: Backend) -> Frame:
    row = {
        "unit": data.district_code,
        "owner": data.district_code,
        **_summed(data),
        **_stated(data),
    }
    sums = {item.key: nw.Float64() for item in data.school_form.items if item.is_number}
    return frame_of([row], TEXTS | sums | schema_of(data.department_form), backend)


def _subjects(data: YearData, backend: Backend) -> Frame:
    stated = _stated(data)
    rows = [
        {
            "unit": f"{data.district_code}:{name}",
            "owner": data.district_code,
            "level": stated.get(f"{key}_level"),
            "gap": stated.get(f"{key}_gap"),
        }
        for name, key in data.department_form.subjects.items()
    ]
    return frame_of(rows, TEXTS | {"level": nw.String(), "gap": nw.Float64()}, backend)


def _projects(data: YearData, backend: Backend) -> Frame:
    stages = [key for key in data.department_form.project_columns if key.startswith("joined_")]
    joined: dict[str, dict[str, float | None]] = {}
    for record in data.departments:
        for (name, key), value in (record.values or {}).items():
            if key in stages:
                known = joined.setdefault(name, {})
                answer = 1.0 if value == known_answers.YES else 0.0
                # A project that two departments report counts as joined only if both say so.
                known[key] = min(answer, known.get(key, answer) or 0.0)
    rows = [{"unit": name, "owner": name, **answers} for name, answers in joined.items()]
    return frame_of(rows, TEXTS | dict.fromkeys(stages, nw.Float64()), backend)


def _plan_tasks(data: YearData, backend: Backend) -> Frame:
    values = {record.reporter: record.values or {} for record in data.records}
    rows = [
        {
            "unit": unit,
            "owner": unit,
            "number": float(number),
            "progress": values.get(unit, {}).get((str(number), "progress")),
            "has_evidence": 1.0
            if values.get(unit, {}).get((str(number), "evidence")) is not None
            else 0.0,
        }
        for number, unit in data.plan_tasks
    ]
    numbers = dict.fromkeys(("number", "has_evidence"), nw.Float64())
    return frame_of(rows, TEXTS | {"progress": nw.String()} | numbers, backend)


def _submissions(data: YearData, backend: Backend) -> Frame:
    rows = [_submission(record) for record in data.records]
    return frame_of(rows, TEXTS | {"is_received": nw.Float64()}, backend)


def _submission(record: Record) -> Mapping[str, Value]:
    return {
        "unit": record.reporter,
        "owner": record.reporter,
        "is_received": 1.0 if record.is_received else None,
    }
