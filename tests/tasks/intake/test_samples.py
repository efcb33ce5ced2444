"""A database never holds both sample and real data; the sample is never used in production."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from app.cli.app import app
from junheng import bootstrap, wording
from junheng.adapters import clock
from junheng.domain.operations.health_checks import Found
from junheng.store.database.database import session
from junheng.store.database.read_only import DatabaseReadOnly
from junheng.store.tables.intake import CollectionRow, RegisterRow
from tasks.intake import samples, submissions
from tasks.intake.samples import SampleRefused
from tasks.ledger import upkeep
from tasks.operations import doctor
from tests.mixed_data import keep, mix_sample_and_real, registered

SAMPLE = samples.SAMPLES / "2025"
OWN = "3370405900,真实小学,小学,运河街道,城区,公办"
NOW = datetime(2025, 10, 20, 1, tzinfo=UTC)


def collections() -> int:
    with session(bootstrap.settings().database) as opened:
        return len(opened.exec(select(CollectionRow.id)).all())


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """Return a real district's folder with a register and no workbooks."""
    folder = tmp_path / "real"
    (folder / "schools").mkdir(parents=True)
    header = (SAMPLE / "学校名录.csv").read_text("utf-8-sig").splitlines()[0]
    (folder / "学校名录.csv").write_text(f"{header}\n{OWN}\n", "utf-8")
    (folder / "schools" / "3370405900.xlsx").write_bytes(b"")
    return folder


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_ENVIRONMENT", "production")


@pytest.fixture
def mixed() -> None:
    mix_sample_and_real()


def collect(folder: Path) -> None:
    submissions.collect(folder, year=2025, now=NOW)


def run(*words: str) -> tuple[int, str]:
    ran = CliRunner().invoke(app, words)
    return ran.exit_code, ran.output


@pytest.mark.usefixtures("production")
class TestInProduction:
    def test_the_sample_is_not_collected(self) -> None:
        with pytest.raises(SampleRefused, match="JUNHENG_ENVIRONMENT=production"):
            collect(SAMPLE)

        assert collections() == 0
        assert not bootstrap.settings().received_folder.exists()

    def test_a_copy_or_a_part_of_the_sample_is_not_collected(self, tmp_path: Path) -> None:
        copy = tmp_path / "inbox"
        shutil.copytree(SAMPLE, copy)
        path = copy / "学校名录.csv"
        path.write_text("\n".join(path.read_text("utf-8-sig").splitlines()[:5]), "utf-8")

        with pytest.raises(SampleRefused):
            collect(copy)

        assert collections() == 0

    def test_the_sample_with_a_changed_name_is_not_collected(self, tmp_path: Path) -> None:
        copy = tmp_path / "inbox"
        shutil.copytree(SAMPLE, copy)
        path = copy / "学校名录.csv"
        path.write_text(path.read_text("utf-8-sig").replace("第一小学", "中心小学", 1), "utf-8")

        with pytest.raises(SampleRefused):
            collect(copy)

        assert collections() == 0

    @pytest.mark.parametrize(
        "words", [("demo",), ("collect", str(SAMPLE), "--year", "2025")], ids=lambda words: words[0]
    )
    def test_no_command_collects_the_sample(self, words: tuple[str, ...]) -> None:
        status, output = run(*words)

        assert status == 2
        assert "JUNHENG_ENVIRONMENT=production" in output
        assert collections() == 0

    def test_real_reports_are_collected(self, real: Path) -> None:
        collect(real)

        assert collections() == 1
        assert not samples.may_be_shown()

    def test_a_database_with_the_sample_is_read_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JUNHENG_ENVIRONMENT", "trial")
        collect(SAMPLE)
        monkeypatch.setenv("JUNHENG_ENVIRONMENT", "production")

        with pytest.raises(DatabaseReadOnly) as refused:
            upkeep.keep_up(date(2025, 11, 3), now=clock.now())

        assert str(refused.value) == wording.packaged().samples.kept_in_production


class TestSampleAndRealData:
    def test_do_not_mix_across_districts(self, real: Path) -> None:
        with bootstrap.session() as opened:
            keep(opened, registered("3371234001", "别区小学"), district="371234")

        with pytest.raises(SampleRefused):
            collect(SAMPLE)

    def test_do_not_mix_when_both_are_collected_at_once(self, real: Path) -> None:
        refused: list[str] = []

        def coming(folder: Path) -> Callable[[], None]:
            def come() -> None:
                try:
                    collect(folder)
                except SampleRefused as error:
                    refused.append(str(error))

            return come

        both = [Thread(target=coming(folder)) for folder in (SAMPLE, real)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()

        assert len(refused) == 1
        assert collections() == 1

    def test_do_not_mix_if_a_real_folder_has_files_of_the_sample(self, real: Path) -> None:
        collect(real)
        shutil.copytree(SAMPLE / "departments", real / "departments")

        with pytest.raises(SampleRefused, match="区财政局"):
            collect(real)

        assert collections() == 1

    def test_do_not_mix_if_a_folder_without_a_register_follows_the_sample(
        self, tmp_path: Path
    ) -> None:
        collect(SAMPLE)
        (tmp_path / "departments").mkdir()
        (tmp_path / "departments" / "区财政局.xlsx").write_bytes(b"real")

        with pytest.raises(SampleRefused, match="学校名录"):
            collect(tmp_path)

        assert collections() == 1

    def test_the_sample_may_be_shown_until_real_reports_are_collected(self, real: Path) -> None:
        assert samples.may_be_shown()

        collect(real)

        assert not samples.may_be_shown()


@pytest.mark.usefixtures("mixed")
class TestMixedDatabase:
    def test_is_read_only(self, real: Path) -> None:
        with pytest.raises(DatabaseReadOnly) as refused:
            upkeep.keep_up(date(2025, 11, 3), now=clock.now())

        assert str(refused.value) == wording.packaged().samples.mixed
        assert "\n" not in wording.packaged().samples.mixed

    def test_is_reported_by_doctor(self) -> None:
        assert doctor.tables(NOW) == Found(is_well=False, said=wording.packaged().samples.mixed)

    def test_can_be_read(self) -> None:
        with bootstrap.session() as opened:
            assert len(opened.exec(select(RegisterRow.id)).all()) == 2

    def test_can_be_read_after_a_refused_write(self) -> None:
        def write() -> None:
            with bootstrap.session() as opened:
                keep(opened, registered("3370405902", "又一小学"))

        with pytest.raises(DatabaseReadOnly) as refused:
            write()

        assert str(refused.value) == wording.packaged().samples.mixed
        with bootstrap.session() as opened:
            assert len(opened.exec(select(RegisterRow.id)).all()) == 2
        with session(bootstrap.settings().database) as ours:
            keep(ours, registered("3370405901", "另一小学"))

    def test_its_connection_returns_to_the_pool_writable(self) -> None:
        with bootstrap.session() as opened:
            opened.exec(select(RegisterRow.id)).all()

        with session(bootstrap.settings().database) as ours:
            keep(ours, registered("3370405901", "另一小学"))

        assert collections() == 3

    @pytest.mark.parametrize(
        "words",
        [
            ("collect", str(SAMPLE), "--year", "2025"),
            ("demo",),
            ("chase", "--on", "2025-11-03"),
        ],
        ids=lambda words: words[0],
    )
    def test_a_command_that_writes_is_refused_without_a_traceback(
        self, words: tuple[str, ...]
    ) -> None:
        status, output = run(*words)

        assert status == 2
        assert "什么都不再写入" in output or "不能混在一起" in output
        assert "Traceback" not in output
