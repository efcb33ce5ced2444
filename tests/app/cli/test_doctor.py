"""`junheng doctor` names each fault of a machine, with its remedy."""

import os
import shutil
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.server import refused_writes
from app.server.checks import services
from junheng import bootstrap
from junheng.domain.office_days import OFFICE_ZONE
from junheng.domain.operations.health_checks import Subject, years_missing
from junheng.settings import PROJECT_ROOT
from junheng.wording.operations.doctor import CheckNames
from tasks.operations import doctor
from tasks.people import users
from tests import old_users
from tests.app.cli.test_app import run

NOON = datetime(2025, 11, 4, 4, tzinfo=UTC)


def results() -> dict[str, tuple[str, str]]:
    result = run("doctor", "--format", "csv")
    header, *lines = result.stdout.splitlines()
    assert header == "check,is_well,said"
    cells = (line.split(",", 2) for line in lines)
    return {name: (is_well, sentence) for name, is_well, sentence in cells}


def with_every_calendar(config: Path, today: date) -> Path:
    """Return a copy of config/ with every required calendar; December requires the next year's."""
    shutil.copytree(PROJECT_ROOT / "config", config)
    for year in years_missing(bootstrap.rulebook().calendar, today):
        holidays = f"holidays:\n  - {{day: {year}-01-01, name: 元旦}}\nmakeup_days: []\n"
        text = f"year: {year}\nnotice: 测试用的放假通知\n{holidays}"
        (config / "calendar" / f"{year}.yaml").write_text(text, "utf-8")
    return config


