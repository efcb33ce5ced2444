"""The read-only commands, on one evaluation of the small district."""

from pathlib import Path

import pytest

from junheng.settings import PROJECT_ROOT
from tests import databases, small_district
from tests.app.cli.test_app import rows, run


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_district.make(tmp_path_factory.mktemp("small") / "2025")
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        databases.move_in(home, patch)
        run("collect", str(folder), "--year", "2025")
        assert run("evaluate", "--year", "2025").exit_code == 0
    return home


@pytest.fixture(autouse=True)
def _at_home(judged: Path, junheng_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    databases.move_in(judged, monkeypatch)


def test_trace_as_csv_has_file_hash_sheet_and_cell() -> None:
    listed = rows(run("trace", "R2", "3370405006:初中", "--year", "2025", "--format", "csv"))

    figures = [row for row in listed if row["part"] == "figure"]
    assert [(row["item"], row["sheet"], row["cell"]) for row in figures] == [
        ("县级及以上骨干教师数（初中）", "学校填报数据", "E33"),
        ("初中学生人数", "学校填报数据", "E16"),
    ]
    assert all(len(row["sha256"]) == 64 and row["file"].endswith(".xlsx") for row in figures)


def test_trace_as_text_has_rule_formula_and_distance() -> None:
    result = run("trace", "R2", "马兰屯镇第一实验学校:初中", "--year", "2025")

    output = result.stdout.replace("\n", "")
    assert "判定：未达标" in output
    assert "县级以上骨干教师差1人" in output
    assert "教督〔2017〕6号 第六条（二）" in output
    assert "2 ÷ 249 × 100 = 0.8032" in output


def test_as_of_rules_evaluates_by_the_rules_of_another_year() -> None:
    relaxed = rows(run("verdicts", "--year", "2025", "--as-of-rules", "2021", "--format", "csv"))

    assert {row["indicator"] for row in relaxed} >= {"R3", "G03", "T26", "SUB"}


def test_compare_rules_as_csv_has_the_cause_of_each_flip() -> None:
    flips = rows(run("compare-rules", "--year", "2025", "--rules", "2021,2025", "--format", "csv"))

    assert {row["cause"] for row in flips} <= {"rule"}
    assert all(row["before"] != row["after"] for row in flips)


def test_recognition_has_a_row_for_each_condition_vetoes_first() -> None:
    answer = rows(run("recognition", "--year", "2025", "--format", "csv"))

    assert len(answer) == 6
    assert answer[0]["condition"] == "没有一票否决的事项"


def test_distances_has_a_row_for_each_gap() -> None:
    listed = rows(run("distances", "--year", "2025", "--format", "csv"))

    own = [row for row in listed if (row["indicator"], row["unit"]) == ("R2", "3370405006:初中")]
    assert [(row["name"], row["amount"], row["measured_in"]) for row in own] == [
        ("县级以上骨干教师", "1", "人"),
    ]
    assert all(float(row["amount"]) > 0 for row in listed)


def test_report_prints_the_path_of_the_page() -> None:
    path = Path(run("report", "--year", "2025").stdout.strip())

    assert "能否认定" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("trace", "R99", "370405", "--year", "2025"), "这次评估没有指标 R99"),
        (("report", "--year", "2019"), "2019年还没有评估"),
        (("verdicts", "--year", "2025", "--evaluation", "99"), "没有编号为99的评估"),
        (("compare-rules", "--year", "2025", "--rules", "2021"), "2021,2025"),
        (("compare-rules", "--year", "2025"), "请写且只写一个"),
    ],
)
def test_a_wrong_argument_is_one_line_and_exits_with_2(words: tuple[str, ...], said: str) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_duties_equals_the_page_in_docs() -> None:
    page = (PROJECT_ROOT / "docs" / "duties.md").read_text("utf-8")

    assert run("duties").stdout == page
