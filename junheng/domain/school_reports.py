"""Schools' yearly forms: from sheets to figures and faults, one report for each school."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from junheng.domain import layouts
from junheng.domain.forms import Item, ItemType, Problem, SchoolForm
from junheng.domain.sheets import Sheet, address, label_of, text_of
from junheng.domain.submissions import (
    Answer,
    Fault,
    Figure,
    Part,
    RegisteredSchool,
    Reported,
    read_answer,
    split,
)

Register = Mapping[str, RegisteredSchool]
CLASS_SIZE = Item(
    key="class_students",
    label="学生数（人）",
    category="班级明细",
    type=ItemType.COUNT,
    unit="人",
)
_CODE_IN_NAME = re.compile(r"^\s*(\d{6,})")


def read(
    sheets: Sequence[Sheet],
    *,
    file_stem: str,
    form: SchoolForm,
    register: Register,
    year: int,
) -> tuple[Reported, ...]:
    """Return what one workbook says, for its one school or for each school of a summary."""
    summary = layouts.sheet_named(sheets, form.summary_sheet)
    if summary is not None:
        return _read_summary(summary, sheets, form=form, register=register, year=year)
    return (_read_single(sheets, file_stem=file_stem, form=form, register=register, year=year),)


def unopened(*, file_stem: str, register: Register) -> Reported:
    """Return the report of a file that does not open, laid to the school its name names."""
    reporter = _attributed(file_stem, "", "", register)
    return Reported(reporter, frozenset({Part.SCHOOL}), (), (Fault(Problem.DOES_NOT_OPEN),))


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
        reporter = _attributed(file_stem, "", "", register)
        return Reported(reporter, frozenset({Part.SCHOOL}), (), (_missing(form.figures_sheet),))
    answers, faults = layouts.answers_by_item(sheet, form)
    other_year = layouts.other_year(sheet, year)
    classes = layouts.sheet_named(sheets, form.classes_sheet)
    rows = None if classes is None else tuple(_class_rows(classes, form))
    return _report(
        answers,
        rows,
        early=(*faults, *([other_year] if other_year else [])),
        form=form,
        register=register,
        file_stem=file_stem,
    )


def _read_summary(
    summary: Sheet,
    sheets: Sequence[Sheet],
    *,
    form: SchoolForm,
    register: Register,
    year: int,
) -> tuple[Reported, ...]:
    other_year = layouts.other_year(summary, year)
    classes = layouts.sheet_named(sheets, form.classes_sheet)
    rows = None if classes is None else tuple(_class_rows(classes, form))
    return tuple(
        _report(
            answers,
            None if rows is None else _rows_of(answers, rows),
            early=(other_year,) if other_year else (),
            form=form,
            register=register,
            file_stem="",
        )
        for answers in layouts.answers_by_row(summary, form)
    )


def _missing(sheet: str) -> Fault:
    return Fault(Problem.SHEET_MISSING, details={"sheet": sheet})


def _text(answers: Mapping[str, Answer], key: str) -> str:
    return text_of(answers[key].value) if key in answers else ""


def _report(
    answers: Mapping[str, Answer],
    classes: Sequence[Mapping[str, Answer]] | None,
    *,
    early: Iterable[Fault],
    form: SchoolForm,
    register: Register,
    file_stem: str,
) -> Reported:
    code, name = _text(answers, "school_code"), _text(answers, "school_name")
    reporter = _attributed(file_stem, code, name, register)
    figures, faults = split(_items(answers, form))
    faults = (*early, *faults, *_identity_faults(answers, code, name, reporter, register))
    if reporter is None and not faults:
        faults = (Fault(Problem.SENDER_UNKNOWN),)
    if classes is None:
        faults = (*faults, _missing(form.classes_sheet))
    else:
        class_figures, class_faults = split(_class_figures(classes, form))
        figures, faults = (*figures, *class_figures), (*faults, *class_faults)
    faults = (*faults, *_sums_that_disagree(figures, form, has_classes=classes is not None))
    return Reported(reporter, frozenset({Part.SCHOOL}), figures, faults)


def _items(answers: Mapping[str, Answer], form: SchoolForm) -> Iterable[Figure | Fault]:
    for item in form.items:
        if item.key in answers:
            yield read_answer(item, answers[item.key])
        elif item.required:
            yield Fault(Problem.ITEM_MISSING, sheet=form.figures_sheet, item=item.label)
        else:
            yield Figure("", item.key, 0.0 if item.is_number else None, None, "", "")


# Whose file it is


def _plain_name(text: str) -> str:
    return re.sub(r"[（(].*?[）)]", "", text).strip(" _-　")


def _attributed(file_stem: str, code: str, name: str, register: Register) -> str | None:
    """Return the school that most of the signs point to: file name, code and name inside.

    Where they disagree one against one, the file name is believed before the name, and the name
    before the code: a copied form keeps its old code more often than its old name.
    """
    by_name = {label_of(school.name): school.code for school in register.values()}
    in_stem = _CODE_IN_NAME.match(file_stem)
    stem_name = _plain_name(file_stem[in_stem.end() :] if in_stem else file_stem)
    signs = (
        in_stem[1] if in_stem and in_stem[1] in register else None,
        by_name.get(label_of(stem_name)),
        by_name.get(label_of(name)),
        code if code in register else None,
    )
    votes = Counter(sign for sign in signs if sign is not None)
    # Counter keeps the order of first sight, and `most_common` is stable.
    return votes.most_common(1)[0][0] if votes else None


def _identity_faults(
    answers: Mapping[str, Answer],
    code: str,
    name: str,
    reporter: str | None,
    register: Register,
) -> Iterable[Fault]:
    if not code or not name:
        return
    place = answers["school_code"]
    expected = register[reporter].code if reporter else ""
    if code not in register:
        details = {"expected": expected}
        yield Fault(
            Problem.CODE_NOT_ON_REGISTER,
            place.sheet,
            place.cell,
            "学校代码",
            code,
            details,
        )
    elif label_of(register[code].name) != label_of(name) or code != reporter:
        details = {"owner": register[code].name, "name": name, "expected": expected}
        yield Fault(Problem.CODE_OF_ANOTHER, place.sheet, place.cell, "学校代码", code, details)


# Classes


def _class_rows(sheet: Sheet, form: SchoolForm) -> Iterable[dict[str, Answer]]:
    header = layouts.columns_of(sheet, form.class_columns.values())
    if header is None:
        return
    start, columns = header
    places = {key: columns[label] for key, label in form.class_columns.items()}
    code_header = layouts.columns_of(sheet, (*form.class_columns.values(), "学校代码"))
    if code_header is not None:
        places["school_code"] = code_header[1]["学校代码"]
    for number, _ in layouts.rows_below(sheet, start):
        yield {
            key: Answer(sheet.cell(number, column), sheet.name, address(number, column))
            for key, column in places.items()
        }


def _rows_of(
    answers: Mapping[str, Answer],
    rows: Iterable[Mapping[str, Answer]],
) -> tuple[Mapping[str, Answer], ...]:
    code = _text(answers, "school_code")
    return tuple(row for row in rows if _text(row, "school_code") == code)


def class_name(grade: str, name: str) -> str:
    """Return a class's full name: `1年级1班`, also where the form only says `1班`."""
    return name if "年级" in name or not grade else f"{grade.removesuffix('年级')}年级{name}"


