"""Finding answers in a sheet, among titles, totals and signatures."""

import pytest

from junheng.domain.intake import layouts
from junheng.domain.intake.forms import Problem
from junheng.domain.intake.sheets import CellValue, Sheet

HEADER: tuple[CellValue, ...] = ("序号", "学段", "年级", "班级名称", "学生数（人）")
CLASS_NAME = 3


def left(*rows: tuple[CellValue, ...], name: int = CLASS_NAME) -> list[int]:
    """Return the numbers of the rows below the header that belong to the table."""
    sheet = Sheet("班级明细", (HEADER, *rows))
    return [number for number, _ in layouts.rows_below(sheet, 0, name=name)]


@pytest.mark.parametrize(
    "below",
    [
        ("合计", None, None, None, 83),
        (None, "合 计", None, None, 83),
        (3, "合计", None, None, 83),
        ("总计：", None, None, None, 83),
        ("合计（人）", None, None, None, 83),
        (None, "小学", None, "小计", 83),
        ("小学合计", None, None, None, 83),
        ("小计", "小学", None, None, 83),
        ("合计83人", None, None, None, None),
        ("填表人：张三     审核人：李四", None, None, None, None),
        ("填 表 人", "张三", None, None, None),
        ("审核人(签字)：", None, None, None, None),
        ("单位负责人：王五", None, None, None, None),
        ("填报日期：2026年1月8日", None, None, None, None),
        ("（盖章）", None, None, None, None),
        ("备注", "含寄宿生", None, None, None),
        ("备注：含寄宿生", None, None, None, None),
        ("说明：一年级两个班", None, None, None, None),
        ("注：以9月1日为准", None, None, None, None),
        ("※注1：以9月1日为准", None, None, None, None),
    ],
)
def test_totals_signatures_and_notes_are_not_rows_of_a_table(
    below: tuple[CellValue, ...],
) -> None:
    assert left((1, "小学", 1, "1年级1班", 83), below) == [1]


@pytest.mark.parametrize(
    "row",
    [
        (2, None, 1, "1年级1班", 83),
        (2, "小学", 1, None, 83),
        (None, None, None, None, 83),
        ("合计", "小学", 1, "1年级1班", 83),
        ("说明", "小学", 1, "1年级1班", 83),
        (2, "小学", 1, "填空班", 83),
    ],
)
def test_an_invalid_row_with_a_name_is_read(
    row: tuple[CellValue, ...],
) -> None:
    assert left(row) == [1]


@pytest.mark.parametrize("name", ["注册学校", "单位幼儿园小学", "说明书小学", "审核小学"])
def test_a_name_that_only_begins_like_a_note_is_a_name(name: str) -> None:
    assert left((name, None, None, None, None), name=0) == [1]


class TestYearOfAForm:
    def found(self, *above: tuple[CellValue, ...]) -> str | None:
        rows = (*above, ("序号", "填报项目", "填报值"), (1, "建校时间", "1996年"))
        fault = layouts.other_year(Sheet("表", rows), 2025, above=len(above))
        return None if fault is None else f"{fault.found} {fault.cell}"

    @pytest.mark.parametrize(
        "title",
        [
            "台儿庄区义务教育学校年度填报表（2024年）",
            "台儿庄区2024年义务教育学校数据汇总表",
            "台儿庄区 2024 年度义务教育学校数据汇总表",
            "附件2：台儿庄区２０２４年义务教育学校填报表（试行）",
            "义务教育学校填报表（2024—2025学年）",
            "（2024年）",
            "年度：2024年",
            "填报单位（盖章）：某校          统计时点：2024年9月1日",
            "统计时点：2024-09-01",
        ],
    )
    def test_another_year_is_found_anywhere_above_the_header(self, title: str) -> None:
        assert self.found((title,)) == "2024 A1"
        assert self.found((None,), ("附件1",), (None, title)) == "2024 B3"

    def test_the_counting_day_may_be_in_its_own_cell(self) -> None:
        assert self.found(("某校", "统计时点：", None, "2024年9月1日")) == "2024 B1"

    @pytest.mark.parametrize(
        "text",
        [
            "台儿庄区义务教育学校年度填报表（2025年）",
            "义务教育学校填报表（2025—2026学年）",
            "填报日期：2026年1月8日",
            "填报日期：2026年1月8日  制表人：张三",
            "说明：2024年新建的学校也填本表",
            "根据2024年印发的填报表填写",
            "某小学（2024年建校）",
            "统计时点：2025年9月1日",
            "2026年1月8日",
        ],
    )
    def test_a_year_outside_of_a_title_is_ignored(self, text: str) -> None:
        assert self.found((text,)) is None

    def test_years_below_the_header_are_ignored(self) -> None:
        rows = (("序号", "填报项目", "填报值"), (1, "学校名称", "某校填报表（2024年）"))

        assert layouts.other_year(Sheet("表", rows), 2025, above=0) is None


def test_only_a_renamed_header_is_reported() -> None:
    sheet = Sheet("表", (("标题",), ("序号", "填报项目", "数值")))

    fault = layouts.item_header_missing(sheet)

    assert (fault.problem, fault.sheet) == (Problem.HEADER_MISSING, "表")
    assert dict(fault.details) == {"labels": "填报值"}
