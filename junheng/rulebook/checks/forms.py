"""Checks the yearly forms: names, items that the code requires, and dates."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import Any

from junheng.config_files import Mistake
from junheng.domain.intake import school_reports
from junheng.domain.intake.dated_forms import DatedForm, DatedItem, is_dated
from junheng.domain.intake.forms import DepartmentForm, ItemType, SchoolForm
from junheng.domain.known_answers import COMPULSORY, YES_OR_NO
from junheng.domain.school_years import judged_on
from junheng.rulebook.checks.places import found
from junheng.rulebook.checks.subject import FormYears, Subject, mistake, unknown
from junheng.yaml_lines import Place

# Items that the code itself requires, independent of the rules.
OF_THE_CODE = (
    *(*school_reports.NAMING, "school_kind", "locale", "ownership"),
    *("students_primary", "students_junior"),
)
CLASS_COLUMNS = ("stage", "grade", "class_name", "students")
PLAN_TASK_COLUMNS = ("number", "title", "department", "progress", "action", "evidence")
PROJECT_COLUMNS = ("name", "kind")
JOINED = "joined_"


def _kinds(form: SchoolForm) -> Collection[str]:
    kind = form.by_key.get("school_kind")
    return () if kind is None else kind.choices


def _stages(form: SchoolForm) -> Collection[str]:
    return form.stages


def _items(form: SchoolForm) -> Collection[str]:
    return form.by_key


# Part of the schools' form, pattern of places in its value, and the names allowed there.
OF_SCHOOLS: tuple[tuple[str, str, str, Callable[[SchoolForm], Collection[str]]], ...] = (
    ("class_columns", "@", "column", lambda _: CLASS_COLUMNS),
    ("sections", "@", "stage", _stages),
    ("section_weights", "@", "school_kind", _kinds),
    ("section_weights", "*.@", "stage", _stages),
    ("expected_sections", "@", "school_kind", _kinds),
    ("expected_sections", "*.*", "stage", _stages),
    ("class_totals", "@", "stage", _stages),
    ("class_totals", "*", "item", _items),
    ("class_totals_where_listed", "@", "stage", _stages),
    ("class_totals_where_listed", "*", "item", _items),
    ("degree_sums", "*.parts.*", "item", _items),
    ("degree_sums", "*.at_most", "item", _items),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A form as written in the file, and the parsed form."""

    path: Path
    content: dict[str, Any]
    form: DatedForm[Any]

    def found(self, part: str, pattern: str, day: date) -> Iterator[tuple[Place, Any]]:
        """Yield the matches of a pattern in the editions of a part in force on a day."""
        written = self.content.get(part)
        for index, edition in enumerate(dict(self.form.parts)[part]):
            if edition.is_in_force(day):
                place = f"{part}.{index}.value" if is_dated(written) else part
                yield from found(self.content, f"{place}.{pattern}")


def mistakes(subject: Subject) -> Iterator[Mistake]:
    """Yield the mistakes in the forms."""
    book = subject.rulebook
    ((path, content),) = subject.named("forms/school.yaml")
    schools = Written(path, content, book.school_forms)
    ((path, content),) = subject.named("forms/department.yaml")
    departments = Written(path, content, book.department_forms)
    for written in (schools, departments):
        yield from _items_twice(written)
        yield from _gaps(written, subject)
        yield from _answers(written)
    seen: set[Mistake] = set()
    for years in subject.form_years:
        for found_mistake in (
            *_of_schools(schools, years),
            *_of_departments(departments, years),
        ):
            if found_mistake not in seen:
                seen.add(found_mistake)
                yield found_mistake


def _items_twice(written: Written) -> Iterator[Mistake]:
    """Yield a mistake for items with the same key or label in the same school year."""
    before: dict[tuple[str, str], list[DatedItem]] = {}
    for index, item in enumerate(written.form.items):
        for name, word in (("key", item.key), ("label", item.label)):
            known = before.setdefault((name, word), [])
            if any(item.is_at_once_with(other) for other in known):
                yield mistake(written.path, ("items", index, name), "item_twice", word=word)
            known.append(item)


