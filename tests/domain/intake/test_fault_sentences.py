"""Sentences about faults: place, found content and expected content."""

import pytest

from junheng.domain.intake.fault_sentences import fault_sentence
from junheng.domain.intake.forms import Item, ItemType, Problem
from junheng.domain.intake.sheets import Obstacle
from junheng.domain.intake.submissions import Answer, Fault, read_answer
from junheng.rulebook import Rulebook
from junheng.wording.intake.faults import FaultWords

STUDENTS = Item(
    key="students_junior",
    label="初中学生人数",
    category="学生信息",
    type=ItemType.COUNT,
    unit="人",
)


@pytest.fixture
def wording(real_rulebook: Rulebook) -> FaultWords:
    return real_rulebook.wording.faults


def fault_of(item: Item, value: str | None) -> Fault:
    fault = read_answer(item, Answer(value, "学校填报数据", "E16"))
    assert isinstance(fault, Fault)
    return fault


class TestFaultSentence:
    def test_an_invalid_number_names_sheet_cell_item_and_expected_value(
        self, wording: FaultWords
    ) -> None:
        assert fault_sentence(fault_of(STUDENTS, "约307"), wording) == (
            "“学校填报数据”E16 初中学生人数：填的是“约307”，应填不小于0的整数（人）"
        )

    def test_a_blank_names_the_expected_value(self, wording: FaultWords) -> None:
        assert fault_sentence(fault_of(STUDENTS, None), wording) == (
            "“学校填报数据”E16 初中学生人数：必填项空白，应填不小于0的整数（人）"
        )

    def test_an_invalid_choice_lists_the_choices(self, wording: FaultWords) -> None:
        locale = STUDENTS.model_copy(
            update={"type": ItemType.CHOICE, "choices": ("城区", "镇区", "乡村"), "unit": ""}
        )

        sentence = fault_sentence(fault_of(locale, "农村"), wording)

        assert sentence.endswith("填的是“农村”，应从“城区、镇区、乡村”中选填")

    def test_an_item_that_may_be_negative_expects_any_number(self, wording: FaultWords) -> None:
        growth = STUDENTS.model_copy(
            update={"type": ItemType.AMOUNT, "may_be_negative": True, "unit": "%"}
        )

        assert fault_sentence(fault_of(growth, "约3"), wording).endswith("应填数字（%）")

    def test_an_item_without_a_unit_leaves_no_empty_brackets(self, wording: FaultWords) -> None:
        sentence = fault_sentence(
            fault_of(STUDENTS.model_copy(update={"unit": ""}), "三百"), wording
        )

        assert sentence.endswith("应填不小于0的整数")

    def test_a_file_that_does_not_open_leaves_no_empty_quotes(self, wording: FaultWords) -> None:
        assert fault_sentence(Fault(Problem.DOES_NOT_OPEN), wording) == (
            "文件打不开或已损坏，请重新导出为 xlsx 后报送"
        )

    def test_a_missing_item_names_a_sheet_but_no_cell(self, wording: FaultWords) -> None:
        missing = Fault(Problem.ITEM_MISSING, sheet="学校填报数据", item="初中学生人数")

        sentence = fault_sentence(missing, wording)

        assert sentence.startswith("“学校填报数据” 初中学生人数：表中没有这一项")

    def test_a_code_of_another_school_names_both_and_the_right_one(
        self, wording: FaultWords
    ) -> None:
        details = {
            "owner": "运河街道第一中学",
            "name": "涧头集镇第一小学",
            "expected": "3370405015",
        }
        fault = Fault(Problem.CODE_OF_ANOTHER, "表", "E5", "学校代码", "3370405019", details)

        assert fault_sentence(fault, wording) == (
            "“表”E5 学校代码：学校代码“3370405019”在名录上属于“运河街道第一中学”，"
            "与所填学校名称“涧头集镇第一小学”不一致，应填3370405015"
        )

    def test_a_right_code_under_a_wrong_name_asks_for_the_name(self, wording: FaultWords) -> None:
        details = {"owner": "运河街道第一小学", "name": "运河一小", "expected": "3370405001"}
        fault = Fault(Problem.CODE_OF_ANOTHER, "表", "E5", "学校代码", "3370405001", details)

        assert fault_sentence(fault, wording).endswith("学校名称应填“运河街道第一小学”")

    def test_an_unknown_code_of_an_unknown_school_gives_a_whole_sentence(
        self, wording: FaultWords
    ) -> None:
        fault = Fault(
            Problem.CODE_NOT_ON_REGISTER, "表", "E5", "学校代码", "12345", {"expected": ""}
        )

        assert fault_sentence(fault, wording).endswith("不在学校名录上，应填名录上的代码")

    def test_long_content_is_quoted_in_part(self, wording: FaultWords) -> None:
        sentence = fault_sentence(fault_of(STUDENTS, "见附件" * 100), wording)

        assert len(sentence) < 100

    def test_braces_in_a_cell_are_only_text(self, wording: FaultWords) -> None:
        assert "“{cell}{0}”" in fault_sentence(fault_of(STUDENTS, "{cell}{0}"), wording)

    @pytest.mark.parametrize(
        "obstacle", [obstacle for obstacle in Obstacle if obstacle is not Obstacle.DAMAGED]
    )
    def test_a_file_that_does_not_open_names_the_obstacle(
        self, obstacle: Obstacle, wording: FaultWords
    ) -> None:
        details = {"because": obstacle.value, "detail": "1048576行×16384列"}

        sentence = fault_sentence(Fault(Problem.DOES_NOT_OPEN, details=details), wording)

        assert sentence.startswith("文件打不开，因为")

    def test_a_form_under_the_file_name_of_another_names_both(self, wording: FaultWords) -> None:
        details = {"owner": "第一小学", "expected": "3370405001", "name": "第二小学"}
        fault = Fault(Problem.FILE_OF_ANOTHER, "表", "E5", "学校代码", "3370405002", details)

        assert fault_sentence(fault, wording) == (
            "“表”E5 学校代码：文件名写的是“第一小学”（3370405001），"
            "表内填的却是“第二小学”（3370405002），请核对后用本校的文件名报送"
        )

    @pytest.mark.parametrize("problem", list(Problem))
    def test_every_problem_has_a_sentence(self, problem: Problem, wording: FaultWords) -> None:
        names = ("sheet", "sheets", "labels", "cells", "rows", "expected", "owner", "name", "stage")
        details = dict.fromkeys(names, "某")
        fault = Fault(problem, "表", "E5", "项", "填", details, asked=STUDENTS)

        assert fault_sentence(fault, wording)

    @pytest.mark.parametrize("kind", list(ItemType))
    def test_every_type_of_item_names_the_expected_value(
        self, kind: ItemType, wording: FaultWords
    ) -> None:
        asked = STUDENTS.model_copy(update={"type": kind, "choices": ("是", "否")})

        assert "应" in fault_sentence(Fault(Problem.BLANK, asked=asked), wording)
