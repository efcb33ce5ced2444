"""Parsing the reply cells: progress and evidence."""

from datetime import date

import pytest

from junheng.domain.workbook.book import Claimed, Progress
from junheng.domain.workbook.cells import Stated, day_in, documents_in, progress_in
from junheng.domain.workbook.faults import BookProblem, CellRefused
from junheng.rulebook import Rulebook
from junheng.wording.ledger.ledger_book import BookWords

THURSDAY = date(2026, 1, 15)


@pytest.fixture(scope="module")
def wording(rulebook: Rulebook) -> BookWords:
    return rulebook.wording.ledger_book


class TestProgress:
    @pytest.mark.parametrize(
        ("written", "stated"),
        [
            ("已签收", Stated(Progress.RECEIPTED, "")),
            (" 已 签 收 ", Stated(Progress.RECEIPTED, "")),
            ("整改中。", Stated(Progress.IN_PROGRESS, "")),
            ("已完成：已补充采购", Stated(Progress.REPORTED, "已补充采购")),
            ("已完成:已补充采购", Stated(Progress.REPORTED, "已补充采购")),
            ("已完成，已补充采购。", Stated(Progress.REPORTED, "已补充采购。")),
            ("已完成 已补充采购", Stated(Progress.REPORTED, "已补充采购")),
            ("已完成\u3000\u3000已补充采购", Stated(Progress.REPORTED, "已补充采购")),
            ("已完成\n已补充采购", Stated(Progress.REPORTED, "已补充采购")),
            ("已完成（见佐证）", Stated(Progress.REPORTED, "（见佐证）")),
            ("已完成：采购１２台", Stated(Progress.REPORTED, "采购１２台")),
            ("不属本单位：应由区教育局负责", Stated(Progress.DISPUTED, "应由区教育局负责")),
            ("不属于本单位，应由区教育局负责", Stated(Progress.DISPUTED, "应由区教育局负责")),
        ],
    )
    def test_a_word_is_parsed_with_additional_text(
        self, wording: BookWords, written: str, stated: Stated
    ) -> None:
        assert progress_in(written, wording, is_lead=True) == stated

    @pytest.mark.parametrize(
        "written",
        [
            "申请延期至2026-01-15：招标流标",
            "申请延期至2026-1-15，招标流标",
            "申请延期至 2026/1/15 招标流标",
            "申请延期至2026.1.15；招标流标",
            "申请延期至2026年1月15日，招标流标",
            "申请延期到2026年1月15日招标流标",
            "申请延期至：2026 年 1 月 15 号 招标流标",
            "申请延期至２０２６－０１－１５：招标流标",
            "申请延期：20260115 招标流标",
        ],
    )
    def test_the_day_of_an_extension_is_parsed_in_any_notation(
        self, wording: BookWords, written: str
    ) -> None:
        assert progress_in(written, wording, is_lead=True) == Stated(
            Progress.EXTENSION, "招标流标", THURSDAY
        )

    @pytest.mark.parametrize(
        ("written", "problem"),
        [
            ("基本完成", BookProblem.UNKNOWN_PROGRESS),
            ("本事项已完成", BookProblem.UNKNOWN_PROGRESS),
            ("5", BookProblem.UNKNOWN_PROGRESS),
            ("已完成80%", BookProblem.WORD_RUNS_ON),
            ("整改中心已建成", BookProblem.WORD_RUNS_ON),
            ("不属本单位", BookProblem.REASON_MISSING),
            ("不属本单位：。", BookProblem.REASON_MISSING),
            ("申请延期至2026-01-15", BookProblem.REASON_MISSING),
            ("申请延期至2026年1月15日。", BookProblem.REASON_MISSING),
            ("申请延期至年底：招标流标", BookProblem.EXTENSION_DATE_UNREADABLE),
            ("申请延期至1月15日：招标流标", BookProblem.EXTENSION_DATE_UNREADABLE),
            ("申请延期至2026年1月：招标流标", BookProblem.EXTENSION_DATE_UNREADABLE),
            ("申请延期至2026-02-30：招标流标", BookProblem.EXTENSION_DATE_UNREADABLE),
            ("申请延期至2026-1-155：招标流标", BookProblem.EXTENSION_DATE_UNREADABLE),
            ("申请延期", BookProblem.EXTENSION_DATE_UNREADABLE),
        ],
    )
    def test_an_invalid_cell_is_refused_with_its_problem(
        self, wording: BookWords, written: str, problem: BookProblem
    ) -> None:
        with pytest.raises(CellRefused) as refused:
            progress_in(written, wording, is_lead=True)

        assert refused.value.problem is problem

    @pytest.mark.parametrize(
        ("written", "problem"),
        [
            ("基本完成", BookProblem.UNKNOWN_PROGRESS),
            ("不属本单位：应由区教育局负责", BookProblem.NOT_FOR_SUPPORTING),
            ("申请延期至2026-01-15：招标流标", BookProblem.NOT_FOR_SUPPORTING),
            ("申请延期", BookProblem.NOT_FOR_SUPPORTING),
        ],
    )
    def test_supporting_units_may_only_receipt_begin_and_report(
        self, wording: BookWords, written: str, problem: BookProblem
    ) -> None:
        with pytest.raises(CellRefused) as refused:
            progress_in(written, wording, is_lead=False)

        assert refused.value.problem is problem
        assert refused.value.expected == "已签收、整改中、已完成"
        assert progress_in("已完成：已配合", wording, is_lead=False).text == "已配合"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-01-15", THURSDAY),
        ("2026-01-15 00:00:00", THURSDAY),
        ("２０２６年１月１５日", THURSDAY),
        ("2026年1月15日前", None),
        ("", None),
    ],
)
def test_a_day_must_be_the_whole_text(written: str, day: date | None) -> None:
    assert day_in(written) == day


