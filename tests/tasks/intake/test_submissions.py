"""Collecting folders as offices send them: counted, returned and refused files."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from junheng import bootstrap
from junheng.domain.intake.submissions import Standing
from junheng.store import submissions as store
from tasks.intake import register, samples, submissions
from tasks.intake.register import RegisterEntry, YearRegister
from tasks.intake.samples import SampleRefused
from tasks.intake.submissions import FolderUnusable
from tests import databases, small_district

NOW = datetime(2025, 10, 20, 1, 30, tzinfo=UTC)
REGISTER_HEADER = "学校代码,学校名称,学校类型,所在镇街,城乡类型,办学性质\n"
ITEMS = "序号,类别,填报项目,单位,填报值,佐证材料,备注说明\n"
SENT_BACK = "3370405005_张山子镇第一完全中学"


def collected(folder: Path, year: int = 2025) -> YearRegister:
    submissions.collect(folder, year=year, now=NOW)
    with bootstrap.session() as session:
        return register.of_year(session, bootstrap.rulebook(), year)


def entry(known: YearRegister, code: str) -> RegisterEntry:
    return next(entry for entry in known.entries if entry.code == code)


def figure(known: YearRegister, code: str, key: str) -> float | None:
    with bootstrap.session() as session:
        figures = store.figures(session, entry(known, code).counted)
        return next((found.number for found in figures if found.key == key), None)


def statuses(known: YearRegister) -> dict[str, Standing]:
    return {entry.code: entry.status for entry in known.entries}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_district.make(tmp_path / "2025")


@pytest.fixture(scope="module")
def folder_2024(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of 2024 with the departments' files and only the register of schools."""
    folder = tmp_path_factory.mktemp("of_2024") / "2024"
    shutil.copytree(samples.SAMPLES / "2024" / "departments", folder / "departments")
    shutil.copy(samples.SAMPLES / "2024" / "学校名录.csv", folder)
    return folder


@pytest.fixture
def csvs(folder_2024: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder_2024, tmp_path / "2024"))


def corrected_form(
    folder: Path, corrections: Path, name: str = f"{SENT_BACK}（更正）.xlsx"
) -> Path:
    """Put the corrected form of a returned school into a folder of its own."""
    (corrections / "schools").mkdir(parents=True)
    book = load_workbook(folder / "schools" / f"{SENT_BACK}.xlsx")
    book["学校填报数据"]["E16"] = 307
    book.save(corrections / "schools" / name)
    return corrections


class TestFolderReadAgain:
    def test_does_not_undo_a_correction_from_another_folder(
        self, folder: Path, tmp_path: Path
    ) -> None:
        assert entry(collected(folder), "3370405005").status is Standing.SENT_BACK
        corrected = collected(corrected_form(folder, tmp_path / "corrections"))
        assert entry(corrected, "3370405005").status is Standing.RECEIVED

        again = collected(folder)

        assert statuses(again) == statuses(corrected)
        assert again.data_hash == corrected.data_hash

    def test_still_names_unplaced_files(self, folder: Path) -> None:
        shutil.copy(folder / "departments" / "区财政局.xlsx", folder / "departments" / "某局.xlsx")
        shutil.rmtree(folder / "schools")
        (folder / "departments" / "新局.csv").write_text("a,b\n", "utf-8")
        collected(folder)
        (folder / "departments" / "某办.csv").write_text("a,b\n", "utf-8")

        known = collected(folder)

        assert [file for file, _ in known.unplaced] == ["新局.csv", "某办.csv"]


