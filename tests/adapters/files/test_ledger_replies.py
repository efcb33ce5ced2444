"""A copy of the ledger, round trip: written, filled in by an office, and read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import process_time

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from junheng.adapters.files import workbooks
from junheng.domain.intake.sheets import Sheet
from junheng.domain.workbook import ledger_copies, replies
from junheng.domain.workbook.book import Claimed, Column, Progress
from junheng.domain.workbook.replies import Taken
from junheng.rulebook import Rulebook
from junheng.wording.ledger.ledger_book import BookWords
from tests.adapters.files.ledger_office import THREE, Office, references
from tests.domain.workbook.one_ledger import LED, copy_of, led


@pytest.fixture(scope="module")
def wording(rulebook: Rulebook) -> BookWords:
    return rulebook.wording.ledger_book


@pytest.fixture
def office(tmp_path: Path, wording: BookWords) -> Office:
    return Office(tmp_path / "整改台账_区财政局.xlsx", wording)


class TestReplies:
    def test_an_unchanged_copy_has_no_replies(self, office: Office) -> None:
        assert office.fills_in(THREE) == Taken("区财政局", (), ())

    def test_a_reply_has_action_progress_evidence_and_their_cells(self, office: Office) -> None:
        taken = office.fills_in(
            THREE,
            F5="追加预算12万元",
            H5="已完成：设备已到货",
            I5="合同：采购.pdf；验收.jpg",
        )

        assert taken.faults == ()
        (reply,) = taken.replies
        assert (reply.reference, reply.is_lead) == ("370405-2025-0002", True)
        assert reply.action == "追加预算12万元"
        assert (reply.progress, reply.text) == (Progress.REPORTED, "设备已到货")
        assert reply.evidence == (Claimed("合同", "采购.pdf"), Claimed(None, "验收.jpg"))
        assert (reply.sheet, reply.row) == ("牵头事项", 5)
        assert reply.cells[Column.PROGRESS] == "H5"
        assert reply.cells[Column.REFERENCE] == "K5"

    def test_a_row_of_the_second_sheet_is_a_reply_of_a_supporting_unit(
        self, office: Office
    ) -> None:
        def fill(workbook: Workbook) -> None:
            workbook["配合事项"]["H4"] = "已签收"

        (reply,) = office.answers(THREE, fill).replies

        assert (reply.reference, reply.is_lead) == ("370405-2025-0009", False)
        assert reply.sheet == "配合事项"

    def test_an_extension_has_a_date_and_a_reason(self, office: Office) -> None:
        (reply,) = office.fills_in(THREE, H4="申请延期至2026年3月1日，招标流标").replies

        assert reply.progress is Progress.EXTENSION
        assert reply.extension_until == date(2026, 3, 1)
        assert reply.text == "招标流标"

    def test_unchanged_cells_are_not_part_of_a_reply(self, office: Office) -> None:
        before = replace(
            LED,
            action="追加预算",
            progress="整改中：正在招标",
            evidence=(Claimed("合同", "采购.pdf"),),
        )

        taken = office.fills_in(copy_of(before), I4="合同：采购.pdf；验收.jpg")

        (reply,) = taken.replies
        assert (reply.action, reply.progress, reply.text) == ("", None, "")
        assert reply.evidence == (Claimed(None, "验收.jpg"),)

    def test_emptied_cells_are_no_reply(self, office: Office) -> None:
        before = replace(LED, action="追加预算", evidence=(Claimed(None, "采购.pdf"),))

        taken = office.fills_in(copy_of(before), F4=None, H4=None, I4="")

        assert taken == Taken("区财政局", (), ())

    def test_an_unchanged_status_is_no_fault_if_only_the_action_is_filled_in(
        self, office: Office
    ) -> None:
        taken = office.fills_in(copy_of(replace(LED, progress="退回重办")), F4="重新采购")

        assert taken.faults == ()
        assert [reply.action for reply in taken.replies] == ["重新采购"]


class TestRearrangedCopy:
    def test_rows_may_be_sorted(self, office: Office) -> None:
        def fill(workbook: Workbook) -> None:
            sheet = workbook["牵头事项"]
            sheet["H4"], sheet["H6"] = "已签收", "整改中"
            rows = [[cell.value for cell in row] for row in sheet["A4:K6"]]
            for number, row in enumerate(reversed(rows), start=4):
                for column, value in enumerate(row, start=1):
                    sheet.cell(number, column, value)

        taken = office.answers(THREE, fill)

        assert taken.faults == ()
        assert [(reply.reference, reply.progress, reply.row) for reply in taken.replies] == [
            ("370405-2025-0003", Progress.IN_PROGRESS, 4),
            ("370405-2025-0001", Progress.RECEIPTED, 6),
        ]

    def test_rows_may_be_deleted_and_filtered(self, office: Office) -> None:
        def fill(workbook: Workbook) -> None:
            sheet = workbook["牵头事项"]
            sheet["H6"] = "已签收"
            sheet.delete_rows(5)
            sheet.row_dimensions[5].hidden = True
            del workbook["配合事项"]

        taken = office.answers(THREE, fill)

        assert taken.faults == ()
        assert references(taken) == ["370405-2025-0003"]
        assert taken.replies[0].cells[Column.PROGRESS] == "H5"

    def test_columns_may_be_added_moved_and_deleted(self, office: Office) -> None:
        def fill(workbook: Workbook) -> None:
            sheet = workbook["牵头事项"]
            for row in sheet["A3:K6"]:
                values = [cell.value for cell in row]
                # 编号 first, then an added column; 序号 and 销号 are missing.
                ordered = [values[10], "经办人", *values[1:9]]
                for cell, value in zip(row, [*ordered, None], strict=True):
                    cell.value = value
            sheet["A3"], sheet["B3"] = "编号", "经办人"
            sheet["I5"] = "已完成"

        sent = office.answers(THREE, fill)

        assert sent.faults == ()
        (reply,) = sent.replies
        assert (reply.reference, reply.cells[Column.PROGRESS]) == ("370405-2025-0002", "I5")

    def test_the_title_may_be_deleted(self, office: Office) -> None:
        def fill(workbook: Workbook) -> None:
            sheet = workbook["牵头事项"]
            sheet["H4"] = "已签收"
            for merged in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(merged))
            sheet.delete_rows(1, 2)

        taken = office.answers(THREE, fill)

        assert taken.unit == "区财政局"
        assert [reply.cells[Column.PROGRESS] for reply in taken.replies] == ["H2"]

    def test_remarks_and_signatures_below_are_no_rows(self, office: Office) -> None:
        taken = office.fills_in(
            THREE,
            A7=4,
            B8="已报区政府",
            A9="填表人：张三",
            F9="负责人：李四",
            A10="合计",
            H10="3项",
        )

        assert taken == Taken("区财政局", (), ())

    def test_two_sheets_may_be_pasted_into_one(self, office: Office) -> None:
        def fill(workbook: Workbook) -> None:
            into, of = workbook["牵头事项"], workbook["配合事项"]
            for number, row in enumerate(of.iter_rows(min_row=3, max_row=4), start=8):
                for column, cell in enumerate(row, start=1):
                    into.cell(number, column, cell.value)
            into["H9"] = "已签收"
            del workbook["配合事项"]

        taken = office.answers(THREE, fill)

        assert taken.faults == ()
        assert [(reply.reference, reply.is_lead) for reply in taken.replies] == [
            ("370405-2025-0009", False)
        ]

    def test_rows_may_be_copied_into_another_workbook(
        self, tmp_path: Path, office: Office, wording: BookWords
    ) -> None:
        def fill(workbook: Workbook) -> None:
            workbook["牵头事项"]["H4"] = "已签收"
            workbook["牵头事项"]["H5"] = workbook["牵头事项"]["H6"] = None
            del workbook["_原件"]
            del workbook["配合事项"]

        taken = office.answers(THREE, fill)

        # Only the title is left to identify the unit.
        assert taken.unit == "区财政局"
        assert references(taken) == ["370405-2025-0001"]

    def test_dates_numbers_and_hyphens_may_be_spelt_differently(self, office: Office) -> None:
        taken = office.fills_in(
            THREE,
            G4="2026年1月15日",
            G5="２０２６/1/15",
            E4="区教育局、 马兰屯镇",
            K4="３７０４０５–2025—0001",
            H4="已签收",
        )

        assert taken.faults == ()
        assert references(taken) == ["370405-2025-0001"]

    def test_a_received_copy_is_read_with_its_hidden_sheet_in_a_child_process(
        self, office: Office, wording: BookWords
    ) -> None:
        office.fills_in(THREE, H4="已签收")

        (opened,) = workbooks.open_all([office.path])

        assert opened.sheets is not None
        assert [sheet.name for sheet in opened.sheets] == ["牵头事项", "配合事项", "_原件"]
        assert references(replies.read(opened.sheets, wording=wording)) == ["370405-2025-0001"]

    def test_three_thousand_rows_are_written_and_read_in_seconds(
        self, office: Office, wording: BookWords
    ) -> None:
        rows = [led(number) for number in range(3000)]
        began = process_time()

        taken = office.fills_in(copy_of(*rows), H3003="已签收")

        assert references(taken) == ["370405-2025-2999"]
        assert process_time() - began < 30


class TestIsLedgerBook:
    def test_recognises_a_copy_by_its_content(self, office: Office, wording: BookWords) -> None:
        def fill(workbook: Workbook) -> None:
            workbook["牵头事项"].title = "Sheet1"
            del workbook["_原件"]

        assert ledger_copies.is_ledger_book(office.sends(THREE, fill), wording)

    def test_recognises_a_copy_without_headers_by_its_hidden_sheet(
        self, office: Office, wording: BookWords
    ) -> None:
        def fill(workbook: Workbook) -> None:
            for sheet in rows_of_headers(workbook):
                sheet.delete_rows(1, 3)

        assert ledger_copies.is_ledger_book(office.sends(THREE, fill), wording)

    def test_a_yearly_form_is_not_a_copy(self, rulebook: Rulebook, wording: BookWords) -> None:
        form = rulebook.department_form(2025)
        headings = (*form.plan_task_columns.values(), *form.project_columns.values())
        sheet = Sheet("重点任务落实情况", (("序号", "指标", "编号", *headings),))

        assert not ledger_copies.is_ledger_book([sheet], wording)


def rows_of_headers(workbook: Workbook) -> Iterator[Worksheet]:
    return (sheet for sheet in workbook.worksheets if sheet.title != "_原件")
