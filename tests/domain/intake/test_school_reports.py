"""Workbooks of schools: every fault is found with sheet, cell and item."""

from collections.abc import Callable

import pytest

from junheng.domain.intake import school_reports
from junheng.domain.intake.forms import Problem
from junheng.domain.intake.sheets import BrokenCell, CellValue, Sheet
from junheng.domain.intake.submissions import Fault, RegisteredSchool, Reported
from junheng.rulebook import Rulebook

PRIMARY = RegisteredSchool("3370405007", "运河街道第二小学", "小学", "运河街道", "城区", "公办")
OTHER = RegisteredSchool("3370405019", "运河街道第一中学", "初中", "运河街道", "城区", "公办")
REGISTER = {school.code: school for school in (PRIMARY, OTHER)}
FIRST_ROW = 3
FileOf = Callable[..., Reported]

ANSWERS: dict[str, CellValue] = {
    "学校名称": PRIMARY.name,
    "学校代码": PRIMARY.code,
    "学校类型": "小学",
    "所在镇街": "运河街道",
    "城乡类型": "城区",
    "办学性质": "公办",
    "校车是否全部合规": "无校车",
    "德育工作评估等级": "优秀",
    "校园文化建设评估等级": "良好",
    "建校时间": 1996,
    "小学学生人数": 83,
    "专任教师人数（小学）": 6,
    "本科学历教师人数（小学）": 5,
}
CLASSES: list[list[CellValue]] = [[1, "小学", 1, "1年级1班", 41], [2, "小学", 2, "2年级1班", 42]]


def workbook(
    rulebook: Rulebook,
    *,
    year: int = 2025,
    classes: list[list[CellValue]] | None = None,
    **changed: CellValue,
) -> list[Sheet]:
    """Return a valid form with some changes, with the names of items as keywords."""
    answers = ANSWERS | changed
    rows: list[tuple[CellValue, ...]] = [
        (f"台儿庄区义务教育学校年度填报表（{year}年）",),
        (f"填报单位（盖章）：某校          统计时点：{year}年9月1日",),
        ("序号", "类别", "填报项目", "单位", "填报值", "是否必填", "备注说明"),
    ]
    for number, item in enumerate(rulebook.school_form(2025).items, 1):
        usual: CellValue = "否" if item.choices else 0
        value = answers.get(item.label, usual)
        rows.append((number, item.category, item.label, item.unit, value, "是", None))
    rows.append(("填表人：          审核人：          填报日期：2026年1月8日",))
    listed = CLASSES if classes is None else classes
    class_rows: list[tuple[CellValue, ...]] = [
        ("班级明细（每班一行）",),
        ("序号", "学段", "年级", "班级名称", "学生数（人）"),
        *(tuple(row) for row in listed),
        ("合计", None, None, None, 83),
    ]
    return [Sheet("学校填报数据", tuple(rows)), Sheet("班级明细", tuple(class_rows))]


@pytest.fixture
def read(rulebook: Rulebook) -> FileOf:
    def reading(
        sheets: list[Sheet] | None = None,
        stem: str = "3370405007_运河街道第二小学",
        **changed: object,
    ) -> Reported:
        (reported,) = school_reports.read(
            sheets or workbook(rulebook, **changed),  # type: ignore[arg-type]
            file_stem=stem,
            form=rulebook.school_form(2025),
            register=REGISTER,
            year=2025,
        )
        return reported

    return reading


def the_fault(reported: Reported) -> Fault:
    (fault,) = reported.faults
    return fault


def test_a_valid_form_is_accepted(read: FileOf) -> None:
    reported = read()

    assert reported.is_accepted
    assert reported.reporter == PRIMARY.code
    by_key = {(figure.subject, figure.key): figure for figure in reported.figures}
    assert by_key["", "students_primary"].number == 83
    assert by_key["", "students_primary"].cell == "E15"
    assert by_key["小学:2年级1班", "class_students"].number == 42


