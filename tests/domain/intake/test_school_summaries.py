"""A summary of all schools: one report per school, with its own faults only."""

from collections.abc import Sequence

import pytest

from junheng.domain.intake import school_reports
from junheng.domain.intake.forms import Problem
from junheng.domain.intake.sheets import CellValue, Sheet
from junheng.domain.intake.submissions import RegisteredSchool, Reported
from junheng.rulebook import Rulebook

FIRST = RegisteredSchool("3370405007", "运河街道第二小学", "小学", "运河街道", "城区", "公办")
SECOND = RegisteredSchool("3370405008", "邳庄镇第一小学", "小学", "邳庄镇", "乡村", "公办")
THIRD = RegisteredSchool("3370405011", "张山子镇第一小学", "小学", "张山子镇", "乡村", "公办")
SCHOOLS = (FIRST, SECOND, THIRD)
REGISTER = {school.code: school for school in SCHOOLS}
Row = dict[str, CellValue]
CLASS_HEADER = ("学校代码", "学校名称", "学段", "年级", "班级名称", "学生数（人）")


def answers(school: RegisteredSchool, **changed: CellValue) -> Row:
    usual: Row = {
        "学校名称": school.name,
        "学校代码": school.code,
        "学校类型": school.kind,
        "所在镇街": school.town,
        "城乡类型": school.locale,
        "办学性质": school.ownership,
        "校车是否全部合规": "无校车",
        "德育工作评估等级": "优秀",
        "校园文化建设评估等级": "良好",
        "小学学生人数": 41,
        "专任教师人数（小学）": 6,
    }
    return usual | changed


def class_of(school: RegisteredSchool, **changed: CellValue) -> tuple[CellValue, ...]:
    usual: dict[str, CellValue] = {"code": school.code, "name": school.name, "students": 41}
    row = usual | changed
    return (row["code"], row["name"], "小学", 1, "1年级1班", row["students"])


def read(
    rulebook: Rulebook,
    rows: Sequence[Row],
    classes: Sequence[tuple[CellValue, ...]] | None = None,
    below: Sequence[tuple[CellValue, ...]] = (),
    title: str = "台儿庄区2025年义务教育学校数据汇总表",
) -> tuple[Reported, ...]:
    form = rulebook.school_form(2025)
    listed = [class_of(school) for school in SCHOOLS] if classes is None else classes
    items = form.items
    filled = [
        tuple(row.get(item.label, "否" if item.choices else 0) for item in items) for row in rows
    ]
    header = tuple(f"{item.label}\n（{item.unit}）" if item.unit else item.label for item in items)
    summary = Sheet(form.summary_sheet, ((title,), header, *filled, *below))
    return school_reports.read(
        [summary, Sheet(form.classes_sheet, (CLASS_HEADER, *listed))],
        file_stem="汇总表",
        form=form,
        register=REGISTER,
        year=2025,
    )


def problems(reports: Sequence[Reported]) -> dict[str | None, list[Problem]]:
    return {report.reporter: [fault.problem for fault in report.faults] for report in reports}


def test_every_row_is_a_report(rulebook: Rulebook) -> None:
    reports = read(rulebook, [answers(school) for school in SCHOOLS])

    assert problems(reports) == {school.code: [] for school in SCHOOLS}


def test_two_rows_of_one_school_send_only_it_back(rulebook: Rulebook) -> None:
    rows = [answers(FIRST), answers(SECOND), answers(THIRD), answers(SECOND, 小学学生人数=50)]

    reports = read(rulebook, rows)

    assert problems(reports) == {
        FIRST.code: [],
        THIRD.code: [],
        SECOND.code: [Problem.SCHOOL_TWICE],
    }
    (fault,) = next(report.faults for report in reports if report.faults)
    assert (fault.found, fault.details["rows"], fault.details["cells"]) == (
        SECOND.code,
        "2",
        "B4、B6",
    )


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("3370405999", Problem.CODE_NOT_ON_REGISTER),
        (None, Problem.BLANK),
    ],
)
def test_a_wrong_code_is_the_only_fault(
    rulebook: Rulebook, code: CellValue, problem: Problem
) -> None:
    rows = [answers(FIRST), answers(SECOND, 学校代码=code), answers(THIRD)]
    classes = [class_of(FIRST), class_of(SECOND, code=code, name=None), class_of(THIRD)]

    for listed in (classes, [class_of(school) for school in SCHOOLS]):
        assert problems(read(rulebook, rows, listed)) == {
            FIRST.code: [],
            SECOND.code: [problem],
            THIRD.code: [],
        }


def test_a_wrong_code_in_the_classes_is_a_fault_of_the_named_school(
    rulebook: Rulebook,
) -> None:
    rows = [answers(school) for school in SCHOOLS]
    classes = [class_of(FIRST), class_of(SECOND, code=FIRST.code), class_of(THIRD)]

    reports = read(rulebook, rows, classes)

    assert problems(reports)[FIRST.code] == []
    assert problems(reports)[SECOND.code] == [Problem.CODE_OF_ANOTHER]


def test_all_notations_of_codes_are_accepted(rulebook: Rulebook) -> None:
    rows = [
        answers(FIRST, 学校代码="３３７０４０５００７"),
        answers(SECOND, 学校代码=3370405008.0),
        answers(THIRD, 学校代码='="3370405011"'),
    ]
    classes = [
        class_of(FIRST, code=3370405007),
        class_of(SECOND, code="３３７０４０５００８"),
        class_of(THIRD, code="'3370405011"),
    ]

    assert all(report.is_accepted for report in read(rulebook, rows, classes))


def test_totals_and_signatures_are_not_schools(rulebook: Rulebook) -> None:
    below: list[tuple[CellValue, ...]] = [
        ("合计", None, None, None, None, 123),
        (None, "总计", None, None, None, 123),
        ("填表人：张三 审核人：李四",),
        ("备注：以9月1日为准",),
    ]

    reports = read(rulebook, [answers(school) for school in SCHOOLS], below=below)

    assert [report.reporter for report in reports] == [school.code for school in SCHOOLS]


def test_a_row_without_a_name_is_a_fault(rulebook: Rulebook) -> None:
    nobody = answers(FIRST, 学校名称=None, 学校代码=None)

    reports = read(rulebook, [answers(SECOND), nobody])

    assert problems(reports)[None] == [Problem.BLANK, Problem.BLANK]


def test_a_summary_that_names_no_school_is_a_fault_without_reporter(rulebook: Rulebook) -> None:
    empty = read(rulebook, [])
    form = rulebook.school_form(2025)
    unnamed = Sheet(form.summary_sheet, (("校名", "小学学生人数"), ("某小学", 41)))
    (renamed,) = school_reports.read(
        [unnamed], file_stem="汇总表", form=form, register=REGISTER, year=2025
    )

    assert problems(empty) == {None: [Problem.SENDER_UNKNOWN]}
    assert problems([renamed]) == {None: [Problem.HEADER_MISSING]}
