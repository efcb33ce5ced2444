"""The ledger as workbooks: written for departments, filled in, and read back as moves."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from junheng import bootstrap
from junheng.adapters import clock
from junheng.adapters.files import evidence_files
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Remediation
from junheng.store import evidence, history, remediations
from tasks.history import auditing
from tasks.intake import submissions
from tasks.ledger import recurring, remediation
from tasks.workbook import books, replies
from tasks.workbook.replies import CopyTaken
from tests import databases
from tests.tasks import sample_homes

DISTRICT = "370405"
MONDAY, TUESDAY = date(2025, 10, 20), date(2025, 10, 21)
WEDNESDAY, THURSDAY = date(2025, 10, 22), date(2025, 10, 23)
SENT_IN_AT = datetime(2025, 10, 22, 1, 30, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
LEAD, SUPPORTING = "牵头事项", "配合事项"
ACTION, PROGRESS, PROOF, REFERENCE = "F", "H", "I", "K"


@pytest.fixture(scope="module")
def handed_over(judged_2025: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which 2025 was judged and handed over on Monday 20 October."""
    folder = tmp_path_factory.mktemp("handed_over") / "home"
    databases.copy_home(judged_2025, folder)
    with sample_homes.home(folder):
        remediation.remediate(year=2025, today=MONDAY, now=clock.now())
    return folder


