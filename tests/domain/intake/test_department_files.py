"""Files of departments: the sender, the part of the form, and the faults."""

from collections.abc import Sequence

import pytest

from junheng.domain.intake import department_files, reporting_departments
from junheng.domain.intake.department_files import DepartmentFile
from junheng.domain.intake.forms import Problem
from junheng.domain.intake.sheets import CellValue, Sheet
from junheng.domain.intake.submissions import Fault, Part, Reported
from junheng.rulebook import Rulebook

Row = tuple[CellValue, ...]
ITEMS_HEADER: Row = ("序号", "类别", "填报项目", "单位", "填报值", "佐证材料", "备注说明")
TASKS_HEADER: Row = ("任务序号", "重点任务", "填报单位", "落实情况", "工作举措", "佐证材料")
DISABLED: Row = ("1", "残疾儿童入学", "适龄残疾儿童少年总数", "人", "120", None, None)
SPECIAL: Row = ("16", "提高特殊教育服务水平", "区残联", "已落实", "按职责分工推进", None)


def task(number: int, department: str, progress: str = "已落实") -> Row:
    return (number, "某项重点任务", department, progress, "按职责分工推进", None)


def read(
    rulebook: Rulebook,
    stem: str,
    sheets: Sequence[Sheet] | None,
    *,
    is_csv: bool = False,
) -> tuple[Reported, ...]:
    opened = None if sheets is None else tuple(sheets)
    shut = Fault(Problem.DOES_NOT_OPEN) if sheets is None else None
    return department_files.read(
        DepartmentFile(stem, opened, is_csv, shut),
        rulebook.reporting_departments(2025),
        form=rulebook.department_form(2025),
        year=2025,
    )


def csv(rulebook: Rulebook, stem: str, *rows: Row) -> Reported:
    (reported,) = read(rulebook, stem, [Sheet(stem, rows)], is_csv=True)
    return reported


def workbook(*tasks: Row, items: Sequence[Row] = ()) -> list[Sheet]:
    title: Row = ("台儿庄区义务教育优质均衡发展部门填报表（2025年）",)
    return [
        Sheet("部门填报数据", (title, ITEMS_HEADER, *items)),
        Sheet("重点任务落实情况", (TASKS_HEADER, *tasks)),
    ]


def problems(reported: Reported) -> list[Problem]:
    return [fault.problem for fault in reported.faults]


class TestSender:
    def ids(self, rulebook: Rulebook, stem: str, *stated: Row) -> list[str]:
        sheets = [Sheet("部门填报数据", stated)]
        found = reporting_departments.sender(stem, sheets, rulebook.reporting_departments(2025))
        return [report.id for report in found]

    @pytest.mark.parametrize(
        "stem",
        [
            "区财政局",
            "区财政局更正",
            "区财政局-更正",
            "2025区财政局",
            "区财政局 (1)",
            "区财政局（更正）",
            "台儿庄区财政局",
            "台儿庄区财政局2025年部门填报表_更正",
            "附件3：区财政局 - 副本",
            "（区财政局）填报表",
            "区　财政局",
        ],
    )
    def test_the_longest_known_name_decides(self, rulebook: Rulebook, stem: str) -> None:
        assert self.ids(rulebook, stem) == ["区财政局"]

    @pytest.mark.parametrize(
        ("stem", "ids"),
        [
            ("区市场监管局更正", ["区市场监管局"]),
            ("台儿庄区自然资源局", ["区规划分局", "区国土资源分局"]),
            ("区卫健局2025", ["区卫计局"]),
            ("台儿庄区委政法委", ["区综治办"]),
            ("运河街道更正", ["运河街道"]),
            ("某局", []),
            ("运河街道第一小学", []),
        ],
    )
    def test_a_printed_name_takes_precedence_over_a_reformed_name(
        self, rulebook: Rulebook, stem: str, ids: list[str]
    ) -> None:
        assert self.ids(rulebook, stem) == ids

    @pytest.mark.parametrize(
        "stated",
        [
            ("填报单位：区财政局",),
            ("填报单位（盖章）：台儿庄区财政局    填报日期：2025年10月9日",),
            (None, "填报单位：", None, "区财政局"),
        ],
    )
    def test_the_line_inside_decides_if_the_file_name_does_not(
        self, rulebook: Rulebook, stated: Row
    ) -> None:
        title: Row = ("部门填报表（2025年）",)

        assert self.ids(rulebook, "最终版(2)", title, stated) == ["区财政局"]
        assert self.ids(rulebook, "区教育局转区财政局", title, stated) == ["区财政局"]
        assert self.ids(rulebook, "区编办", title, stated) == ["区编办"]


