"""Rows of a ledger and a copy of it, for tests."""

from dataclasses import replace
from datetime import date
from typing import Any

from junheng.domain.workbook.book import Book, BookRow

HEAD = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
KINDS = ("照片", "批复")
WEDNESDAY = date(2025, 12, 31)
THURSDAY = date(2026, 1, 15)
TITLE = "台儿庄区义务教育优质均衡发展整改台账（区财政局）"
LED = BookRow(
    reference="370405-2025-0001",
    problem="马兰屯镇中学生均教学仪器设备值1820元，低于标准2500元",
    indicator="R6 生均教学仪器设备值",
    lead="区财政局",
    supporting=("区教育局", "马兰屯镇"),
    action="",
    due_on=THURSDAY,
    is_provisional=False,
    progress="已交办",
    evidence=(),
    closing="",
    is_lead=True,
    may_reply=True,
)
SUPPORTED = replace(
    LED, reference="370405-2025-0009", lead="区教育局", supporting=("区财政局",), is_lead=False
)


def led(number: int, **changes: Any) -> BookRow:
    """Return a row that the unit leads, with a numbered reference."""
    return replace(LED, reference=f"370405-2025-{number:04}", **changes)


def copy_of(*rows: BookRow, unit: str | None = "区财政局") -> Book:
    return Book(title=TITLE, unit=unit, day=WEDNESDAY, head=HEAD, kinds=KINDS, rows=rows)
