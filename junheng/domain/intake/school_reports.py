"""Parses schools' yearly forms into figures and faults, one report for each school."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from junheng.domain.intake import layouts, school_classes, school_identity
from junheng.domain.intake.forms import Problem, SchoolForm
from junheng.domain.intake.school_classes import Row
from junheng.domain.intake.school_identity import CODE_LABEL
from junheng.domain.intake.school_identity import Register as Register
from junheng.domain.intake.sheets import Sheet
from junheng.domain.intake.submissions import (
    Answer,
    Fault,
    Figure,
    Part,
    Reported,
    read_answer,
    split,
)

Answers = Mapping[str, Answer]
NAMING = ("school_code", "school_name")
Classes = Sequence[Row] | Fault | None
"""A school's rows of classes, the fault that there are none, or None if they are not identified."""


def read(
    sheets: Sequence[Sheet],
    *,
    file_stem: str,
    form: SchoolForm,
    register: Register,
    year: int,
) -> tuple[Reported, ...]:
    """Return the reports in a workbook, of its one school or of each school of a summary."""
    summary = layouts.sheet_named(sheets, form.summary_sheet)
    if summary is not None:
        return _read_summary(summary, sheets, form=form, register=register, year=year)
    return (_read_single(sheets, file_stem=file_stem, form=form, register=register, year=year),)


def refused(fault: Fault, *, file_stem: str, register: Register) -> Reported:
    """Return the report of an unreadable file, attributed to a school by the file's name."""
    reporter = school_identity.attributed(register, file_stem=file_stem)
    return Reported(reporter, frozenset({Part.SCHOOL}), (), (fault,))


def _read_single(
    sheets: Sequence[Sheet],
    *,
    file_stem: str,
    form: SchoolForm,
    register: Register,
    year: int,
) -> Reported:
    sheet = layouts.sheet_named(sheets, form.figures_sheet)
    if sheet is None:
        missing = Fault(Problem.SHEET_MISSING, details={"sheet": form.figures_sheet})
        return refused(missing, file_stem=file_stem, register=register)
    header = layouts.item_header(sheet)
    if header is None:
        missing = layouts.item_header_missing(sheet)
        return refused(missing, file_stem=file_stem, register=register)
    answers, faults = layouts.answers_by_item(sheet, form, header)
    other_year = layouts.other_year(sheet, year, above=header[0])
    return _report(
        answers,
        school_classes.rows(sheets, form),
        early=(*faults, *([other_year] if other_year else [])),
        reporter=school_identity.attributed(register, file_stem=file_stem, answers=answers),
        form=form,
        register=register,
    )


def _read_summary(
    summary: Sheet,
    sheets: Sequence[Sheet],
    *,
    form: SchoolForm,
    register: Register,
    year: int,
) -> tuple[Reported, ...]:
    header = layouts.summary_header(summary, form)
    other_year = layouts.other_year(summary, year, above=header[0])
    classes = school_classes.rows(sheets, form)
    owned = {} if isinstance(classes, Fault) else school_classes.by_school(classes, register)
    schools = [
        (answers, school_identity.attributed(register, answers=answers))
        for answers in layouts.answers_by_row(summary, header, name="school_code")
    ]
    if not schools or not set(NAMING) & {item.key for item in header[1].values()}:
        return (_without_sender(summary, form, has_schools=bool(schools)),)
    times = Counter(reporter for _, reporter in schools)
    single = tuple(
        _report(
            answers,
            classes if isinstance(classes, Fault) else _classes_of(answers, reporter, owned),
            early=(other_year,) if other_year else (),
            reporter=reporter,
            form=form,
            register=register,
        )
        for answers, reporter in schools
        if reporter is None or times[reporter] == 1
    )
    doubled = (reporter for reporter, count in times.items() if reporter and count > 1)
    return single + tuple(
        _twice(reporter, [answers for answers, other in schools if other == reporter])
        for reporter in doubled
    )


def _without_sender(summary: Sheet, form: SchoolForm, *, has_schools: bool) -> Reported:
    """Return the report of a summary that names no school: a fault without a reporter."""
    labels = [form.by_key[key].label for key in NAMING]
    missing = layouts.header_missing(summary, labels)
    fault = missing if has_schools else Fault(Problem.SENDER_UNKNOWN, summary.name)
    return Reported(None, frozenset({Part.SCHOOL}), (), (fault,))


def _twice(reporter: str, rows: Sequence[Answers]) -> Reported:
    """Return the report of a school with several rows: a fault, because it is ambiguous."""
    places = [row.get("school_code") or row["school_name"] for row in rows]
    details = {"rows": str(len(rows)), "cells": "、".join(place.cell for place in places)}
    twice = Fault(Problem.SCHOOL_TWICE, places[0].sheet, "", CODE_LABEL, reporter, details)
    return Reported(reporter, frozenset({Part.SCHOOL}), (), (twice,))


def _classes_of(
    answers: Answers,
    reporter: str | None,
    owned: Mapping[str, Sequence[Row]],
) -> Classes:
    """Return a school's rows of classes, None for a wrong code, which is reported by itself."""
    rows = owned.get(reporter or "", ())
    return rows if rows or school_identity.stated_code(answers) == reporter else None


def _report(
    answers: Answers,
    classes: Classes,
    *,
    early: Iterable[Fault],
    reporter: str | None,
    form: SchoolForm,
    register: Register,
) -> Reported:
    figures, faults = split(_items(answers, form))
    faults = (*early, *faults, *school_identity.faults(answers, reporter, register))
    if reporter is None and not faults:
        faults = (Fault(Problem.SENDER_UNKNOWN),)
    own = {figure.key: figure for figure in figures}
    match classes:
        case Fault():
            faults = (*faults, classes)
        case None:
            pass
        case _:
            sizes, class_faults = split(school_classes.figures(classes, form))
            codes = school_classes.code_faults(classes, reporter or "", register)
            # An unreadable row makes the sum differ; only the row itself is reported.
            sums = () if class_faults else school_classes.sums_that_disagree(sizes, own, form)
            figures, faults = (*figures, *sizes), (*faults, *codes, *class_faults, *sums)
    faults = (*faults, *_degrees_that_exceed(own, form))
    return Reported(reporter, frozenset({Part.SCHOOL}), figures, faults)


def _items(answers: Answers, form: SchoolForm) -> Iterable[Figure | Fault]:
    for item in form.items:
        if item.key in answers:
            yield read_answer(item, answers[item.key])
        elif item.required:
            yield Fault(Problem.ITEM_MISSING, sheet=form.figures_sheet, item=item.label)
        else:
            yield Figure("", item.key, 0.0 if item.is_number else None, None, "", "")


def _degrees_that_exceed(own: Mapping[str, Figure], form: SchoolForm) -> Iterable[Fault]:
    numbers = {key: figure.number or 0.0 for key, figure in own.items()}
    for degrees in form.degree_sums:
        if numbers.keys() >= {*degrees.parts, degrees.at_most}:
            total = sum(numbers[part] for part in degrees.parts)
            if total > numbers[degrees.at_most]:
                place = own[degrees.at_most]
                yield Fault(
                    Problem.DEGREES_EXCEED_TEACHERS,
                    place.sheet,
                    place.cell,
                    form.by_key[place.key].label,
                    f"{total:.0f}",
                    {"expected": f"{numbers[degrees.at_most]:.0f}"},
                )
