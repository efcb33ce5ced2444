"""The yearly forms with their dates, from which the form of one school year is derived."""

from abc import abstractmethod
from collections.abc import Iterator
from datetime import date
from typing import Any, Generic, Literal, TypeVar

from pydantic import (
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core import InitErrorDetails

from junheng.domain.intake.forms import DegreeSum, DepartmentForm, Form, Item, SchoolForm
from junheng.domain.school_years import Dated, newest_in_force
from junheng.values import Frozen

Value = TypeVar("Value")
FormOfYear = TypeVar("FormOfYear", bound=Form)


EDITION = frozenset({"from", "until", "clause", "value"})
# The error location of a plain value, which is validated as the value of a single edition.
PLAIN = (0, "value")


class DatedItem(Item, Dated):
    """An item with the first and the last school year in which it is part of the form."""

    @property
    def plain(self) -> Item:
        return Item.model_construct(**{name: getattr(self, name) for name in Item.model_fields})


class FormPart(Dated, Generic[Value]):
    """The value of a part of a form in some school years, and its clause."""

    clause: str = ""
    value: Value


def is_dated(written: object) -> bool:
    """Return whether a part of a form is written as a list of editions."""
    entries = written if isinstance(written, list) else []
    return bool(entries) and all(
        isinstance(entry, dict) and not EDITION.isdisjoint(entry) for entry in entries
    )


def _of_plain_value(error: ValidationError) -> ValidationError:
    """Return an error with the locations of a plainly written value."""
    faults = [
        InitErrorDetails(
            type=fault["type"],
            loc=fault["loc"][len(PLAIN) :],
            input=fault["input"],
            ctx=fault.get("ctx", {}),
        )
        for fault in error.errors()
    ]
    return ValidationError.from_exception_data(error.title, faults)


class DatedForm(Frozen, Generic[FormOfYear]):
    """The common base of both forms: dated items, and parts that may have editions."""

    title: tuple[FormPart[str], ...]
    figures_sheet: tuple[FormPart[str], ...]
    items: tuple[DatedItem, ...] = Field(min_length=1)

    @field_validator("*", mode="wrap")
    @classmethod
    def _has_editions(
        cls, written: object, read: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> object:
        """Return the editions of a part; a part that never changed is written as a plain value."""
        if info.field_name == "items" or is_dated(written):
            return read(written)
        try:
            return read([{"value": written}])
        except ValidationError as error:
            raise _of_plain_value(error) from error

    _of_days: dict[date, FormOfYear] = PrivateAttr(default_factory=dict)

    @abstractmethod
    def _form(self, parts: dict[str, Any]) -> FormOfYear:
        """Return the form of a year from its parts."""

    def on(self, day: date) -> FormOfYear:
        """Return the form of a day; the same object for the same day."""
        if day not in self._of_days:
            items = tuple(item.plain for item in self.items if item.is_in_force(day))
            parts = {name: _value_on(editions, day) for name, editions in self.parts}
            self._of_days[day] = self._form({**parts, "items": items})
        return self._of_days[day]

    @property
    def at_any_time(self) -> FormOfYear:
        """Return the newest form with all past and present items, the newest for each key."""
        items = tuple(item.plain for item in sorted(self.items, key=lambda item: item.begins_on))
        parts = {name: _value_on(editions, date.max) for name, editions in self.parts}
        return self._form({**parts, "items": items})

    @property
    def parts(self) -> Iterator[tuple[str, tuple[FormPart[Any], ...]]]:
        """Yield the name and editions of each part except the items."""
        for name in type(self).model_fields:
            if name != "items":
                yield name, getattr(self, name)

    @property
    def dated(self) -> Iterator[Dated]:
        """Yield all items and editions."""
        yield from self.items
        for _, editions in self.parts:
            yield from editions


class DatedSchoolForm(DatedForm[SchoolForm]):
    """The yearly form of schools, with its dates."""

    reported_by: tuple[FormPart[Literal["school"]], ...]

    summary_sheet: tuple[FormPart[str], ...]
    classes_sheet: tuple[FormPart[str], ...]
    class_columns: tuple[FormPart[dict[str, str]], ...]
    stages: tuple[FormPart[tuple[str, ...]], ...]
    sections: tuple[FormPart[dict[str, str]], ...]
    section_weights: tuple[FormPart[dict[str, dict[str, float]]], ...]
    expected_sections: tuple[FormPart[dict[str, tuple[str, ...]]], ...]
    class_totals: tuple[FormPart[dict[str, str]], ...]
    class_totals_where_listed: tuple[FormPart[dict[str, str]], ...]
    degree_sums: tuple[FormPart[tuple[DegreeSum, ...]], ...]

    def _form(self, parts: dict[str, Any]) -> SchoolForm:
        return SchoolForm.model_construct(**parts)

    def judged(self, asked_on: date, *, weighed_on: date) -> SchoolForm:
        """Return the form of `asked_on` with the section weights of `weighed_on`.

        Weights are a rule: the figures of one year may be judged by the rules of another.
        """
        asked, weighed = self.on(asked_on), self.on(weighed_on)
        if asked.section_weights == weighed.section_weights:
            return asked
        parts = {name: getattr(asked, name) for name in SchoolForm.model_fields}
        return self._form(parts | {"section_weights": weighed.section_weights})


class DatedDepartmentForm(DatedForm[DepartmentForm]):
    """The yearly form of departments, with its dates."""

    reported_by: tuple[FormPart[Literal["department"]], ...]

    plan_tasks_sheet: tuple[FormPart[str], ...]
    plan_task_columns: tuple[FormPart[dict[str, str]], ...]
    plan_task_progress: tuple[FormPart[tuple[str, ...]], ...]
    projects_sheet: tuple[FormPart[str], ...]
    project_columns: tuple[FormPart[dict[str, str]], ...]
    subjects: tuple[FormPart[dict[str, str]], ...]

    def _form(self, parts: dict[str, Any]) -> DepartmentForm:
        return DepartmentForm.model_construct(**parts)


def _value_on(editions: tuple[FormPart[Value], ...], day: date) -> Value:
    """Return the value of a part on a day, outside of its editions the nearest value."""
    part = newest_in_force(editions, day)
    if part is None:
        begun = [edition for edition in editions if edition.begins_on <= day]
        part = max(begun, key=_begins_on) if begun else min(editions, key=_begins_on)
    return part.value


def _begins_on(part: Dated) -> date:
    return part.begins_on