class TestDocuments:
    @pytest.mark.parametrize(
        ("written", "names"),
        [
            ("采购合同.pdf", ["采购合同.pdf"]),
            ("采购合同.pdf；验收.jpg", ["采购合同.pdf", "验收.jpg"]),
            ("采购合同.pdf;验收.jpg;", ["采购合同.pdf", "验收.jpg"]),
            ("采购合同.pdf、验收.jpg", ["采购合同.pdf", "验收.jpg"]),
            ("采购合同.pdf，验收.jpg", ["采购合同.pdf", "验收.jpg"]),
            ("采购合同.pdf\r\n\r\n验收.jpg", ["采购合同.pdf", "验收.jpg"]),
            ("采购合同、验收照片", ["采购合同", "验收照片"]),
            ("照片1、照片12、照片3", ["照片1", "照片12", "照片3"]),
            # Each of these is the name of a single file.
            ("1、采购合同.pdf", ["1、采购合同.pdf"]),
            ("12、采购合同", ["12、采购合同"]),
            ("合同、发票.pdf", ["合同、发票.pdf"]),
            ("验收v2.0版.docx", ["验收v2.0版.docx"]),
            ("验收（二期）.docx", ["验收（二期）.docx"]),
            ("采购合同.pdf；采购合同.pdf", ["采购合同.pdf"]),
            ("第一批/验收.jpg", ["第一批/验收.jpg"]),
            (".\\第一批\\验收.jpg", ["第一批/验收.jpg"]),
            ("..说明.docx", ["..说明.docx"]),
        ],
    )
    def test_file_names_are_separated(self, written: str, names: list[str]) -> None:
        assert [document.file_name for document in documents_in(written)] == names

    @pytest.mark.parametrize("colon", ["：", ":", " ： "])
    def test_a_kind_may_precede_a_name(self, colon: str) -> None:
        assert documents_in(f"合同{colon}采购.pdf") == (Claimed("合同", "采购.pdf"),)

    @pytest.mark.parametrize(
        "written",
        [
            "../验收.jpg",
            "..\\验收.jpg",
            "照片：../../验收.jpg",
            "第一批/../../验收.jpg",
            "/etc/passwd",
            "\\\\服务器\\共享\\验收.jpg",
            "D:\\佐证\\验收.jpg",
            "照片：D:\\佐证\\验收.jpg",
            "d：验收.jpg",
            "．．／验收.jpg",
            "~/验收.jpg",
            "https://example.org/验收.jpg",
        ],
    )
    def test_a_path_that_leaves_the_folder_is_refused(self, written: str) -> None:
        with pytest.raises(CellRefused) as refused:
            documents_in(f"采购合同.pdf；{written}")

        assert refused.value.problem is BookProblem.PATH_IN_EVIDENCE

    def test_a_kind_without_a_name_is_refused(self) -> None:
        with pytest.raises(CellRefused) as refused:
            documents_in("照片：")

        assert refused.value.problem is BookProblem.FILE_NAME_MISSING