def _class_figures(
    rows: Iterable[Mapping[str, Answer]],
    form: SchoolForm,
) -> Iterable[Figure | Fault]:
    seen: set[str] = set()
    stage_item = Item(
        key="stage",
        label="学段",
        category="班级明细",
        type=ItemType.CHOICE,
        choices=form.stages,
    )
    name_item = Item(key="class_name", label="班级名称", category="班级明细", type=ItemType.TEXT)
    for row in rows:
        stage = read_answer(stage_item, row["stage"])
        name = read_answer(name_item, row["class_name"])
        if isinstance(stage, Fault) or isinstance(name, Fault):
            yield from (one for one in (stage, name) if isinstance(one, Fault))
            continue
        subject = f"{stage.text}:{class_name(_text(row, 'grade'), str(name.text))}"
        if subject in seen:
            place = row["class_name"]
            yield Fault(Problem.CLASS_TWICE, place.sheet, place.cell, "班级名称", subject)
        seen.add(subject)
        yield read_answer(CLASS_SIZE, row["students"], subject=subject)


# Sums that must agree


def _sums_that_disagree(
    figures: Iterable[Figure],
    form: SchoolForm,
    *,
    has_classes: bool,
) -> Iterable[Fault]:
    everything = tuple(figures)
    own = {figure.key: figure for figure in everything if not figure.subject}
    numbers = {key: figure.number or 0.0 for key, figure in own.items()}
    for stage, key in form.class_totals.items():
        total = sum(
            one.number or 0.0 for one in everything if one.subject.split(":", 1)[0] == stage
        )
        if has_classes and key in own and total != numbers[key]:
            details = {"stage": stage, "expected": f"{numbers[key]:.0f}"}
            yield _sum_fault(Problem.CLASSES_DO_NOT_ADD_UP, own[key], form, total, details)
    for degrees in form.degree_sums:
        if own.keys() >= {*degrees.parts, degrees.at_most}:
            total = sum(numbers[part] for part in degrees.parts)
            if total > numbers[degrees.at_most]:
                details = {"expected": f"{numbers[degrees.at_most]:.0f}"}
                place = own[degrees.at_most]
                yield _sum_fault(Problem.DEGREES_EXCEED_TEACHERS, place, form, total, details)


def _sum_fault(
    problem: Problem,
    place: Figure,
    form: SchoolForm,
    total: float,
    details: Mapping[str, str],
) -> Fault:
    label = form.by_key[place.key].label
    return Fault(problem, place.sheet, place.cell, label, f"{total:.0f}", details)