class TestACsv:
    @pytest.mark.parametrize(
        "stem",
        [
            "区残联_部门填报数据",
            "区残联_部门填报数据（更正）",
            "区残联_部门填报数据_更正",
            "区残联_部门填报数据 (2)",
            "区残联_更正",
            "区残联",
        ],
    )
    def test_is_identified_by_its_content(self, rulebook: Rulebook, stem: str) -> None:
        figures = csv(rulebook, stem, ITEMS_HEADER, DISABLED)
        tasks = csv(rulebook, stem, TASKS_HEADER, SPECIAL)

        assert figures.is_accepted
        assert figures.parts == {Part.FIGURES}
        assert tasks.is_accepted
        assert tasks.parts == {Part.PLAN_TASKS}

    def test_of_building_projects_is_read(self, rulebook: Rulebook) -> None:
        header = tuple(rulebook.department_form(2025).project_columns.values())
        below: list[Row] = [("合计", 1), ("备注：以上为在建项目",), ("填表人：张三",)]

        reported = csv(
            rulebook, "区教育局_建设项目", header, ("某工程", "新建", *"是是是否是"), *below
        )

        assert reported.is_accepted
        assert reported.parts == {Part.PROJECTS}
        assert {figure.subject for figure in reported.figures} == {"某工程"}

    def test_that_is_no_part_of_the_form_is_refused(self, rulebook: Rulebook) -> None:
        reported = csv(rulebook, "区残联_经费说明", ("年份", "金额"), ("2024", "3"))

        assert reported.reporter == "区残联"
        assert reported.parts == {Part.FIGURES, Part.PLAN_TASKS}
        assert problems(reported) == [Problem.PART_UNKNOWN]

    def test_with_a_renamed_header_is_refused_with_the_missing_label(
        self, rulebook: Rulebook
    ) -> None:
        header = tuple("数值" if label == "填报值" else label for label in ITEMS_HEADER)

        reported = csv(rulebook, "区残联", header, DISABLED)

        assert reported.parts == {Part.FIGURES}
        assert problems(reported) == [Problem.HEADER_MISSING]

    @pytest.mark.parametrize(
        ("stem", "parts"),
        [
            ("区残联_部门填报数据（更正）", {Part.FIGURES}),
            ("区残联_重点任务落实情况", {Part.PLAN_TASKS}),
            ("区残联", {Part.FIGURES, Part.PLAN_TASKS}),
        ],
    )
    def test_that_does_not_open_is_refused_for_the_part_in_its_name(
        self, rulebook: Rulebook, stem: str, parts: set[Part]
    ) -> None:
        (reported,) = read(rulebook, stem, None, is_csv=True)

        assert reported.parts == parts
        assert problems(reported) == [Problem.DOES_NOT_OPEN]


def test_a_workbook_that_does_not_open_is_refused_for_all_parts(rulebook: Rulebook) -> None:
    (reported,) = read(rulebook, "区残联_部门填报数据", None)

    assert reported.parts == {Part.FIGURES, Part.PLAN_TASKS}


def test_the_year_in_a_title_below_an_annex_number_is_checked(rulebook: Rulebook) -> None:
    title: Row = ("台儿庄区义务教育优质均衡发展部门填报表（2024年）",)

    reported = csv(rulebook, "区残联", ("附件1",), title, ITEMS_HEADER, DISABLED)

    assert problems(reported) == [Problem.OTHER_YEAR]


