"""Parsing answers: accepted notations and refusals."""

import pytest

from junheng.domain.intake.forms import AnswerRefused, Item, ItemType, Problem
from junheng.domain.intake.sheets import BrokenCell, CellValue

ROOMS = Item(key="rooms", label="教室间数", category="", type=ItemType.COUNT, unit="间")
AREA = Item(key="area", label="用房面积", category="", type=ItemType.AMOUNT, unit="平方米")
FUNDS = Item(key="funds", label="经费", category="", type=ItemType.AMOUNT, unit="万元")
GROWTH = Item(
    key="growth",
    label="增长率",
    category="",
    type=ItemType.AMOUNT,
    unit="%",
    may_be_negative=True,
)
GAP = Item(key="gap", label="校际差异率", category="", type=ItemType.AMOUNT)
CODE = Item(key="code", label="学校代码", category="", type=ItemType.CODE)
OPTIONAL = Item(key="senior", label="高中", category="", type=ItemType.COUNT, required=False)
ANSWER = Item(key="has", label="是否", category="", type=ItemType.BOOL, choices=("是", "否"))
NAME = Item(key="name", label="学校名称", category="", type=ItemType.TEXT)


@pytest.mark.parametrize(
    ("item", "stands", "counted"),
    [
        (ROOMS, 24, 24.0),
        (ROOMS, 0, 0.0),
        (ROOMS, "24", 24.0),
        (ROOMS, "２４", 24.0),
        (ROOMS, "24间", 24.0),
        (ROOMS, " 24 间 ", 24.0),
        (ROOMS, "1,024", 1024.0),
        (ROOMS, 24.0, 24.0),
        (AREA, "６,７３１．１", 6731.1),
        (AREA, "6731.1平方米", 6731.1),
        (AREA, "6731.1㎡", 6731.1),
        (AREA, "6731.1m2", 6731.1),
        (AREA, "6731.1 M²", 6731.1),
        (AREA, "６７３１．１平米", 6731.1),
        (ROOMS, "—", 0.0),
        (ROOMS, "－", 0.0),
        (ROOMS, "/", 0.0),
        (ROOMS, "无", 0.0),
        (ROOMS, "*", 0.0),
        (GROWTH, -1.5, -1.5),
        (GROWTH, "-1.5%", -1.5),
        (GROWTH, "85%", 85.0),
        (GROWTH, "8.5 ％", 8.5),
        (GAP, "15.3%", 0.153),
        (GAP, "85％", 0.85),
        (GAP, 0.153, 0.153),
        (GAP, "0.153", 0.153),
        (OPTIONAL, None, 0.0),
        (OPTIONAL, "　", 0.0),
    ],
)
def test_notations_of_numbers_in_offices_are_accepted(
    item: Item, stands: CellValue, counted: float
) -> None:
    assert item.read(stands) == counted


@pytest.mark.parametrize(
    ("item", "stands", "problem"),
    [
        (ROOMS, "约300", Problem.NOT_A_COUNT),
        (ROOMS, "三百", Problem.NOT_A_COUNT),
        (ROOMS, "1,2", Problem.NOT_A_COUNT),
        (ROOMS, "2e3", Problem.NOT_A_COUNT),
        (ROOMS, "24元", Problem.NOT_A_COUNT),
        (ROOMS, 24.5, Problem.NOT_A_COUNT),
        (ROOMS, True, Problem.NOT_A_COUNT),
        (ROOMS, -1, Problem.NEGATIVE),
        (FUNDS, "-147.05", Problem.NEGATIVE),
        (FUNDS, "12亿元", Problem.NOT_AN_AMOUNT),
        (FUNDS, float("nan"), Problem.NOT_AN_AMOUNT),
        (FUNDS, float("inf"), Problem.NOT_AN_AMOUNT),
        (FUNDS, BrokenCell("#DIV/0!"), Problem.NO_VALUE),
        (FUNDS, "85%", Problem.NOT_AN_AMOUNT),
        (ROOMS, "2400%", Problem.NOT_A_COUNT),
        (CODE, BrokenCell("#REF!"), Problem.NO_VALUE),
        (CODE, BrokenCell("=B1"), Problem.NO_VALUE),
        (CODE, "　", Problem.BLANK),
        (ROOMS, None, Problem.BLANK),
        (ROOMS, "  ", Problem.BLANK),
        (ANSWER, "可能", Problem.NOT_A_CHOICE),
        (ANSWER, "/", Problem.NOT_A_CHOICE),
        (ANSWER, None, Problem.BLANK),
        (NAME, None, Problem.BLANK),
    ],
)
def test_an_invalid_answer_is_refused_with_its_problem(
    item: Item, stands: CellValue, problem: Problem
) -> None:
    with pytest.raises(AnswerRefused) as refused:
        item.read(stands)

    assert refused.value.problem is problem


def test_spaces_around_answers_are_ignored() -> None:
    assert ANSWER.read(" 是　") == "是"
    assert NAME.read("  涧头集镇第一中学　") == "涧头集镇第一中学"


@pytest.mark.parametrize(
    "typed",
    [
        "3370405003",
        "３３７０４０５００３",
        3370405003,
        3370405003.0,
        "3370405003.0",
        ' "3370405003"',
        '="3370405003"',
        "'3370405003",
        "337 0405 003",
        BrokenCell('="3370405003"'),
    ],
)
def test_all_notations_of_a_code_are_equal(typed: CellValue) -> None:
    assert CODE.read(typed) == "3370405003"
