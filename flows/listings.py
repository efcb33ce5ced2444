"""The lists that the command prints: csv for machines, tables for people."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from rich.console import Console
from rich.table import Table

from junheng import bootstrap
from junheng.domain.findings import Finding, Verdict
from junheng.store import notices as notices_store
from junheng.store import remediations as remediations_store
from tasks import overview, register
from tasks.overview import Which


class Format(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    CSV = "csv"


Rows = Sequence[Sequence[object]]
MOST_ROWS_SHOWN = 60
SEPARATOR = ";"


def show(columns: Sequence[str], rows: Rows, how: Format, *, headings: Sequence[str]) -> None:
    """Print rows: as csv with the columns' own names, or as a table with Chinese headings."""
    match how:
        case Format.CSV:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
        case Format.TABLE:
            _table(headings, rows)


def _table(headings: Sequence[str], rows: Rows) -> None:
    table = Table(*headings, header_style="bold", row_styles=("", "dim"))
    for row in rows[:MOST_ROWS_SHOWN]:
        table.add_row(*("" if value is None else str(value) for value in row))
    console = Console()
    console.print(table)
    if len(rows) > MOST_ROWS_SHOWN:
        console.print(f"只显示前{MOST_ROWS_SHOWN}行，共{len(rows)}行；加 --format csv 输出全部。")


def verdicts(year: int, how: Format, which: Which, *, everything: bool) -> None:
    """Print a year's verdicts; units that a line does not concern only on demand."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        found = overview.findings_of_year(session, rulebook, year, which)
    shown = [one for one in found if everything or one.verdict is not Verdict.NOT_APPLICABLE]
    rows = [(one.indicator, one.unit, _number(one), one.verdict.value) for one in shown]
    columns = ("indicator", "unit", "value", "verdict")
    show(columns, rows, how, headings=("指标", "单位", "数值", "判定"))
    if how is Format.TABLE:
        _say_counts(found)


def _number(finding: Finding) -> str:
    return "" if finding.value is None else repr(finding.value)


def _say_counts(found: Iterable[Finding]) -> None:
    says = bootstrap.rulebook().wording["artifacts"]["verdict"]
    counts = Counter(one.verdict for one in found)
    parts = (f"{says[verdict.value]} {counts[verdict]}" for verdict in Verdict)
    Console().print("，".join(parts))


def year_register(year: int, how: Format, *, departments: bool) -> None:
    """Print who had to report and what became of each: schools, or departments."""
    with bootstrap.session() as session:
        known = register.of_year(session, bootstrap.rulebook(), year)
    entries = known.departments if departments else known.schools
    rows = [(one.code, one.name, one.status.value, one.file, one.reason) for one in entries]
    columns = ("code", "name", "status", "file", "reason")
    show(columns, rows, how, headings=("代码", "名称", "状态", "文件", "说明"))
    if how is Format.TABLE:
        for file, reason in known.unplaced:
            Console().print(f"无法识别的文件：{file}（{reason}）")


def ledger(how: Format) -> None:
    """Print every remediation of the district."""
    with bootstrap.session() as session:
        kept = remediations_store.ledger(session, bootstrap.rulebook().district.code)
        rows = [
            (
                row.reference,
                row.indicator,
                row.unit,
                row.lead,
                SEPARATOR.join(row.supporting),
                row.basis,
                row.opened_on,
                row.due_on,
                row.status,
                SEPARATOR.join(row.items),
            )
            for row in kept
        ]
    columns = [
        "reference",
        "indicator",
        "unit",
        "lead",
        "supporting",
        "basis",
        "opened_on",
        "due_on",
        "status",
        "items",
    ]
    headings = [
        "编号",
        "指标",
        "单位",
        "牵头",
        "配合",
        "依据",
        "交办日期",
        "到期日期",
        "状态",
        "未达标的学段或班级",
    ]
    show(columns, rows, how, headings=headings)


def notices(how: Format) -> None:
    """Print every card owed or sent."""
    with bootstrap.session() as session:
        kept = notices_store.listing(session, bootstrap.rulebook().district.code)
        rows = [
            (
                row.key,
                row.recipient,
                row.channel,
                row.planned_on,
                row.sent_at.isoformat() if row.sent_at else "",
                row.status,
            )
            for row in kept
        ]
    columns = ("key", "recipient", "channel", "planned_on", "sent_at", "status")
    show(columns, rows, how, headings=("编号", "收件单位", "渠道", "日期", "发出时间", "状态"))
