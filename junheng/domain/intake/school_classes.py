"""The classes of a school's form (班级明细): the school of each row, its figures and their sums."""

from collections.abc import Iterable, Mapping, Sequence

from junheng.domain.intake import layouts, school_identity
from junheng.domain.intake.forms import Item, ItemType, Problem, SchoolForm
from junheng.domain.intake.school_identity import CODE_LABEL, NAME_LABEL, Register
from junheng.domain.intake.sheets import Sheet, address, text_of
from junheng.domain.intake.submissions import Answer, Fault, Figure, read_answer

Row = Mapping[str, Answer]
CATEGORY = "班级明细"
CLASS_SIZE = Item(
    key="class_students",
    label="学生数（人）",
    category=CATEGORY,
    type=ItemType.COUNT,
    unit="人",
)
STAGE_LABEL = "学段"
CLASS_NAME = Item(key="class_name", label="班级名称", category=CATEGORY, type=ItemType.TEXT)
CODE = Item(key="school_code", label=CODE_LABEL, category=CATEGORY, type=ItemType.CODE)
# The suffix of the number of a grade.
GRADE = "年级"
# Columns of summaries only: a school's own form has no classes of other schools.
OF_A_SUMMARY = {"school_code": CODE_LABEL, "school_name": NAME_LABEL}


def rows(sheets: Sequence[Sheet], form: SchoolForm) -> tuple[Row, ...] | Fault:
    """Return the rows of classes in a workbook, or the fault that they are missing."""
    sheet = layouts.sheet_named(sheets, form.classes_sheet)
    if sheet is None:
        return Fault(Problem.SHEET_MISSING, details={"sheet": form.classes_sheet})
    header = layouts.columns_of(sheet, form.class_columns.values())
    if header is None:
        return layouts.header_missing(sheet, form.class_columns.values())
    start, columns = header
    places = {key: columns[label] for key, label in form.class_columns.items()}
    for key, label in OF_A_SUMMARY.items():
        found = layouts.columns_of(sheet, (*form.class_columns.values(), label))
        places |= {} if found is None else {key: found[1][label]}
    return tuple(
        {
            key: Answer(sheet.cell(number, column), sheet.name, address(number, column))
            for key, column in places.items()
        }
        for number, _ in layouts.rows_below(sheet, start, name=places["class_name"])
    )


def by_school(everything: Iterable[Row], register: Register) -> Mapping[str, tuple[Row, ...]]:
    """Return a summary's rows by school, which is found by the code and name in each row."""
    owned: dict[str, tuple[Row, ...]] = {}
    for row in everything:
        owner = school_identity.attributed(register, answers=row)
        if owner is not None:
            owned[owner] = (*owned.get(owner, ()), row)
    return owned


def code_faults(
    everything: Iterable[Row],
    reporter: str,
    register: Register,
) -> Iterable[Fault]:
    """Yield the faults of the codes in a summary's rows of one school."""
    for row in everything:
        if "school_code" not in row or school_identity.stated_code(row) == reporter:
            continue
        code = read_answer(CODE, row["school_code"])
        if isinstance(code, Fault):
            yield code
        yield from school_identity.faults(row, reporter, register)


def class_name(grade: str, name: str) -> str:
    """Return a class's full name: `1年级1班`, even if the form only says `1班`."""
    return name if GRADE in name or not grade else f"{grade.removesuffix(GRADE)}{GRADE}{name}"


def figures(everything: Iterable[Row], form: SchoolForm) -> Iterable[Figure | Fault]:
    """Yield the size of each class, or the faults of its row."""
    seen: set[str] = set()
    stage_item = Item(
        key="stage",
        label=STAGE_LABEL,
        category=CATEGORY,
        type=ItemType.CHOICE,
        choices=form.stages,
    )
    for row in everything:
        stage = read_answer(stage_item, row["stage"])
        name = read_answer(CLASS_NAME, row["class_name"])
        if isinstance(stage, Fault) or isinstance(name, Fault):
            yield from (answer for answer in (stage, name) if isinstance(answer, Fault))
            continue
        grade = text_of(row["grade"].value)
        subject = f"{stage.text}:{class_name(grade, str(name.text))}"
        if subject in seen:
            place = row["class_name"]
            yield Fault(Problem.CLASS_TWICE, place.sheet, place.cell, CLASS_NAME.label, subject)
        seen.add(subject)
        yield read_answer(CLASS_SIZE, row["students"], subject=subject)


def sums_that_disagree(
    sizes: Sequence[Figure],
    own: Mapping[str, Figure],
    form: SchoolForm,
) -> Iterable[Fault]:
    """Yield a fault for each stage whose classes do not add up to the reported students.

    A stage of `class_totals_where_listed` is checked only if its classes are listed.
    """
    sums = dict.fromkeys(form.class_totals, 0.0)
    for size in sizes:
        stage = size.subject.split(":", 1)[0]
        sums[stage] = sums.get(stage, 0.0) + (size.number or 0.0)
    keys = form.class_totals | form.class_totals_where_listed
    for stage, total in sums.items():
        stated = own.get(keys.get(stage, ""))
        if stated is not None and total != (stated.number or 0.0):
            details = {"stage": stage, "expected": f"{stated.number or 0.0:.0f}"}
            label = form.by_key[stated.key].label
            problem = Problem.CLASSES_DO_NOT_ADD_UP
            yield Fault(problem, stated.sheet, stated.cell, label, f"{total:.0f}", details)
