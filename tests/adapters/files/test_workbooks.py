"""Reading untrusted workbooks and csv files, including files that would crash the reader."""

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from junheng.adapters.files import workbooks, xlsx_parts
from junheng.adapters.files.workbooks import OLE, DoesNotOpen, Opened
from junheng.domain.intake.sheets import BrokenCell, Obstacle


def saved(path: Path, **cells: str | int) -> Path:
    """Save a workbook of one sheet with some cells filled in."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "学校填报数据"
    for address, value in cells.items():
        sheet[address] = value
    book.save(path)
    return path


def only(path: Path) -> Opened:
    (opened,) = workbooks.open_all([path])
    return opened


def test_cells_keep_their_addresses_after_empty_rows(tmp_path: Path) -> None:
    (sheet,) = workbooks.read_sheets(saved(tmp_path / "a.xlsx", C4="填报值", C5=12))

    assert sheet.cell(3, 2) == "填报值"
    assert sheet.cell(4, 2) == 12
    assert sheet.cell(0, 0) is None


def test_an_error_and_an_uncalculated_formula_are_broken_cells(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", A1="#DIV/0!", A2="=B1+B2", B1=1)

    (sheet,) = workbooks.read_sheets(path)

    assert sheet.cell(0, 0) == BrokenCell("#DIV/0!")
    assert sheet.cell(1, 0) == BrokenCell("=B1+B2")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_is_read_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "区财政局_部门填报数据.csv"
    path.write_bytes("序号,填报项目\r\n1,“三个增长”\r\n".encode(encoding))

    (sheet,) = workbooks.read_sheets(path)

    assert sheet.name == "部门填报数据"
    assert sheet.cell(1, 1) == "“三个增长”"


def test_a_value_in_the_last_cell_does_not_crash_the_reader(tmp_path: Path) -> None:
    deadly = saved(tmp_path / "a.xlsx", A1=1, XFD1048576=1)
    good = saved(tmp_path / "b.xlsx", A1=1)

    first, second = workbooks.open_all([deadly, good])

    assert first.sheets is None
    assert first.obstacle is Obstacle.TOO_WIDE
    assert second.sheets is not None


@pytest.mark.parametrize(
    ("name", "content", "obstacle"),
    [
        ("a.xlsx", b"PK\x03\x04 cut off", Obstacle.DAMAGED),
        ("b.xlsx", b"", Obstacle.EMPTY),
        ("c.xls", b"<html><table></table></html>", Obstacle.OTHER_CONTENT),
        ("d.docx", b"a letter", Obstacle.UNKNOWN_SUFFIX),
        ("e.csv", b"\x81\xff\xff\x00", Obstacle.UNKNOWN_ENCODING),
        ("f.csv", b"PK\x03\x04 a workbook", Obstacle.OTHER_CONTENT),
        ("g.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), Obstacle.PASSWORD),
        ("h.xlsx", OLE + b"an old workbook", Obstacle.OTHER_CONTENT),
        ("i.csv", b"\xff\xfe\x00", Obstacle.DAMAGED),
    ],
)
def test_an_unreadable_file_has_an_obstacle_and_the_next_file_is_read(
    tmp_path: Path, name: str, content: bytes, obstacle: Obstacle
) -> None:
    bad = tmp_path / name
    bad.write_bytes(content)
    good = saved(tmp_path / "good.xlsx", A1=1)

    first, second = workbooks.open_all([bad, good])

    assert first.sheets is None
    assert first.obstacle is obstacle
    assert second.sheets is not None


def test_a_package_without_a_workbook_does_not_open(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("readme.txt", "no workbook")

    assert only(path).obstacle is Obstacle.OTHER_CONTENT


def test_a_package_that_unpacks_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_parts, "MOST_UNPACKED_BYTES", 100)

    with pytest.raises(DoesNotOpen, match=Obstacle.TOO_LARGE):
        list(workbooks.read_sheets(saved(tmp_path / "a.xlsx", A1="x" * 1000)))
