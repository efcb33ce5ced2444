"""Faults in a copy of the ledger: each names its cell, and the other rows are accepted."""

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from junheng.domain.workbook.book import FIXED_COLUMNS, Column, Progress, cells_of
from junheng.domain.workbook.faults import BookProblem
from junheng.rulebook import Rulebook
from junheng.wording.ledger.ledger_book import BookWords
from tests.adapters.files.ledger_office import THREE, Office, references
from tests.domain.workbook.one_ledger import LED


@pytest.fixture(scope="module")
def wording(rulebook: Rulebook) -> BookWords:
    return rulebook.wording.ledger_book


@pytest.fixture
def office(tmp_path: Path, wording: BookWords) -> Office:
    return Office(tmp_path / "整改台账_区财政局.xlsx", wording)


class TestFaults:
    @pytest.mark.parametrize(
        ("cell", "written", "sentence"),
        [
            (
                "H5",
                "基本完成",
                (
                    "“牵头事项”H5 进展：写的是“基本完成”，"
                    "应以 已签收、整改中、已完成、不属本单位、申请延期至 之一开头"
                ),
            ),
            (
                "H5",
                "已完成80%",
                "“牵头事项”H5 进展：写的是“已完成80%”，“已完成”后面接着写说明的，请用冒号隔开",
            ),
            (
                "H5",
                "不属本单位",
                "“牵头事项”H5 进展：写的是“不属本单位”，后面应接着写明理由",
            ),
            (
                "H5",
                "申请延期至年底：流标",
                (
                    "“牵头事项”H5 进展：写的是“申请延期至年底：流标”，认不出延期到哪一天，"
                    "应写成“申请延期至2026-01-15：理由”这样的形式"
                ),
            ),
            (
                "I5",
                "../验收.jpg",
                (
                    "“牵头事项”I5 佐证：写的是“../验收.jpg”，"
                    "应只写随本表报送的文件名，不带盘符、网址和上级文件夹"
                ),
            ),
            (
                "I5",
                "照片：",
                "“牵头事项”I5 佐证：写的是“照片：”，只有类别，没有文件名",
            ),
            (
                "F5",
                "=已采购",
                "“牵头事项”F5 整改措施：单元格没有有效内容（显示为“=已采购”），请直接填写文字",
            ),
        ],
    )
    def test_an_invalid_reply_names_its_cell_and_other_rows_are_accepted(
        self, office: Office, cell: str, written: str, sentence: str
    ) -> None:
        taken = office.fills_in(THREE, H4="已签收", **{cell: written})

        assert office.fault_sentences(taken) == [sentence]
        assert references(taken) == ["370405-2025-0001"]

    def test_a_move_of_the_lead_is_a_fault_on_the_sheet_of_supporting_units(
        self, office: Office
    ) -> None:
        def fill(workbook: Workbook) -> None:
            workbook["配合事项"]["H4"] = "不属本单位：应由区教育局负责"

        assert office.fault_sentences(office.answers(THREE, fill)) == [
            (
                "“配合事项”H4 进展：写的是“不属本单位：应由区教育局负责”，"
                "配合事项只能以 已签收、整改中、已完成 之一开头；"
                "认为不属本单位或者需要延期的，请商牵头单位提出"
            )
        ]

    @pytest.mark.parametrize(
        ("cell", "written", "sentence"),
        [
            (
                "B4",
                "已解决",
                (
                    "问题：改成了“已解决”，此栏不接收修改，"
                    "仍按下发时的“马兰屯镇中学生均教学仪器设备值1820元，低于标准2500元”办理"
                ),
            ),
            (
                "D4",
                "区教育局",
                "责任单位：改成了“区教育局”，此栏不接收修改，仍按下发时的“区财政局”办理",
            ),
            (
                "G4",
                "2026-06-30",
                "时限：改成了“2026-06-30”，此栏不接收修改，仍按下发时的“2026-01-15”办理",
            ),
            (
                "E4",
                None,
                "配合单位：内容被删去，此栏不接收修改，仍按下发时的“区教育局、马兰屯镇”办理",
            ),
            ("J4", "已销号", "销号：写了“已销号”，此栏不接收修改，仍按下发时的空白办理"),
        ],
    )
    def test_a_changed_fixed_cell_is_a_fault_and_the_reply_is_accepted(
        self, office: Office, cell: str, written: str | None, sentence: str
    ) -> None:
        taken = office.fills_in(THREE, H4="已签收", **{cell: written})

        assert office.fault_sentences(taken) == [f"“牵头事项”{cell} {sentence}"]
        assert references(taken) == ["370405-2025-0001"]

    def test_a_changed_date_cell_is_a_fault_with_its_date(self, office: Office) -> None:
        taken = office.fills_in(THREE, G4=datetime(2026, 6, 30))  # noqa: DTZ001  (a day)

        assert [(fault.cell, fault.found) for fault in taken.faults] == [("G4", "2026-06-30")]

    def test_an_unknown_reference_is_a_fault_and_its_row_is_not_accepted(
        self, office: Office
    ) -> None:
        taken = office.fills_in(THREE, K4="370405-2025-0099", H4="已签收", B4="改了")

        assert office.fault_sentences(taken) == [
            (
                "“牵头事项”K4 编号：“370405-2025-0099”不在下发的这张表中，本行未予接收，"
                "请照下发的台账改回"
            )
        ]
        assert taken.replies == ()

    @pytest.mark.parametrize(
        ("sheet", "cell", "foreign", "spared"),
        [
            ("配合事项", "K4", "370405-2025-0002", ("牵头事项", "H5")),
            ("牵头事项", "K5", "370405-2025-0009", ("配合事项", "H4")),
        ],
    )
    def test_a_reference_of_the_other_sheet_is_a_fault_of_its_row_only(
        self, office: Office, sheet: str, cell: str, foreign: str, spared: tuple[str, str]
    ) -> None:
        def fill(workbook: Workbook) -> None:
            workbook[sheet][cell] = foreign
            workbook[sheet][cell.replace("K", "H")] = "已签收"
            workbook[spared[0]][spared[1]] = "整改中"

        taken = office.answers(THREE, fill)

        assert [(fault.sheet, fault.cell, fault.problem) for fault in taken.faults] == [
            (sheet, cell, BookProblem.REFERENCE_UNKNOWN)
        ]
        assert references(taken) == [foreign]

    def test_an_added_row_is_a_fault_and_not_accepted(self, office: Office) -> None:
        taken = office.fills_in(THREE, A7=4, B7="新发现的问题", F7="拟采购")

        assert [(fault.cell, fault.problem) for fault in taken.faults] == [
            ("K7", BookProblem.REFERENCE_MISSING)
        ]

    def test_two_contradicting_rows_are_both_not_accepted(self, office: Office) -> None:
        fixed = copied(7, office.wording)

        taken = office.fills_in(THREE, K7=LED.reference, H7="已完成", H4="已签收", **fixed)

        assert office.fault_sentences(taken) == [
            (
                "“牵头事项”K7 编号：“370405-2025-0001”另有一行（“牵头事项”K4），"
                "两行填写不一致，均未予接收，请只保留一行"
            )
        ]
        assert taken.replies == ()

    @pytest.mark.parametrize("first", ["已签收", "已交办"])
    def test_two_agreeing_rows_are_one_reply(self, office: Office, first: str) -> None:
        fixed = copied(7, office.wording)

        taken = office.fills_in(THREE, K7=LED.reference, H7="已签收", H4=first, **fixed)

        assert taken.faults == ()
        assert references(taken) == ["370405-2025-0001"]

    @pytest.mark.parametrize(("cell", "item"), [("H3", "进展"), ("K3", "编号")])
    def test_a_missing_column_is_a_fault(self, office: Office, cell: str, item: str) -> None:
        taken = office.fills_in(THREE, **{cell: "备注"}, F4="追加预算")

        assert office.fault_sentences(taken)[:1] == [
            f"“牵头事项” {item}：缺少这一栏，请用下发的台账填写，不要删改表头"
        ]

    def test_a_duplicate_column_is_a_fault(self, office: Office) -> None:
        taken = office.fills_in(THREE, L3="进展", L4="已完成", H4="已签收")

        assert [(fault.cell, fault.problem) for fault in taken.faults] == [
            ("L3", BookProblem.COLUMN_TWICE)
        ]
        assert [reply.progress for reply in taken.replies] == [Progress.RECEIPTED]

    def test_a_sheet_without_a_header_is_a_fault(self, office: Office) -> None:
        def fill(workbook: Workbook) -> None:
            workbook["配合事项"].delete_rows(1, 3)

        assert office.fault_sentences(office.answers(THREE, fill)) == [
            "“配合事项”：找不到台账的表头，请用下发的台账填写，不要删改表头"
        ]


def copied(number: int, wording: BookWords) -> dict[str, str]:
    """Return the fixed cells of the first row, copied into another."""
    cells = cells_of(LED, wording)
    return {
        f"{get_column_letter(place)}{number}": str(cells[column])
        for place, column in enumerate(Column, start=1)
        if column in FIXED_COLUMNS and cells[column]
    }
