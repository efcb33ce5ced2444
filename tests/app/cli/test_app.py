"""The command: its output on stdout and stderr, and its exit codes."""

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from app.cli.app import app
from tests import small_district


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_district.make(tmp_path / "2025")


def test_collect_succeeds_and_reports_faulty_files(folder: Path) -> None:
    result = run("collect", str(folder), "--year", "2025")

    assert result.exit_code == 0
    assert "约307" in result.stderr
    assert result.stdout == ""


def test_collect_names_the_unidentified_files(folder: Path) -> None:
    (folder / "departments" / "[更正]某局.xlsx").write_bytes(b"")
    stranger = next(folder.glob("schools/3370405001*"))
    book = load_workbook(stranger)
    book["学校填报数据"]["E4"], book["学校填报数据"]["E5"] = "某某小学", "3370405099"
    book.save(folder / "schools" / "3370405099_某某小学.xlsx")

    result = run("collect", str(folder), "--year", "2025")

    assert "无法识别：[更正]某局.xlsx 文件打不开，因为是空文件" in result.stderr
    assert "无法识别：3370405099_某某小学.xlsx" in result.stderr
    assert "学校代码“3370405099”不在学校名录上" in result.stderr
    assert len(rows(run("register", "--year", "2025", "--format", "csv"))) == 6


def test_the_register_as_csv_has_each_school_once_with_its_status(folder: Path) -> None:
    run("collect", str(folder), "--year", "2025")

    listed = rows(run("register", "--year", "2025", "--format", "csv"))

    assert list(listed[0]) == ["code", "name", "status", "file", "reason"]
    assert {row["code"]: row["status"] for row in listed} == {
        "3370405001": "received",
        "3370405005": "sent_back",
        "3370405006": "received",
        "3370405034": "received",
        "3370405051": "missing",
        "3370405053": "received",
    }


def test_a_round_runs_command_by_command(folder: Path) -> None:
    for words in (
        ("collect", str(folder), "--year", "2025"),
        ("evaluate", "--year", "2025"),
        ("remediate", "--year", "2025", "--on", "2025-10-20"),
        ("chase", "--on", "2025-11-03"),
    ):
        assert run(*words).exit_code == 0

    verdicts = rows(run("verdicts", "--year", "2025", "--format", "csv"))
    assert list(verdicts[0]) == ["indicator", "unit", "value", "verdict"]
    assert {"R1", "R", "CV1", "G05", "T01", "T26", "SUB"} <= {row["indicator"] for row in verdicts}
    ledger = rows(run("ledger", "--format", "csv"))
    assert ",".join(ledger[0]) == (
        "reference,indicator,unit,lead,supporting,basis,opened_on,due_on,status,items"
    )
    notices = rows(run("notices", "--format", "csv"))
    assert ",".join(notices[0]) == "key,recipient,channel,planned_on,sent_at,status"
    assert {row["status"] for row in notices} == {"sent"}
    recipients = [row["recipient"] for row in notices]
    assert len(recipients) == len(set(recipients))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("collect", "no-such-folder", "--year", "2025"), "没有这个文件夹"),
        (("evaluate", "--year", "2025"), "还没有收到报送"),
        (("remediate", "--year", "2025"), "还没有评估"),
        (("register", "--year", "2025"), "还没有收到报送"),
        (("verdicts", "--year", "2025"), "还没有评估"),
    ],
)
def test_a_refusal_is_one_line_on_stderr(words: tuple[str, ...], sentence: str) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""


def test_collect_refuses_a_folder_without_a_register(tmp_path: Path) -> None:
    (tmp_path / "schools").mkdir()

    result = run("collect", str(tmp_path), "--year", "2025")

    assert result.exit_code == 2
    assert "学校名录" in result.stderr


def test_a_usage_error_exits_with_2() -> None:
    assert run("collect").exit_code == 2
    assert run("evaluate", "--year", "soon").exit_code == 2


class TestAnotherDistrict:
    """A folder with only a `district.yaml`; everything else comes from the sample district."""

    @pytest.fixture
    def district(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "xuecheng"
        folder.mkdir()
        text = 'code: "370403"\nname: 薛城区\ntowns: [临城街道, 沙沟镇, 涧头集镇]\n'
        (folder / "district.yaml").write_text(text, "utf-8")
        monkeypatch.setenv("JUNHENG_DISTRICT", str(folder))
        return folder

    def test_its_towns_must_report(self, district: Path, folder: Path) -> None:
        run("collect", str(folder), "--year", "2025")

        listed = rows(run("register", "--year", "2025", "--format", "csv", "--departments"))

        status = {row["code"]: row["status"] for row in listed}
        assert status["临城街道"] == "missing"
        assert status["涧头集镇"] == "received"
        assert "泥沟镇" not in status

    def test_a_missing_folder_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUNHENG_DISTRICT", str(tmp_path / "nowhere"))

        result = run("register", "--year", "2025")

        assert result.exit_code == 2
        assert "找不到区县配置" in result.stderr
