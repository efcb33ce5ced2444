"""The origin of a frame's column: the figures of the reporters from which it was computed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from junheng.domain.intake.forms import DepartmentForm, Item, SchoolForm
from junheng.domain.standard.standard import Grain

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FigureKey:
    """The key of a stored figure; `subject` is None for every subject of the key."""

    reporter: str
    subject: str | None
    key: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """The forms and reporters needed to trace a column back to submitted figures."""

    school_form: SchoolForm
    department_form: DepartmentForm
    schools: tuple[str, ...]
    departments: tuple[str, ...]

    def of(self, grain: Grain, row: Row, column: str) -> tuple[FigureKey, ...]:
        """Return the figures behind a column of a unit's row, none if it is from the register."""
        owner, unit = str(row["owner"]), str(row["unit"])
        keys: tuple[FigureKey, ...] = ()
        match grain:
            case Grain.SECTION | Grain.STAGE:
                keys = self._section(owner, str(row["stage"]), column)
            case Grain.SCHOOL:
                keys = self._school(owner, column)
            case Grain.CLASS:
                keys = (FigureKey(owner, unit.removeprefix(f"{owner}:"), "class_students"),)
            case Grain.DISTRICT:
                keys = self._district(column)
            case Grain.SUBJECT:
                subject = self.department_form.subjects[unit.rpartition(":")[2]]
                keys = self._district(f"{subject}_{column}")
            case Grain.PLAN_TASK:
                key = "evidence" if column == "has_evidence" else column
                keys = (FigureKey(owner, f"{row['number']:.0f}", key),)
            case Grain.PROJECT:
                keys = tuple(FigureKey(reporter, owner, column) for reporter in self.departments)
            case Grain.SUBMISSION:
                pass
        return keys

    def item(self, grain: Grain, row: Row, column: str) -> Item | None:
        """Return the item of a form that a column contains unchanged, None if it is derived."""
        keys = {figure.key for figure in self.of(grain, row, column)}
        if len(keys) != 1:
            return None
        (key,) = keys
        return self.school_form.by_key.get(key) or self.department_form.by_key.get(key)

    def _section(self, school: str, stage: str, column: str) -> tuple[FigureKey, ...]:
        form = self.school_form
        staged = f"{column}_{form.sections[stage]}"
        if staged in form.by_key:
            return (FigureKey(school, "", staged),)
        if column == "section_share":
            suffixes = form.sections.values()
            return self._of_school(school, (f"students_{suffix}" for suffix in suffixes))
        return self._school(school, column)

    def _school(self, school: str, column: str) -> tuple[FigureKey, ...]:
        if column == "compulsory_students":
            return self._of_school(school, ("students_primary", "students_junior"))
        if column in ("classes", "largest_class"):
            return (FigureKey(school, None, "class_students"),)
        return self._of_school(school, (column,))

    def _of_school(self, school: str, keys: Iterable[str]) -> tuple[FigureKey, ...]:
        return tuple(FigureKey(school, "", key) for key in keys if key in self.school_form.by_key)

    def _district(self, column: str) -> tuple[FigureKey, ...]:
        item = self.department_form.by_key.get(column)
        if item is not None:
            return (FigureKey(item.department or "", "", column),)
        return tuple(key for school in self.schools for key in self._school(school, column))
