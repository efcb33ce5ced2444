"""The register: reading its schools, and mistakes that make it unusable."""

import pytest

from junheng.domain.intake import register
from junheng.domain.intake.register import RegisterUnusable
from junheng.domain.intake.sheets import CellValue, Sheet
from junheng.rulebook import Rulebook

Row = tuple[CellValue, ...]
HEADER: Row = ("学校代码", "学校名称", "学校类型", "所在镇街", "城乡类型", "办学性质")
FIRST: Row = ("3370405007", "运河街道第二小学", "小学", "运河街道", "城区", "公办")
SECOND: Row = ("3370405008", "邳庄镇第一中学", "初中", "邳庄镇", "乡村", "民办")


def codes(rulebook: Rulebook, *rows: Row) -> list[str]:
    sheet = Sheet("学校名录", (HEADER, *rows))
    schools = register.read(sheet, form=rulebook.school_form(2025))
    return [school.code for school in schools]


@pytest.mark.parametrize("code", ["３３７０４０５００７", 3370405007.0, '="3370405007"'])
def test_all_notations_of_a_code_are_equal(rulebook: Rulebook, code: CellValue) -> None:
    assert codes(rulebook, (code, *FIRST[1:])) == ["3370405007"]


def test_a_town_missing_in_config_is_accepted(rulebook: Rulebook) -> None:
    assert codes(rulebook, (*FIRST[:3], "新设镇", *FIRST[4:])) == ["3370405007"]


def test_totals_and_signatures_are_not_schools(rulebook: Rulebook) -> None:
    below: list[Row] = [
        ("合计", "2所"),
        (None, "合计（所）", 2),
        ("填表人：张三", None, "审核人：李四"),
        ("说明：以9月1日为准",),
    ]

    assert codes(rulebook, FIRST, SECOND, *below) == ["3370405007", "3370405008"]


@pytest.mark.parametrize(
    ("column", "found", "message"),
    [
        (0, None, "第3行没有填学校代码"),
        (1, None, "第3行没有填学校名称"),
        (2, "初级中学", "第3行学校类型填的是“初级中学”，应从“小学、教学点、初中、"),
        (2, None, "第3行没有填学校类型，应从“小学、"),
        (3, None, "第3行没有填所在镇街"),
        (4, "农村", "第3行城乡类型填的是“农村”，应从“城区、镇区、乡村”中选填"),
        (5, "公立", "第3行办学性质填的是“公立”，应从“公办、民办”中选填"),
        (0, "３３７０４０５００７", "第2、3行学校代码“3370405007”重复"),
        (1, "运河街道第二小学", "第2、3行学校名称“运河街道第二小学”重复"),
    ],
)
def test_a_mistake_names_its_row_and_the_expected_value(
    rulebook: Rulebook, column: int, found: CellValue, message: str
) -> None:
    wrong = (*SECOND[:column], found, *SECOND[column + 1 :])

    with pytest.raises(RegisterUnusable, match=message):
        codes(rulebook, FIRST, wrong)


def test_many_mistakes_are_shortened_to_one_line(rulebook: Rulebook) -> None:
    wrong = [
        (f"33704050{number}", f"第{number}小学", "中小学", "某镇", "城区", "公办")
        for number in range(60)
    ]

    with pytest.raises(RegisterUnusable) as refused:
        codes(rulebook, *wrong)

    assert str(refused.value).endswith("另有55处")
    assert "\n" not in str(refused.value)