@pytest.fixture
def folder(handed_over: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the year's folder with the unchanged copies, in a home of its own."""
    databases.copy_home(handed_over, tmp_path / "home")
    databases.move_in(tmp_path / "home", monkeypatch)
    books.write_all(WEDNESDAY, tmp_path / "2025" / "ledgers")
    return tmp_path / "2025"


class Copy:
    """A department's copy, to be filled in."""

    def __init__(self, folder: Path, unit: str) -> None:
        (self.path,) = (folder / "ledgers").glob(f"整改台账_{unit}_*.xlsx")
        self.book = openpyxl.load_workbook(self.path)

    def row_of(self, indicator: str, sheet: str = LEAD) -> tuple[Worksheet, int]:
        found = self.book[sheet]
        for row in range(1, found.max_row + 1):
            if str(found[f"C{row}"].value).startswith(f"{indicator} "):
                return found, row
        raise AssertionError(indicator)

    def fill(self, indicator: str, sheet: str = LEAD, **cells: str) -> tuple[str, str]:
        """Fill in columns of a row and return its reference and row number."""
        found, row = self.row_of(indicator, sheet)
        for column, text in cells.items():
            found[f"{column}{row}"] = text
        return str(found[f"{REFERENCE}{row}"].value), str(row)

    def save(self) -> None:
        self.book.save(self.path)


def only(folder: Path, *copies: Copy) -> None:
    """Keep only the filled-in copies and their evidence files."""
    kept = {copy.path for copy in copies}
    for path in (folder / "ledgers").glob("*.xlsx"):
        if path not in kept:
            path.unlink()


def sent_in(folder: Path, *, on: date | None = None) -> dict[str, CopyTaken]:
    taken = submissions.collect(folder, year=2025, now=SENT_IN_AT, on=on).copies
    return {copy.unit: copy for copy in taken}


def kept(reference: str) -> Remediation:
    with bootstrap.session() as session:
        return remediations.numbered(session, DISTRICT, reference)


def events() -> int:
    with bootstrap.session() as session:
        return sum(1 for _ in history.whole(session, DISTRICT))


def assert_says(taken: CopyTaken, *parts: str) -> None:
    for part in parts:
        assert [fault for fault in taken.faults if part in fault], part


def test_the_copies_of_three_departments_are_read_back_with_faults(folder: Path) -> None:
    finance, posts, town = Copy(folder, "区财政局"), Copy(folder, "区编办"), Copy(folder, "泥沟镇")
    (folder / "ledgers" / "预算批复.pdf").write_bytes(PDF)
    done, _ = finance.fill(
        "T24",
        **{
            ACTION: "修订经费自主使用办法",
            PROGRESS: "已完成：办法已印发",
            PROOF: "批复：预算批复.pdf",
        },
    )
    begun, _ = finance.fill("L23e", **{PROGRESS: "整改中"})
    not_ours, _ = posts.fill("T17", **{PROGRESS: "不属本单位：师德考核由教育局负责"})
    later, _ = posts.fill("T11", **{PROGRESS: "申请延期至2025年12月31日：编制会十二月召开"})
    # The town: an unknown word, a missing document, a fixed cell that was changed.
    wrong_word, row_1 = town.fill("T04", **{PROGRESS: "基本完成"})
    no_file, row_2 = town.fill("T25", **{PROGRESS: "已完成", PROOF: "照片：现场.jpg"})
    supported, row_3 = town.fill(
        "R4", SUPPORTING, **{PROGRESS: "已签收", ACTION: "协调用地", "G": "2030-01-01"}
    )
    for copy in (finance, posts, town):
        copy.save()
    only(folder, finance, posts, town)

    taken = sent_in(folder)

    assert {unit: (copy.rows, len(copy.faults)) for unit, copy in taken.items()} == {
        "区财政局": (2, 0),
        "区编办": (2, 0),
        "泥沟镇": (1, 3),
    }
    assert_says(
        taken["泥沟镇"],
        f"{LEAD}”{PROGRESS}{row_1} 进展：写的是“基本完成”，应以 已签收、整改中、",
        f"{LEAD}”{PROOF}{row_2} 佐证：写的是“现场.jpg”，随本表报送的文件中没有这个文件",
        f"{SUPPORTING}”G{row_3} 时限：改成了“2030-01-01”，此栏不接收修改",
    )
    assert (kept(done).status, kept(done).action, kept(done).progress) == (
        Status.REPORTED,
        "修订经费自主使用办法",
        "办法已印发",
    )
    assert kept(begun).status is Status.IN_PROGRESS
    assert (kept(not_ours).status, kept(not_ours).arbitrate_by) == (
        Status.DISPUTED,
        date(2025, 10, 24),
    )
    assert kept(later).extension_until == date(2025, 12, 31)
    assert kept(wrong_word).status is kept(no_file).status is Status.HANDED_OVER
    part = kept(supported).part_of("泥沟镇")
    assert part is not None
    assert (part.receipted_on, part.reported_on) == (WEDNESDAY, None)
    assert (part.action, kept(supported).action) == ("协调用地", "")
    with bootstrap.session() as session:
        (proof,) = evidence.of_reference(session, DISTRICT, done)
    assert (proof.kind, proof.name, proof.added_by) == ("批复", "预算批复.pdf", "区财政局")
    assert evidence_files.verify(bootstrap.settings().evidence_folder, proof.sha256)


def test_the_same_copies_twice_change_nothing_and_have_the_same_faults(folder: Path) -> None:
    town = Copy(folder, "泥沟镇")
    town.fill("T04", **{PROGRESS: "基本完成"})
    town.fill("T25", **{PROGRESS: "已完成"})
    town.save()
    only(folder, town)
    first, event_count = sent_in(folder)["泥沟镇"], events()

    again = sent_in(folder)["泥沟镇"]

    assert (first.rows, again.rows) == (1, 0)
    assert again.faults == first.faults
    assert events() == event_count


def test_rows_of_another_unit_are_refused(folder: Path) -> None:
    finance, town = Copy(folder, "区财政局"), Copy(folder, "泥沟镇")
    foreign, _ = finance.fill("T24")
    sheet, row = town.row_of("T04")
    # A row is copied into a new workbook, which has no hidden sheet.
    sheet[f"{REFERENCE}{row}"] = foreign
    del town.book["_原件"]
    sheet[f"{PROGRESS}{row}"] = "已完成"
    town.save()
    only(folder, town)

    taken = sent_in(folder)["泥沟镇"]

    assert any(f"“{foreign}”不是本单位的事项，本行未予接收" in fault for fault in taken.faults)
    assert kept(foreign).status is Status.HANDED_OVER


def test_a_forbidden_move_is_a_fault_at_its_cell(folder: Path) -> None:
    town = Copy(folder, "泥沟镇")
    reference, row = town.fill("T25", **{PROGRESS: "申请延期至2025-11-01：等设备"})
    town.save()
    only(folder, town)

    (fault,) = sent_in(folder)["泥沟镇"].faults

    assert fault.startswith(f"“{LEAD}”{PROGRESS}{row} 进展：")
    assert "不晚于现在的期限 2025-11-17" in fault
    assert kept(reference).extension_until is None


def test_a_copy_of_an_unknown_unit_is_refused(folder: Path) -> None:
    (district,) = (folder / "ledgers").glob("整改台账_台儿庄区_*.xlsx")
    for path in (folder / "ledgers").glob("*.xlsx"):
        if path != district:
            path.unlink()
    before = events()

    (taken,) = submissions.collect(folder, year=2025, now=SENT_IN_AT).copies

    assert "看不出是哪个单位的台账，未予接收" in replies.sentences(taken)[0]
    assert events() == before


def test_a_copy_among_the_reports_is_recognised_by_its_content(
    folder: Path,
) -> None:
    town = Copy(folder, "泥沟镇")
    reference, _ = town.fill("T25", **{PROGRESS: "已签收"})
    town.save()
    (folder / "departments").mkdir()
    shutil.move(town.path, folder / "departments" / "泥沟镇回复.xlsx")
    shutil.rmtree(folder / "ledgers")

    (taken,) = submissions.collect(folder, year=2025, now=SENT_IN_AT).copies

    assert (taken.unit, taken.rows, taken.faults) == ("泥沟镇", 1, ())
    assert kept(reference).status is Status.RECEIPTED


def test_a_recurring_duty_is_in_the_copy_of_its_unit(
    tmp_path: Path,
) -> None:
    recurring.open_due(date(2025, 12, 3), now=clock.now())
    books.write_all(date(2025, 12, 3), tmp_path / "ledgers")

    copy = Copy(tmp_path, "区教育局")

    sheet, row = copy.row_of("D01")
    assert sheet[f"B{row}"].value == "学校布局规划落实情况专项督导（2025年）"
    assert str(sheet[f"G{row}"].value) == "2025-12-31 00:00:00"


def test_a_copy_counts_on_the_given_day(folder: Path) -> None:
    town = Copy(folder, "泥沟镇")
    reference, _ = town.fill("T25", **{PROGRESS: "已签收"})
    town.save()
    only(folder, town)

    sent_in(folder, on=TUESDAY)

    assert kept(reference).receipted_on == TUESDAY


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "是空文件，请重新导出为 xlsx 后报送"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "设有密码"),
    ],
)
def test_a_copy_that_does_not_open_is_reported_with_its_obstacle(
    folder: Path, content: bytes, reason: str
) -> None:
    for path in (folder / "ledgers").iterdir():
        path.unlink()
    (folder / "ledgers" / "整改台账_泥沟镇.xlsx").write_bytes(content)
    before = events()

    (taken,) = submissions.collect(folder, year=2025, now=SENT_IN_AT).copies

    (line,) = replies.sentences(taken)
    assert line.startswith("整改台账_泥沟镇.xlsx：文件打不开，因为")
    assert reason in line
    assert events() == before