@pytest.mark.parametrize(
    ("item", "stands", "problem", "cell"),
    [
        ("小学学生人数", "约83", Problem.NOT_A_COUNT, "E15"),
        ("教学及辅助用房总面积", BrokenCell("#DIV/0!"), Problem.NO_VALUE, "E48"),
        ("教学仪器设备资产值（账面原值）", -147.05, Problem.NEGATIVE, "E53"),
        ("留守儿童人数", None, Problem.BLANK, "E21"),
        ("城乡类型", "农村", Problem.NOT_A_CHOICE, "E8"),
    ],
)
def test_each_invalid_answer_is_reported_with_its_cell(
    read: FileOf, item: str, stands: CellValue, problem: Problem, cell: str
) -> None:
    reported = read(**{item: stands})

    fault = next(found for found in reported.faults if found.item == item)
    assert (fault.problem, fault.sheet, fault.cell) == (problem, "学校填报数据", cell)
    assert not reported.is_accepted


def test_every_fault_is_reported_and_not_only_the_first(read: FileOf) -> None:
    reported = read(留守儿童人数=None, 城乡类型="农村", 网络多媒体教室间数="很多")

    assert [fault.item for fault in reported.faults] == [
        "城乡类型",
        "留守儿童人数",
        "网络多媒体教室间数",
    ]


def test_classes_that_do_not_add_up_are_a_fault(read: FileOf) -> None:
    fault = the_fault(read(classes=CLASSES[:1]))

    assert fault.problem is Problem.CLASSES_DO_NOT_ADD_UP
    assert (fault.found, dict(fault.details)["expected"]) == ("41", "83")


def test_more_degrees_than_teachers_are_a_fault(read: FileOf) -> None:
    fault = the_fault(read(**{"硕士学历教师人数（小学）": 2}))

    assert fault.problem is Problem.DEGREES_EXCEED_TEACHERS
    assert (fault.found, fault.cell) == ("7", "E23")


def test_a_class_named_twice_is_a_fault(read: FileOf) -> None:
    doubled = [CLASSES[0], [2, "小学", 1, "1年级1班", 42]]

    assert the_fault(read(classes=doubled)).problem is Problem.CLASS_TWICE


def test_classes_named_without_their_grade_are_distinguished(read: FileOf) -> None:
    short: list[list[CellValue]] = [[1, "小学", 1, "1班", 41], [2, "小学", "2年级", "1班", 42]]

    reported = read(classes=short)

    assert {figure.subject for figure in reported.figures if figure.subject} == {
        "小学:1年级1班",
        "小学:2年级1班",
    }


def test_a_missing_sheet_is_a_fault(read: FileOf, rulebook: Rulebook) -> None:
    fault = the_fault(read(workbook(rulebook)[:1]))

    assert (fault.problem, dict(fault.details)) == (Problem.SHEET_MISSING, {"sheet": "班级明细"})


def test_a_workbook_without_the_form_is_attributed_by_its_name(read: FileOf) -> None:
    reported = read([Sheet("Sheet1", ())])

    assert reported.reporter == PRIMARY.code
    assert the_fault(reported).problem is Problem.SHEET_MISSING


def test_the_form_of_another_year_is_sent_back(read: FileOf, rulebook: Rulebook) -> None:
    fault = the_fault(read(workbook(rulebook, year=2024)))

    assert (fault.problem, fault.found, fault.cell) == (Problem.OTHER_YEAR, "2024", "A1")


def test_a_renamed_header_is_a_single_fault(read: FileOf, rulebook: Rulebook) -> None:
    figures, classes = workbook(rulebook)
    header = tuple("数值" if value == "填报值" else value for value in figures.rows[2])
    renamed = Sheet(figures.name, (*figures.rows[:2], header, *figures.rows[3:]))

    fault = the_fault(read([renamed, classes]))

    assert (fault.problem, dict(fault.details)) == (Problem.HEADER_MISSING, {"labels": "填报值"})


def test_a_renamed_header_of_the_classes_is_the_only_fault(
    read: FileOf, rulebook: Rulebook
) -> None:
    figures, classes = workbook(rulebook)
    header = tuple("人数" if value == "学生数（人）" else value for value in classes.rows[1])

    fault = the_fault(read([figures, Sheet(classes.name, (header, *classes.rows[2:]))]))

    assert (fault.problem, fault.sheet) == (Problem.HEADER_MISSING, "班级明细")


def test_an_invalid_class_size_is_the_only_fault(read: FileOf) -> None:
    fault = the_fault(read(classes=[CLASSES[0], [2, "小学", 2, "2年级1班", "约40"]]))

    assert (fault.problem, fault.cell) == (Problem.NOT_A_COUNT, "E4")