@pytest.fixture
def _in_service(junheng_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up a machine without faults."""
    today = datetime.now(OFFICE_ZONE).date()
    monkeypatch.setenv("JUNHENG_CONFIG", str(with_every_calendar(tmp_path / "config", today)))
    free_port = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("JUNHENG_PREFECT_PORT", str(free_port.getsockname()[1]))
    free_port.close()
    monkeypatch.setenv("JUNHENG_CHANNEL", "slack")
    monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
    monkeypatch.setenv("JUNHENG_ENVIRONMENT", "production")
    monkeypatch.setenv("JUNHENG_ALARM_ADDRESS", "#值班")
    users.add("张三", "春天的操场很大很大", now=NOON)
    with bootstrap.session():
        pass
    (junheng_home / "heartbeat.json").write_text(f'{{"day": "{today}", "alarm": null}}', "utf-8")
    assert run("backup").exit_code == 0


@pytest.mark.usefixtures("_in_service")
class TestInService:
    def test_a_machine_without_faults_passes_every_check(self) -> None:
        result = run("doctor")

        assert result.exit_code == 0, result.stdout
        assert len(result.stdout.splitlines()) == len(doctor.CHECKS) + len(services.CHECKS)
        assert all(line.startswith("✔ ") for line in result.stdout.splitlines())

    def test_refused_writes_of_prefect_are_reported_with_their_number(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
        (tmp_path / "server.log").write_text("a\n(x) database is locked\n" * 46, "utf-8")
        (tmp_path / "dlq").mkdir()
        (tmp_path / "dlq" / "f00d").write_bytes(b"{}")

        is_well, sentence = results()["Prefect"]

        assert is_well == "false"
        assert "46 行 database is locked，1 条事件没有处理" in sentence
        assert "JUNHENG_PREFECT_DATABASE_URL" in sentence

    def test_refused_writes_before_the_last_start_are_not_counted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
        (tmp_path / "dlq").mkdir()
        for path in (tmp_path / "server.log", tmp_path / "dlq" / "f00d"):
            path.write_text("database is locked\n", "utf-8")
            os.utime(path, (1_700_000_000, 1_700_000_000))
        assert results()["Prefect"][0] == "false"

        refused_writes.mark_start(tmp_path)
        assert results()["Prefect"][0] == "true"

        (tmp_path / "dlq" / "cafe").write_bytes(b"{}")
        assert "1 条事件没有处理" in results()["Prefect"][1]

    def test_refused_writes_are_not_reported_on_postgresql(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
        # Also resets the setting that doctor derives from it.
        monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "")
        monkeypatch.delenv("PREFECT_SERVER_DATABASE_CONNECTION_URL")
        monkeypatch.setenv("JUNHENG_PREFECT_DATABASE_URL", "postgresql://127.0.0.1/prefect")
        (tmp_path / "server.log").write_text("database is locked\n", "utf-8")

        assert results()["Prefect"][0] == "true"

    def test_a_port_of_another_program_is_reported(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            other.settimeout(0)
            monkeypatch.setenv("JUNHENG_PREFECT_PORT", "nonsense")
            assert "应为 1 到 65535" in results()["Prefect"][1]
            monkeypatch.setenv("JUNHENG_PREFECT_PORT", str(other.getsockname()[1]))
            monkeypatch.setattr(
                "app.server.prefect_client.PrefectServer.is_healthy", lambda self: False
            )

            result = run("doctor")

        assert result.exit_code == 1
        assert "✘ Prefect：端口" in result.stdout

    def test_an_old_backup_is_reported(self, junheng_home: Path) -> None:
        (made,) = (junheng_home / "backups").iterdir()
        three_days_ago = (datetime.now(UTC) - timedelta(days=3)).timestamp()
        os.utime(made, (three_days_ago, three_days_ago))

        is_well, line = results()["备份"]

        assert is_well == "false"
        assert "junheng backup" in line

    @pytest.mark.parametrize(
        ("beat", "line"),
        [
            ('{"day": "2025-11-03"}', "最近一次催办是 2025-11-03"),
            ("{", "还没有催办过"),
            ("[]", "还没有催办过"),
        ],
    )
    def test_a_missed_chase_is_reported(self, junheng_home: Path, beat: str, line: str) -> None:
        (junheng_home / "heartbeat.json").write_text(beat, "utf-8")

        assert results()["催办"] == ("false", results()["催办"][1])
        assert line in results()["催办"][1]

    @pytest.mark.parametrize("name", ["users.yaml", "users.yaml.imported"])
    def test_a_secret_file_readable_by_others_is_reported(
        self, junheng_home: Path, name: str
    ) -> None:
        kept = old_users.write(junheng_home / name, 张三="春天的操场很大很大")
        kept.chmod(0o644)

        assert results()["密钥文件"] == (
            "false",
            f"别人也能读，其中有密钥；请执行 chmod 600 {kept}",
        )

    def test_a_machine_without_users_is_reported(self) -> None:
        users.remove("张三", now=NOON)

        line = "还没有，谁也登录不了操作界面；请运行 junheng users add 姓名"
        assert results()["登录用户"] == ("false", line)

    def test_users_of_an_older_version_count(self, junheng_home: Path) -> None:
        old_users.write(junheng_home / "users.yaml", 李四="春天的操场很大很大")

        assert results()["登录用户"] == ("true", "张三、李四")

    def test_a_missing_alarm_address_is_reported(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("JUNHENG_ALARM_ADDRESS")

        assert "JUNHENG_ALARM_ADDRESS" in results()["值班人员"][1]

    @pytest.mark.sqlite_file
    def test_a_database_of_a_newer_version_is_reported(self, junheng_home: Path) -> None:
        with closing(sqlite3.connect(junheng_home / "junheng.db")) as opened, opened:
            opened.execute("UPDATE alembic_version SET version_num = '9999'")

        assert "由较新版本的程序建立" in results()["数据库"][1]

    def test_a_trial_without_addresses_is_reported(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JUNHENG_ENVIRONMENT", "trial")

        assert "JUNHENG_ENVIRONMENT=production" in results()["渠道"][1]

    def test_a_channel_without_its_settings_is_reported(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUNHENG_CHANNEL", "email")

        assert results()["渠道"] == (
            "false",
            "email 还没有设置；docs/reference/settings.md 写明要设置什么",
        )


def test_a_database_that_is_down_is_one_line_among_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JUNHENG_DATABASE_URL", "postgresql://o:geheim@127.0.0.1:1/junheng")

    found = results()

    assert found["数据库"][0] == "false"
    assert "PostgreSQL 是否已经启动" in found["数据库"][1]
    assert "geheim" not in found["数据库"][1]
    assert found["配置"][0] == "true"


def test_a_home_that_is_a_file_is_one_line_among_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("JUNHENG_HOME", str(tmp_path / "file"))

    assert "它或它的上级是文件" in results()["工作文件夹"][1]


def test_an_invalid_config_is_one_line_among_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Path(shutil.copytree(PROJECT_ROOT / "config", tmp_path / "config"))
    (config / "taierzhuang" / "contacts.yaml").write_text("channel: [", "utf-8")
    monkeypatch.setenv("JUNHENG_CONFIG", str(config))

    found = results()

    assert found["配置"][0] == "false"
    assert "contacts.yaml" in found["配置"][1]
    assert found["Python"][0] == "true"


def test_a_nearly_full_disk_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    nearly_full = SimpleNamespace(total=9, used=9, free=1_500_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly_full)
    bootstrap.prepare_home()

    found = doctor.space(NOON)

    assert not found.is_well
    assert "只剩 1.5 GB，至少要 2 GB" in found.said


def test_a_clock_behind_the_last_chase_is_reported(junheng_home: Path) -> None:
    junheng_home.mkdir()
    beat = '{"day": "2025-11-04", "at": "2025-11-04T05:00:00+00:00"}'
    (junheng_home / "heartbeat.json").write_text(beat, "utf-8")

    assert "还早；请校准时钟" in doctor.clock(NOON).said


def test_every_subject_has_a_name_and_is_checked_once() -> None:
    checked = [subject for subject, _ in (*doctor.CHECKS, *services.CHECKS)]

    assert checked == list(Subject)
    assert set(CheckNames.model_fields) == {subject.value for subject in Subject}


class TestYearsMissing:
    calendar = bootstrap.rulebook().calendar

    def test_next_year_is_required_only_in_december(self) -> None:
        last = max(calendar.year for calendar in bootstrap.rulebook().calendar_years)

        assert years_missing(self.calendar, date(last, 11, 30)) == ()
        assert years_missing(self.calendar, date(last, 12, 1)) == (last + 1,)

    def test_this_year_is_always_required(self) -> None:
        assert years_missing(self.calendar, date(2099, 3, 1)) == (2099,)


def test_doctor_creates_no_database(junheng_home: Path) -> None:
    run("doctor")

    assert not (junheng_home / "junheng.db").exists()