def test_entered_evidence_may_stay_beside_the_copies(folder: Path) -> None:
    finance = Copy(folder, "区财政局")
    (folder / "ledgers" / "预算批复.pdf").write_bytes(PDF)
    finance.fill("T24", **{PROGRESS: "已完成", PROOF: "批复：预算批复.pdf"})
    finance.save()
    only(folder, finance)
    sent_in(folder)
    # The next copy contains it as an original and does not claim it again.
    books.write_all(THURSDAY, folder / "ledgers")
    finance.path.unlink()
    (folder / "ledgers" / "无关.pdf").write_bytes(PDF + b"%more\n")
    only(folder, Copy(folder, "区财政局"))

    taken = submissions.collect(folder, year=2025, now=SENT_IN_AT).copies

    assert [copy.file for copy in taken] == ["整改台账_区财政局_2025-10-23.xlsx", "无关.pdf"]
    assert "没有哪一行写到它" in taken[1].faults[0]


def test_the_problem_of_each_row_is_readable(folder: Path) -> None:
    town = Copy(folder, "泥沟镇")
    missing = Copy(folder, "区教育局")

    sheet, row = town.row_of("T25")
    assert str(sheet[f"B{row}"].value).endswith("（未达标）")
    sheet, row = missing.row_of("SUB")
    assert str(sheet[f"B{row}"].value).endswith("：年度报送（未报送或被退回）")


def test_the_history_passes_the_audit_afterwards(folder: Path) -> None:
    town = Copy(folder, "泥沟镇")
    town.fill("T25", **{PROGRESS: "已完成：已整治", ACTION: "清理摊点"})
    town.save()
    only(folder, town)
    sent_in(folder)

    assert auditing.verify().breaks == ()