class TestDepartmentCsvFiles:
    @pytest.mark.parametrize(
        "stem", ["创建办_部门填报数据（更正）", "创建办_部门填报数据_更正", "创建办更正"]
    )
    def test_a_correction_counts_with_any_file_name(self, csvs: Path, stem: str) -> None:
        rows = "1,,回收有效问卷数,份,3000,,\n2,,满意问卷数,份,2999,,\n3,,督导结果公告次数,次,4,,\n"
        (csvs / "departments" / f"{stem}.csv").write_text(ITEMS + rows, "gb18030")

        known = collected(csvs, 2024)

        assert entry(known, "创建办").file == f"{stem}.csv"
        assert "创建办_部门填报数据.csv" in entry(known, "创建办").reason
        assert figure(known, "创建办", "questionnaires_satisfied") == 2999

    def test_a_file_without_the_name_of_its_part_is_read(self, csvs: Path) -> None:
        departments = csvs / "departments"
        (departments / "区残联_部门填报数据.csv").rename(departments / "区残联.csv")

        known = collected(csvs, 2024)

        assert entry(known, "区残联").status is Standing.RECEIVED

    def test_a_file_that_is_not_a_part_is_sent_back(self, csvs: Path) -> None:
        (csvs / "departments" / "区残联_部门填报数据.csv").write_text("某,某\n1,2\n", "utf-8")
        (csvs / "departments" / "区残联_部门填报数据.csv").rename(
            csvs / "departments" / "区残联.csv"
        )

        reporter = entry(collected(csvs, 2024), "区残联")

        assert (reporter.status, "区残联.csv" in reporter.file) == (Standing.SENT_BACK, True)
        assert "认不出是哪一张表" in reporter.reason

    def test_a_damaged_file_is_sent_back_and_the_others_count(self, csvs: Path) -> None:
        (csvs / "departments" / "区财政局_重点任务落实情况.csv").write_bytes(b"\x81\xff\xff\x00")

        known = collected(csvs, 2024)

        reporter = entry(known, "区财政局")
        assert (reporter.status, reporter.file) == (
            Standing.SENT_BACK,
            "区财政局_重点任务落实情况.csv",
        )
        assert "文字编码" in reporter.reason
        assert figure(known, "区财政局", "urban_primary_quota_yuan") is not None

    def test_faulty_building_projects_are_sent_back(self, csvs: Path) -> None:
        path = csvs / "departments" / "区教育局_建设项目.csv"
        header = ",".join(bootstrap.rulebook().department_form(2024).project_columns.values())
        path.write_text(f"{header}\n某工程,新建,是,是,也许,是,是\n", "utf-8")

        reporter = entry(collected(csvs, 2024), "区教育局")

        assert (reporter.status, reporter.file) == (Standing.SENT_BACK, path.name)
        assert "也许" in reporter.reason


