"""Where answers stand: forms filled in a row for each item, and summaries a row for each school."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from junheng.domain.forms import Form, Problem
from junheng.domain.sheets import Sheet, address, label_of, text_of
from junheng.domain.submissions import Answer, Fault

ITEM_COLUMN = "填报项目"
VALUE_COLUMN = "填报值"
_YEAR = re.compile(r"(20\d\d)\s*年")
_COUNTED_ON = re.compile(r"统计时点[:：]?\s*(20\d\d)\s*年")


def sheet_named(sheets: Iterable[Sheet], name: str) -> Sheet | None:
    return next((sheet for sheet in sheets if label_of(sheet.name) == label_of(name)), None)


def columns_of(sheet: Sheet, labels: Iterable[str]) -> tuple[int, Mapping[str, int]] | None:
    """Return the first row that holds every label, and each label's column; None without one."""
    wanted = {label_of(label): label for label in labels}
    for number, row in enumerate(sheet):
        found = {label_of(value): column for column, value in enumerate(row) if value is not None}
        if wanted.keys() <= found.keys():
            return number, {wanted[label]: found[label] for label in wanted}
    return None


def rows_below(sheet: Sheet, header: int) -> Iterator[tuple[int, Sequence[str]]]:
    """Return each filled row under a header as text, without totals and signatures."""
    for number in range(header + 1, len(sheet.rows)):
        texts = [text_of(value) for value in sheet.rows[number]]
        if any(texts) and not any(label_of(text) == "合计" for text in texts):
            yield number, texts


def answers_by_item(sheet: Sheet, form: Form) -> tuple[dict[str, Answer], tuple[Fault, ...]]:
    """Return the answers of a form that has a row for each item, by the item's key."""
    header = columns_of(sheet, (ITEM_COLUMN, VALUE_COLUMN))
    if header is None:
        return {}, (Fault(Problem.SHEET_MISSING, details={"sheet": form.figures_sheet}),)
    start, columns = header
    answers: dict[str, Answer] = {}
    faults: list[Fault] = []
    for number in range(start + 1, len(sheet.rows)):
        item = form.by_label.get(label_of(sheet.cell(number, columns[ITEM_COLUMN])))
        if item is None:
            continue
        value = columns[VALUE_COLUMN]
        if item.key in answers:
            cell = address(number, columns[ITEM_COLUMN])
            faults.append(Fault(Problem.ITEM_TWICE, sheet.name, cell, item.label))
        answers[item.key] = Answer(sheet.cell(number, value), sheet.name, address(number, value))
    return answers, tuple(faults)


def answers_by_row(sheet: Sheet, form: Form) -> tuple[dict[str, Answer], ...]:
    """Return the answers of a summary that has a row for each school: the widest header wins."""
    headers = [
        {
            column: item
            for column, value in enumerate(row)
            if (item := form.by_label.get(label_of(value))) is not None
        }
        for row in sheet
    ]
    if not headers:
        return ()
    start = max(range(len(headers)), key=lambda number: len(headers[number]))
    return tuple(
        {
            item.key: Answer(sheet.cell(number, column), sheet.name, address(number, column))
            for column, item in headers[start].items()
        }
        for number, _ in rows_below(sheet, start)
    )


def other_year(sheet: Sheet, year: int) -> Fault | None:
    """Return the fault of a form printed, or counted, for another year than the one asked."""
    for number, row in enumerate(sheet.rows[:2]):
        for column, value in enumerate(row):
            text = text_of(value)
            printed = _YEAR.search(text) if number == 0 else _COUNTED_ON.search(text)
            if printed is not None and int(printed[1]) != year:
                return Fault(
                    Problem.OTHER_YEAR,
                    sheet=sheet.name,
                    cell=address(number, column),
                    item="年度",
                    found=printed[1],
                    details={"expected": str(year)},
                )
    return None