class TestPlanTasks:
    @pytest.mark.parametrize(
        "below",
        [
            ("合计", None, None, None, None, None),
            ("填表人：张三", None, "审核人：李四", None, None, None),
            ("备注", "本单位无其他任务", None, None, None, None),
            ("注：以上为年度进展", None, None, None, None, None),
        ],
    )
    def test_rows_below_the_table_are_ignored(self, rulebook: Rulebook, below: Row) -> None:
        assert csv(rulebook, "区残联", TASKS_HEADER, SPECIAL, below).is_accepted

    @pytest.mark.parametrize(
        ("row", "problem"),
        [
            ((None, "某任务", "区残联", "已落实", None, None), Problem.PLAN_TASK_UNKNOWN),
            (("3", "某任务", "区残联", "已落实", None, None), Problem.PLAN_TASK_UNKNOWN),
            (("16", "某任务", "区残联", "已落实", None, None), Problem.ITEM_TWICE),
        ],
    )
    def test_an_invalid_row_is_a_fault(
        self, rulebook: Rulebook, row: Row, problem: Problem
    ) -> None:
        assert problems(csv(rulebook, "区残联", TASKS_HEADER, SPECIAL, row)) == [problem]


class TestOneWorkbookOfTwoDepartments:
    MARKET, FOOD = "区市场监管局", "区食药监局"

    def standing(self, reports: Sequence[Reported]) -> dict[str | None, list[Problem]]:
        return {report.reporter: problems(report) for report in reports}

    def progress(self, reports: Sequence[Reported]) -> dict[str | None, str | None]:
        return {
            report.reporter: figure.text
            for report in reports
            for figure in report.figures
            if figure.key == "progress"
        }

    @pytest.mark.parametrize("second", [FOOD, MARKET])
    def test_counts_for_both(self, rulebook: Rulebook, second: str) -> None:
        sheets = workbook(task(25, self.MARKET), task(25, second, "部分落实"))

        reports = read(rulebook, self.MARKET, sheets)

        assert self.standing(reports) == {self.MARKET: [], self.FOOD: []}
        assert self.progress(reports) == {self.MARKET: "已落实", self.FOOD: "部分落实"}

    def test_counts_for_the_sender_only_if_only_it_is_named(self, rulebook: Rulebook) -> None:
        for name in (self.MARKET, self.FOOD):
            reports = read(rulebook, name, workbook(task(25, name)))
            assert self.standing(reports) == {name: []}

    def test_a_fault_of_one_does_not_affect_the_other(self, rulebook: Rulebook) -> None:
        sheets = workbook(task(25, self.MARKET), task(25, self.FOOD, "落实中"))

        assert self.standing(read(rulebook, self.MARKET, sheets)) == {
            self.MARKET: [],
            self.FOOD: [Problem.NOT_A_CHOICE],
        }

    @pytest.mark.parametrize(
        "names",
        [
            ("区规划分局", "区国土资源分局"),
            ("区自然资源局", "区自然资源局"),
            ("区自然资源局",),
        ],
    )
    def test_with_the_reformed_name_counts_for_both(
        self, rulebook: Rulebook, names: tuple[str, ...]
    ) -> None:
        sheets = workbook(*(task(number, name) for name in names for number in (1, 2, 3)))

        reports = read(rulebook, "区自然资源局", sheets)

        assert self.standing(reports) == {"区规划分局": [], "区国土资源分局": []}

    def test_a_row_of_another_department_is_a_fault(self, rulebook: Rulebook) -> None:
        sheets = workbook(task(25, self.MARKET), task(25, "区教育局"))

        assert self.standing(read(rulebook, self.MARKET, sheets)) == {
            self.MARKET: [Problem.OTHER_DEPARTMENT, Problem.ITEM_TWICE],
        }
