"""Layouts of sheets: forms with a row for each item, and summaries with a row for each school."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from junheng.domain.intake.forms import Form, Item, Problem
from junheng.domain.intake.sheets import CellValue, Sheet, address, half_width, label_of, text_of
from junheng.domain.intake.submissions import Answer, Fault

ITEM_COLUMN = "填报项目"
VALUE_COLUMN = "填报值"
Header = tuple[int, Mapping[str, int]]
"""A header's row, and the column of each label in it."""


def sheet_named(sheets: Iterable[Sheet], name: str) -> Sheet | None:
    return next((sheet for sheet in sheets if label_of(sheet.name) == label_of(name)), None)


def columns_of(sheet: Sheet, labels: Iterable[str]) -> Header | None:
    """Return the first row with all labels, and each label's column, None without one."""
    wanted = {label_of(label): label for label in labels}
    for number, row in enumerate(sheet):
        found = {label_of(value): column for column, value in enumerate(row) if value is not None}
        if wanted.keys() <= found.keys():
            return number, {wanted[label]: found[label] for label in wanted}
    return None


def header_missing(sheet: Sheet, labels: Iterable[str]) -> Fault:
    """Return the fault of a sheet without a header: the labels missing in the most similar row."""
    wanted = tuple(dict.fromkeys(labels))
    rows = [{label_of(value) for value in row} for row in sheet] or [set()]
    most_similar = max(rows, key=lambda row: sum(label_of(label) in row for label in wanted))
    missing = (label for label in wanted if label_of(label) not in most_similar)
    return Fault(Problem.HEADER_MISSING, sheet.name, details={"labels": "、".join(missing)})


def item_header(sheet: Sheet) -> Header | None:
    """Return the header with the columns of items and answers."""
    return columns_of(sheet, (ITEM_COLUMN, VALUE_COLUMN))


def item_header_missing(sheet: Sheet) -> Fault:
    return header_missing(sheet, (ITEM_COLUMN, VALUE_COLUMN))


# Texts that offices write below a table, in the spelling of `label_of`.
TOTAL = "合计"
_TOTAL = re.compile(
    r".{0,8}(总计|合计|小计|共计|总数)(\(.*\))?[:=]?(\d+(\.\d+)?)?(人|个|所|班|校)?(数|次)?",
)
_SIGNATURE = re.compile(
    r"(单位|学校|部门)?(填表|填报|制表|审核|复核|审批|负责|联系|经办|统计)人.*"
    r"|(单位|学校|部门|分管|主管|填报|填表|报送|上报|联系|审核)*"
    r"(单位|领导|校长|局长|主任|签字|签章|公章|盖章|日期|时间|电话)(\(.*?\))*:.*"
    r"|\(?(单位|学校|部门)?(公章|盖章|签字|签章)\)?",
)
_NOTE = re.compile(
    r"[*※(]?(备注|附注|注释|注意|注|(填表|填报|备注)?说明)([\d一二三四五]{0,2}[:.、].*)?",
)


def _is_below_a_table(text: str) -> bool:
    label = label_of(text)
    return any(words.fullmatch(label) for words in (_TOTAL, _SIGNATURE, _NOTE))


def _closes(texts: Sequence[str], name: int) -> bool:
    """Return whether a row is a total, a signature or a note, and not a named entry."""
    named = texts[name] if name < len(texts) else ""
    first = next((text for text in texts if text), "")
    if named:
        return _is_below_a_table(named)
    return _is_below_a_table(first) or any(label_of(text) == TOTAL for text in texts)


def rows_below(sheet: Sheet, header: int, *, name: int) -> Iterator[tuple[int, Sequence[str]]]:
    """Return each filled row under a header as text, without totals, signatures and notes.

    `name` is the column with the subject of a row; a row with a subject is not a total.
    """
    for number in range(header + 1, len(sheet.rows)):
        texts = [text_of(value) for value in sheet.rows[number]]
        if any(texts) and not _closes(texts, name):
            yield number, texts


def answers_by_item(
    sheet: Sheet,
    form: Form,
    header: Header,
) -> tuple[dict[str, Answer], tuple[Fault, ...]]:
    """Return the answers of a form with a row for each item, by the item's key."""
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


def summary_header(sheet: Sheet, form: Form) -> tuple[int, Mapping[int, Item]]:
    """Return the header of a summary, which is the row with most labels, and its items."""
    headers = [
        {
            column: item
            for column, value in enumerate(row)
            if (item := form.by_label.get(label_of(value))) is not None
        }
        for row in sheet
    ]
    start = max(range(len(headers)), key=lambda number: len(headers[number]), default=0)
    return start, headers[start] if headers else {}


def answers_by_row(
    sheet: Sheet,
    header: tuple[int, Mapping[int, Item]],
    *,
    name: str,
) -> tuple[dict[str, Answer], ...]:
    """Return the answers of a summary, a row for each school; `name` is the naming item."""
    start, items = header
    names = next((column for column, item in items.items() if item.key == name), 0)
    return tuple(
        {
            item.key: Answer(sheet.cell(number, column), sheet.name, address(number, column))
            for column, item in items.items()
        }
        for number, _ in rows_below(sheet, start, name=names)
    )


# The year of a form


# 2024年, 2024年度, 2024—2025学年; not the year of a day, 2026年1月8日.
_YEARS = r"(20\d\d)(?:[-—–~～至]+(?:20)?\d\d)?学?年度?(?!\d)"
# 台儿庄区2024年…汇总表, …填报表（2025年）, or the year alone.
_TITLE = re.compile(rf"{_YEARS}[^:,，。;]{{0,40}}表(?!人)|表\(?{_YEARS}|^(年度:?)?\(?{_YEARS}\)?$")
_NO_TITLE = re.compile(r"(填报|填表|制表)(单位|日期|时间|人|说明)|单位|说明|备注|注[:\d]|根据|请")
_PRINTED = re.compile(_YEARS)
COUNTED_ON = "统计时点"
_COUNTED_ON = re.compile(rf"{COUNTED_ON}:?(20\d\d)")
# The item of a fault about the year.
YEAR_ITEM = "年度"


def other_year(sheet: Sheet, year: int, *, above: int) -> Fault | None:
    """Return the fault of a form that was printed or counted for another year.

    Only the rows above the header, which is at row `above`, are searched: below are the answers.
    """
    for number, row in enumerate(sheet.rows[:above]):
        for column, value in enumerate(row):
            printed = _year_of(value, row[column + 1 :])
            if printed is not None and printed != str(year):
                return Fault(
                    Problem.OTHER_YEAR,
                    sheet=sheet.name,
                    cell=address(number, column),
                    item=YEAR_ITEM,
                    found=printed,
                    details={"expected": str(year)},
                )
    return None


def _year_of(value: CellValue, beside: Sequence[CellValue]) -> str | None:
    """Return the year in a title, or of the counting day (统计时点)."""
    text = half_width("".join(text_of(value).split()))
    if text.rstrip(":") == COUNTED_ON:
        day = next((value for value in beside if value is not None), None)
        text = f"{COUNTED_ON}{day.year if isinstance(day, date) else text_of(day)}"
    counted_on = _COUNTED_ON.search(text)
    if counted_on is not None:
        return counted_on[1]
    is_title = _TITLE.search(text) and not _NO_TITLE.match(text)
    printed = _PRINTED.search(text) if is_title else None
    return None if printed is None else printed[1]