def _gaps(written: Written, subject: Subject) -> Iterator[Mistake]:
    """Yield a mistake for each part of a form without an edition in some school year."""
    for name, editions in written.form.parts:
        days = (judged_on(years.years[0]) for years in subject.form_years)
        missing = (day for day in days if not any(edition.is_in_force(day) for edition in editions))
        for day in islice(missing, 1):
            yield mistake(written.path, (name,), "edition_missing", year=day.year)


def _answers(written: Written) -> Iterator[Mistake]:
    """Yield wrong choices of 是/否 items: answers are counted by these two words."""
    for index, item in enumerate(written.form.items):
        if item.type is ItemType.BOOL and item.choices != YES_OR_NO:
            wrong = [word for word in item.choices if word not in YES_OR_NO]
            for word in wrong:
                place = ("items", index, "choices", item.choices.index(word))
                yield unknown(written.path, place, "answer", word, YES_OR_NO)
            if not wrong:
                yield mistake(written.path, ("items", index), "yes_or_no")
        elif item.type is ItemType.CHOICE and not item.choices:
            yield mistake(written.path, ("items", index), "no_choices")
        elif (unpaired := _half_answer(item.choices)) is not None:
            place = ("items", index, "choices", item.choices.index(unpaired))
            yield unknown(written.path, place, "answer", unpaired, YES_OR_NO)


def _half_answer(choices: Sequence[str]) -> str | None:
    """Return the choice that most likely stands for a 是 or 否 whose counterpart is offered."""
    missing = [word for word in YES_OR_NO if word not in choices]
    others = [word for word in choices if word not in YES_OR_NO]
    if len(missing) != 1 or not others:
        return None
    return max(others, key=lambda word: SequenceMatcher(None, word, missing[0]).ratio())


def _of_schools(written: Written, years: FormYears) -> Iterator[Mistake]:
    form, path, day = years.schools, written.path, years.day
    for part, pattern, kind, known in OF_SCHOOLS:
        for place, word in written.found(part, pattern, day):
            if word not in known(form):
                yield unknown(path, place, kind, word, known(form))
    yield from _lacking(path, "class_columns", form.class_columns, CLASS_COLUMNS)
    yield from _lacking(path, "sections", form.sections, COMPULSORY)
    for place, suffix in written.found("sections", "*", day):
        if f"students_{suffix}" not in form.by_key:
            suffixes = [key.removeprefix("students_") for key in form.by_key if "students_" in key]
            yield unknown(path, place, "suffix", suffix, suffixes)
    yield from _lacking(path, "items", form.by_key, OF_THE_CODE)


def _of_departments(written: Written, years: FormYears) -> Iterator[Mistake]:
    form, path, day = years.departments, written.path, years.day
    for place, word in written.found("plan_task_columns", "@", day):
        if word not in PLAN_TASK_COLUMNS:
            yield unknown(path, place, "column", word, PLAN_TASK_COLUMNS)
    for place, word in written.found("project_columns", "@", day):
        if word not in PROJECT_COLUMNS and not word.startswith(JOINED):
            yield unknown(path, place, "column", word, (*PROJECT_COLUMNS, JOINED))
    yield from _lacking(path, "plan_task_columns", form.plan_task_columns, PLAN_TASK_COLUMNS)
    yield from _lacking(path, "project_columns", form.project_columns, PROJECT_COLUMNS)
    for place, key in written.found("subjects", "*", day):
        if not {f"{key}_level", f"{key}_gap"} <= form.by_key.keys():
            yield unknown(path, place, "subject", key, _subjects(form))


def _subjects(form: DepartmentForm) -> list[str]:
    return [key.removesuffix("_level") for key in form.by_key if key.endswith("_level")]


def _lacking(
    path: Path, part: str, known: Collection[str], wanted: Collection[str]
) -> Iterator[Mistake]:
    """Yield the names that the code requires in a part of a form and that are missing."""
    for word in wanted:
        if word not in known:
            yield unknown(path, (part,), "of_the_code", word, known)
