"""The content of a copy of the ledger, and sentences about faults in a returned one."""

import re
from dataclasses import replace

import pytest

from junheng.domain.workbook import book
from junheng.domain.workbook.book import Claimed, Column, Progress, cells_of
from junheng.domain.workbook.cells import documents_in
from junheng.domain.workbook.faults import BookFault, BookProblem, sentence
from junheng.rulebook import Rulebook
from junheng.wording.ledger.ledger_book import BookFaults, BookWords
from tests.domain.workbook.one_ledger import LED, SUPPORTED, TITLE, copy_of


@pytest.fixture(scope="module")
def wording(rulebook: Rulebook) -> BookWords:
    return rulebook.wording.ledger_book


class TestACopy:
    def test_has_the_customary_columns_and_the_reference(self, wording: BookWords) -> None:
        assert [wording.headings[column] for column in Column] == [
            "序号",
            "问题",
            "指标",
            "责任单位",
            "配合单位",
            "整改措施",
            "时限",
            "进展",
            "佐证",
            "销号",
            "编号（勿改）",
        ]

    def test_of_a_unit_has_its_name_in_the_title(self, wording: BookWords) -> None:
        assert book.title(wording, district="台儿庄区", unit="区财政局") == TITLE
        assert book.title(wording, district="台儿庄区") == ("台儿庄区义务教育优质均衡发展整改台账")

    def test_of_a_unit_has_separate_sheets_for_leading_and_supporting(
        self, wording: BookWords
    ) -> None:
        sheets = copy_of(SUPPORTED, LED).sheets(wording)

        assert [(sheet.name, sheet.rows) for sheet in sheets] == [
            ("牵头事项", (LED,)),
            ("配合事项", (SUPPORTED,)),
        ]

    def test_of_a_unit_leaves_an_empty_sheet_out(self, wording: BookWords) -> None:
        assert [sheet.name for sheet in copy_of(SUPPORTED).sheets(wording)] == ["配合事项"]

    def test_of_a_unit_without_rows_has_an_empty_sheet(self, wording: BookWords) -> None:
        assert [sheet.name for sheet in copy_of().sheets(wording)] == ["牵头事项"]

    def test_of_the_district_is_one_sheet(self, wording: BookWords) -> None:
        sheets = copy_of(SUPPORTED, LED, unit=None).sheets(wording)

        assert [(sheet.name, sheet.rows) for sheet in sheets] == [("整改台账", (SUPPORTED, LED))]

    def test_shows_its_day_and_the_beginning_of_the_chain_head(self, wording: BookWords) -> None:
        assert copy_of(LED, unit=None).note(wording) == (
            "制表日期：2025-12-31\u3000\u3000链头：9f86d081884c7d65"
        )

    def test_of_a_unit_explains_how_to_fill_it_in(self, wording: BookWords) -> None:
        assert "只填黄色的“整改措施”“进展”“佐证”三栏" in copy_of(LED).note(wording)

    def test_of_a_unit_lists_the_kinds_of_evidence(self, wording: BookWords) -> None:
        assert "类别有照片、批复。" in copy_of(LED).note(wording)

    def test_has_an_example_of_evidence_that_is_accepted(
        self, wording: BookWords, rulebook: Rulebook
    ) -> None:
        (example,) = re.findall("写明类别，如“(.+?)”", copy_of(LED).note(wording))

        kinds = [document.kind for document in documents_in(example)]

        assert len(kinds) == 2
        assert set(kinds) <= set(rulebook.evidence.kind_ids)


class TestACell:
    def test_names_documents_under_their_kinds(self, wording: BookWords) -> None:
        documents = (Claimed("合同", "采购.pdf"), Claimed(None, "验收.jpg"))

        cells = cells_of(replace(LED, evidence=documents), wording)

        assert cells[Column.EVIDENCE] == "合同：采购.pdf；验收.jpg"
        assert cells[Column.SUPPORTING] == "区教育局、马兰屯镇"

    def test_leaves_out_control_characters(self, wording: BookWords) -> None:
        cells = cells_of(replace(LED, problem="一\x00二\x0b三\n四"), wording)

        assert cells[Column.PROBLEM] == "一二三\n四"


class TestTheWords:
    @pytest.fixture
    def wording(self, real_rulebook: Rulebook) -> BookWords:
        return real_rulebook.wording.ledger_book

    def test_every_progress_has_a_word_and_the_list_fits_into_a_cell(
        self, wording: BookWords
    ) -> None:
        assert list(type(wording.progress).model_fields) == list(Progress)
        # Excel's limit of a list; a comma would split a word.
        choices = wording.choices(is_lead=True)
        assert len(",".join(choices)) <= 253
        assert not any("," in choice or '"' in choice for choice in choices)

    @pytest.mark.parametrize("problem", list(BookProblem))
    @pytest.mark.parametrize("found", ["写的", ""])
    @pytest.mark.parametrize("expected", ["应写的", ""])
    def test_every_problem_has_a_sentence_that_leaves_no_braces(
        self, wording: BookWords, problem: BookProblem, found: str, expected: str
    ) -> None:
        said = sentence(
            BookFault("牵头事项", "H7", "进展", found, problem, expected), wording.faults
        )

        assert said.startswith("“牵头事项”H7 进展：")
        assert "{" not in said

    def test_every_sentence_belongs_to_a_problem(self, wording: BookWords) -> None:
        problems = {name.partition("_without_")[0] for name in BookFaults.model_fields}

        assert problems == {problem.value for problem in BookProblem}

    def test_a_sentence_names_sheet_cell_and_item(self, wording: BookWords) -> None:
        wanted = "、".join(wording.choices(is_lead=True))
        fault = BookFault(
            "牵头事项", "H7", "进展", "基本完成", BookProblem.UNKNOWN_PROGRESS, wanted
        )

        assert sentence(fault, wording.faults) == (
            "“牵头事项”H7 进展：写的是“基本完成”，"
            "应以 已签收、整改中、已完成、不属本单位、申请延期至 之一开头"
        )

    def test_an_emptied_cell_leaves_no_empty_quotes(self, wording: BookWords) -> None:
        fault = BookFault("牵头事项", "B7", "问题", "", BookProblem.FIXED_CELL_CHANGED, "缺教师3人")

        assert sentence(fault, wording.faults) == (
            "“牵头事项”B7 问题：内容被删去，此栏不接收修改，仍按下发时的“缺教师3人”办理"
        )

    def test_long_content_is_quoted_in_part_on_one_line(self, wording: BookWords) -> None:
        found = "基本\n完成" * 100
        fault = BookFault("牵头事项", "H7", "进展", found, BookProblem.REASON_MISSING)

        said = sentence(fault, wording.faults)

        assert len(said) < 80
        assert "\n" not in said

    def test_braces_in_a_cell_are_only_text(self, wording: BookWords) -> None:
        fault = BookFault("牵头事项", "H7", "进展", "{cell}{0}", BookProblem.REASON_MISSING)

        assert "“{cell}{0}”" in sentence(fault, wording.faults)
