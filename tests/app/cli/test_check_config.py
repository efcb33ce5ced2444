"""`junheng check-config`: each mistake with file and line, or one line without mistakes."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.app import app
from junheng.settings import PROJECT_ROOT

CONFIG = PROJECT_ROOT / "config"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(CONFIG, tmp_path / "config")


def check(*folders: Path) -> Result:
    return CliRunner().invoke(app, ["check-config", *map(str, folders)])


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_a_valid_config_is_one_line_with_its_counts() -> None:
    result = check()

    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    assert line.startswith("配置可用：台儿庄区")
    files = len(list(CONFIG.glob("*/*.yaml")))
    assert f"{files}个文件，103项指标，150个填报项" in line


@pytest.mark.parametrize("folder", ["config", "config/taierzhuang"])
def test_checks_a_config_folder_or_a_district_folder(copied: Path, folder: str) -> None:
    change(copied / "taierzhuang" / "milestones.yaml", "[G03]", "[G003]")

    result = check(copied.parent / folder)

    assert result.exit_code == 2
    mistake, count = result.stdout.splitlines()
    assert "milestones.yaml 第10行的 works.1.lines.0：没有“G003”这项指标，是不是“G03”" in mistake
    assert count == "共1处错误，请改正后再核对"


def test_checks_the_configured_folder_without_an_argument(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(copied / "taierzhuang" / "milestones.yaml", "[G03]", "[G003]")
    monkeypatch.setenv("JUNHENG_CONFIG", str(copied))

    assert check().exit_code == 2


def test_lists_the_mistakes_of_all_files(copied: Path) -> None:
    change(copied / "taierzhuang" / "lights.yaml", "yellow_workdays: 5", "yelow_workdays: 5")
    change(copied / "calendar" / "2026.yaml", "year: 2026", "year: 2062")
    change(copied / "forms" / "school.yaml", "type: code", "type: cod")

    result = check(copied)

    assert result.exit_code == 2
    assert "lights.yaml 第4行的 rules.0.yelow_workdays：没有这一项" in result.stdout
    assert "是不是“yellow_workdays”" in result.stdout
    assert "年份 2062 与文件名 2026.yaml 不一致" in result.stdout
    assert "不是“cod”，是不是“code”" in result.stdout


def test_lists_all_undefined_names(copied: Path) -> None:
    change(copied / "standard" / "3-quality.yaml", "three_year_retention", "three_year_retension")
    change(
        copied / "taierzhuang" / "plan.yaml",
        "units: [区教育局, 区发改局",
        "units: [区教育局, 区发展局",
    )

    result = check(copied)

    *mistakes, count = result.stdout.splitlines()
    assert "没有“three_year_retension”这个测算方法，是不是“three_year_retention”" in result.stdout
    assert "没有“区发展局”这个单位" in result.stdout
    assert count.startswith(f"共{len(mistakes)}处")


def test_refuses_any_other_folder_in_one_sentence(tmp_path: Path) -> None:
    result = check(tmp_path)

    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{tmp_path} 里既没有 district.yaml（区县的文件夹），也没有 standard（config 文件夹）"
    ]


def test_creates_no_home(copied: Path, junheng_home: Path) -> None:
    assert check(copied).exit_code == 0

    assert not junheng_home.exists()