def test_a_class_without_a_name_is_a_fault(read: FileOf) -> None:
    fault = the_fault(read(classes=[CLASSES[0], [2, "小学", 2, None, 42]]))

    assert (fault.problem, fault.item) == (Problem.BLANK, "班级名称")


def test_signatures_are_not_classes(read: FileOf) -> None:
    below: list[list[CellValue]] = [
        [None, "小计", None, None, 83],
        ["填表人：张三     审核人：李四", None, None, None, None],
        ["说明：以9月1日为准", None, None, None, None],
    ]

    assert read(classes=[*CLASSES, *below]).is_accepted


class TestSeniorClasses:
    SENIOR = (3, "高中", 10, "高一1班", 50)

    def test_may_be_left_out(self, read: FileOf) -> None:
        assert read(高中学生人数=50).is_accepted

    def test_must_add_up_if_they_are_listed(self, read: FileOf) -> None:
        listed = [*CLASSES, list(self.SENIOR)]

        assert read(classes=listed, 高中学生人数=50).is_accepted
        fault = the_fault(read(classes=listed, 高中学生人数=51))
        assert (fault.problem, fault.item) == (Problem.CLASSES_DO_NOT_ADD_UP, "高中学生人数")


class TestReporter:
    def test_a_form_with_the_file_name_of_another_school_names_both(self, read: FileOf) -> None:
        reported = read(stem=f"{OTHER.code}_{OTHER.name}")

        fault = the_fault(reported)
        assert reported.reporter == OTHER.code
        assert (fault.problem, fault.found) == (Problem.FILE_OF_ANOTHER, PRIMARY.code)
        assert dict(fault.details) == {
            "owner": OTHER.name,
            "name": PRIMARY.name,
            "expected": OTHER.code,
        }

    @pytest.mark.parametrize(
        "stem",
        [
            "３３７０４０５００７",
            "运河街道第二小学更正",
            "2025年运河街道第二小学（更正）2",
            "运河街道第二小学 - 副本 (1)",
            "运河街道第二小学3370405007",
        ],
    )
    def test_a_file_that_does_not_open_is_attributed_by_its_name(self, stem: str) -> None:
        shut = Fault(Problem.DOES_NOT_OPEN)

        assert (
            school_reports.refused(shut, file_stem=stem, register=REGISTER).reporter == PRIMARY.code
        )

    def test_an_unknown_school_is_not_taken_for_one_with_a_shorter_name(self) -> None:
        shut = Fault(Problem.DOES_NOT_OPEN)
        stem = "运河街道第二小学东校区"

        assert school_reports.refused(shut, file_stem=stem, register=REGISTER).reporter is None

    def test_a_code_in_full_width_or_as_text_is_accepted(self, read: FileOf) -> None:
        assert read(学校代码="３３７０４０５００７").is_accepted
        assert read(学校代码='="3370405007"').is_accepted
        assert read(学校代码=BrokenCell('="3370405007"')).is_accepted

    def test_the_code_of_another_school_is_a_fault_of_the_sender(self, read: FileOf) -> None:
        reported = read(学校代码=OTHER.code)

        fault = the_fault(reported)
        assert reported.reporter == PRIMARY.code
        assert (fault.problem, fault.cell) == (Problem.CODE_OF_ANOTHER, "E5")
        assert dict(fault.details)["owner"] == OTHER.name

    def test_a_code_missing_in_the_register_is_a_fault(self, read: FileOf) -> None:
        reported = read(学校代码="3370405999")

        assert reported.reporter == PRIMARY.code
        assert the_fault(reported).problem is Problem.CODE_NOT_ON_REGISTER

    def test_a_file_with_any_name_is_attributed_by_its_content(self, read: FileOf) -> None:
        reported = read(stem="最终版(2)")

        assert reported.is_accepted
        assert reported.reporter == PRIMARY.code

    def test_a_code_as_a_number_is_accepted(self, read: FileOf) -> None:
        assert read(学校代码=3370405007.0).is_accepted

    def test_a_file_without_a_known_school_is_a_fault(self, read: FileOf) -> None:
        reported = read(stem="新建工作表", 学校代码="1", 学校名称="某某小学")

        assert reported.reporter is None
        assert not reported.is_accepted