class TestSampleAndRealReports:
    @pytest.fixture
    def real(self, tmp_path: Path) -> Path:
        """Make a real district's folder: its register, and the form of its one school."""
        folder = tmp_path / "real"
        (folder / "schools").mkdir(parents=True)
        header = (samples.SAMPLES / "2025" / "学校名录.csv").read_text("utf-8-sig").splitlines()[0]
        own = "3370405900,真实小学,小学,运河街道,城区,公办"
        (folder / "学校名录.csv").write_text(f"{header}\n{own}\n", "utf-8")
        book = load_workbook(samples.SAMPLES / "2025" / "schools" / f"{SENT_BACK}.xlsx")
        book.save(folder / "schools" / f"{SENT_BACK}.xlsx")
        return folder

    def test_are_not_mixed_in_either_order(
        self, real: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sample = samples.SAMPLES / "2025"
        for number, (first, second) in enumerate(((sample, real), (real, sample))):
            databases.move_in(tmp_path / f"home_{number}", monkeypatch)
            collected(first)

            with pytest.raises(SampleRefused, match="JUNHENG_HOME") as refused:
                collected(second)

            assert "\n" not in str(refused.value)

    def test_a_part_of_the_sample_counts_as_sample(self, folder: Path) -> None:
        collected(samples.SAMPLES / "2024", 2024)
        collected(samples.SAMPLES / "2025")

        assert len(collected(folder).schools) == 6

    def test_each_can_be_collected_twice(
        self, real: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        collected(real)
        collected(corrected_form(real, tmp_path / "corrections"))
        collected(real)
        databases.move_in(tmp_path / "demo", monkeypatch)
        sample = collected(samples.SAMPLES / "2025")

        assert statuses(collected(samples.SAMPLES / "2025")) == statuses(sample)

    def test_corrections_of_the_sample_are_accepted_after_the_sample(self, tmp_path: Path) -> None:
        sample = samples.SAMPLES / "2025"
        before = collected(sample)
        corrected = collected(corrected_form(sample, tmp_path / "corrections"))

        again = collected(sample)

        received = [
            sum(school.status is Standing.RECEIVED for school in known.schools)
            for known in (before, corrected, again)
        ]
        assert received == [53, 54, 54]

    def test_a_copy_of_the_sample_counts_as_sample(self, tmp_path: Path) -> None:
        copy = tmp_path / "copy"
        shutil.copytree(samples.SAMPLES / "2025", copy)
        collected(copy)

        known = collected(samples.SAMPLES / "2025")

        assert len(known.schools) == 62
        assert entry(collected(copy), "3370405001").status is Standing.RECEIVED


def test_a_school_and_a_department_may_send_files_of_the_same_name(folder: Path) -> None:
    for room in ("schools", "departments"):
        (folder / room / "新建工作表.xlsx").write_bytes(b"")

    known = collected(folder)

    assert [file for file, _ in known.unplaced] == ["新建工作表.xlsx", "新建工作表.xlsx"]


def test_a_percentage_stored_as_a_fraction_is_read_as_displayed(folder: Path) -> None:
    path = folder / "schools" / "3370405001_运河街道第一小学.xlsx"
    book = load_workbook(path)
    sheet = book["学校填报数据"]
    (cell,) = (row[4] for row in sheet.iter_rows() if row[2].value == "设施设备利用率")
    cell.value, cell.number_format = 0.85, "0%"
    book.save(path)

    assert figure(collected(folder), "3370405001", "facility_use_percent") == 85


def test_an_invalid_register_is_refused_with_file_row_and_correction(folder: Path) -> None:
    path = folder / "学校名录.csv"
    path.write_text(
        REGISTER_HEADER + "3370405001,运河街道第一小学,初级中学,运河街道,城区,公办\n", "utf-8"
    )

    with pytest.raises(FolderUnusable, match=r"学校名录\.csv：第2行学校类型填的是“初级中学”"):
        collected(folder)


def test_the_obstacle_of_a_file_is_the_reason_for_its_reporter(folder: Path) -> None:
    (folder / "schools" / "3370405001_运河街道第一小学.xlsx").write_bytes(b"")

    reporter = entry(collected(folder), "3370405001")

    assert (reporter.status, "因为是空文件" in reporter.reason) == (Standing.SENT_BACK, True)


def test_files_with_names_garbled_by_old_zip_programs_are_read(folder: Path) -> None:
    before = collected(folder)
    for path in [folder / "学校名录.csv", *(folder / "schools").iterdir()]:
        path.rename(path.with_name(os.fsdecode(path.name.encode("gb18030"))))

    known = collected(folder)

    assert [entry.file for entry in known.entries] == [entry.file for entry in before.entries]
    assert statuses(known) == statuses(before)


class TestMergedDepartment:
    def test_is_covered_by_the_other_department_without_a_file_of_its_own(
        self, folder: Path
    ) -> None:
        (folder / "departments" / "区食药监局.xlsx").unlink()

        known = collected(folder)

        reporter = entry(known, "区食药监局")
        assert (reporter.status, reporter.file) == (Standing.RECEIVED, "区市场监管局.xlsx")
        assert reporter.reason == "由区市场监管局一并报送"
        assert reporter.counted == entry(known, "区市场监管局").counted

    def test_counts_by_its_own_file_if_it_sends_one(self, folder: Path) -> None:
        reporter = entry(collected(folder), "区食药监局")

        assert (reporter.file, reporter.reason) == ("区食药监局.xlsx", "")

    def test_is_missing_before_the_reform(self, csvs: Path) -> None:
        for path in (csvs / "departments").glob("区食药监局*"):
            path.unlink()

        known = collected(csvs, 2018)

        assert entry(known, "区食药监局").status is Standing.MISSING
