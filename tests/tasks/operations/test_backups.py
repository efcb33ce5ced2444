"""Backups: a restored backup has the same ledger, files and owed cards."""

import gzip
import io
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from junheng import bootstrap
from junheng.adapters import clock
from junheng.settings import PROJECT_ROOT
from junheng.store import notices
from tasks.chase import cards
from tasks.history import auditing
from tasks.ledger import evidence, remediation
from tasks.ledger.evidence import Offered
from tasks.operations import backups
from tasks.people import sign_ins, users
from tests import databases, small_district
from tests.app.cli.test_app import run
from tests.tasks.owed_cards import DISTRICT
from tests.tasks.sample_homes import home as at_home

MONDAY, TUESDAY = date(2025, 10, 20), date(2025, 10, 21)
NOW = datetime(2025, 10, 20, 2, tzinfo=UTC)
NUMBERS = count(1)
SPRING = "春天的操场很大很大"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
KEPT = {"received", "evidence", "outbox", "heartbeat.json", "config"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with a judged year, a ledger handed over, one card sent, and evidence."""
    folder, home = tmp_path_factory.mktemp("sent_in"), tmp_path_factory.mktemp("office") / "home"
    small_district.make(folder / "2025")
    with at_home(home):
        assert run("collect", str(folder / "2025"), "--year", "2025").exit_code == 0
        assert run("evaluate", "--year", "2025").exit_code == 0
        remediation.remediate(year=2025, today=MONDAY, now=clock.now())
        _add_evidence(folder / "报告.pdf")
        cards.owe_cards(MONDAY, clock=clock.now)
        with bootstrap.session() as session:
            first = notices.owed(session, DISTRICT)[0]
            notices.claim(session, first.id, channel="file", address="某处", now=NOW)
            notices.mark_sent(session, first.id, receipt="第一张", sent_at=NOW)
        (home / "outbox").mkdir()
        (home / "outbox" / "第一张.txt").write_text("卡片", "utf-8")
        (home / "heartbeat.json").write_text("{}", "utf-8")
    return home


def _add_evidence(file: Path) -> None:
    file.write_bytes(PDF)
    evidence.add(
        f"{DISTRICT}-2025-0001",
        Offered(file, "报告", "张三", MONDAY, reason="整改完成"),
        now=clock.now(),
    )


@pytest.fixture(scope="module")
def archive(office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("kept") / "备份.tar.gz"
    with at_home(office):
        made = backups.back_up(target, now=NOW, today=MONDAY)
    assert made.manifest.breaks == 0
    return target


@pytest.fixture
def into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home with an empty database."""
    return _empty_home(tmp_path / "restored", monkeypatch, is_postgresql=databases.is_postgresql())


@pytest.fixture
def into_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return _empty_home(tmp_path / "restored", monkeypatch, is_postgresql=True)


@pytest.fixture
def into_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return _empty_home(tmp_path / "restored", monkeypatch, is_postgresql=False)


def _empty_home(home: Path, patch: pytest.MonkeyPatch, *, is_postgresql: bool) -> Path:
    patch.setenv("JUNHENG_HOME", str(home))
    databases.leave_empty(home)
    patch.delenv("JUNHENG_DATABASE_URL", raising=False)
    if is_postgresql:
        empty = databases.postgresql().empty(f"restored_{next(NUMBERS)}")
        patch.setenv("JUNHENG_DATABASE_URL", empty)
    return home


def owes() -> list[tuple[str, str]]:
    """Return each card that the next chase owes, with its text."""
    cards.owe_cards(TUESDAY, clock=clock.now)
    with bootstrap.session() as session:
        return [(card.recipient, card.text) for card in notices.owed(session, DISTRICT)]


@pytest.fixture
def owed_there(office: Path, tmp_path: Path) -> list[tuple[str, str]]:
    """Return the cards that the next chase owes where the backup was made."""
    databases.copy_home(office, tmp_path / "original")
    with at_home(tmp_path / "original"):
        return owes()


class TestRestored:
    @pytest.mark.parametrize("where", ["into_sqlite", "into_postgresql"])
    def test_the_ledger_passes_its_audit_and_the_next_chase_owes_the_same_cards(
        self,
        archive: Path,
        owed_there: list[tuple[str, str]],
        where: str,
        request: pytest.FixtureRequest,
    ) -> None:
        request.getfixturevalue(where)

        restored = backups.restore(archive, now=NOW)

        assert restored.breaks == ()
        assert "与备份清单一致；核查无误" in restored.sentence
        assert run("audit", "verify").exit_code == 0
        assert owes() == owed_there
        assert len(owed_there) > 1

    def test_contains_the_files_beside_the_database_and_nothing_else(
        self, archive: Path, office: Path, into: Path
    ) -> None:
        backups.restore(archive, now=NOW)

        restored = {path.name for path in into.iterdir() if not path.name.startswith("junheng.db")}
        assert restored == KEPT | {"lost-days.json"}
        for name in KEPT - {"config"}:
            assert _content(into / name) == _content(office / name)
        assert (into / "config" / "wording" / "backups.yaml").exists()

    def test_new_rows_are_numbered_after_the_restored_ones(
        self, archive: Path, into_postgresql: Path, tmp_path: Path
    ) -> None:
        backups.restore(archive, now=NOW)

        _add_more_evidence(tmp_path / "又一份.pdf")

        assert auditing.verify().breaks == ()

    def test_users_can_sign_in_again_and_no_sign_in_is_restored(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        users.add("张三", SPRING, now=NOW)
        token = sign_ins.sign_in("张三", SPRING, address="127.0.0.1", now=NOW) or ""
        link = sign_ins.issue_link_token(now=NOW, for_name="张三")
        archive = backups.back_up(tmp_path / "kept.tar.gz", now=NOW, today=MONDAY).path
        into = _empty_home(
            tmp_path / "restored", monkeypatch, is_postgresql=databases.is_postgresql()
        )

        restored = backups.restore(archive, now=NOW)

        assert restored.home == into
        assert sign_ins.name_of(token, now=NOW) is None
        assert not sign_ins.is_link_valid(link, now=NOW)
        assert sign_ins.sign_in("张三", SPRING, address="127.0.0.1", now=NOW) is not None
        kept = b"".join(_members(archive).values())
        assert not [secret for secret in (token, link, SPRING) if secret.encode() in kept]

    def test_a_backup_of_the_restored_home_has_the_same_tables(
        self, archive: Path, into: Path, tmp_path: Path
    ) -> None:
        restored = backups.restore(archive, now=NOW)

        again = backups.back_up(tmp_path / "again.tar.gz", now=NOW, today=MONDAY).manifest

        assert again.snapshot == restored.manifest.snapshot
        tables = [name for name in again.members if name.startswith("tables/")]
        assert {name: again.members[name] for name in tables} == {
            name: restored.manifest.members[name] for name in tables
        }


def _add_more_evidence(file: Path) -> None:
    file.write_bytes(PDF + b"%")
    evidence.add(
        f"{DISTRICT}-2025-0002",
        Offered(file, "报告", "张三", TUESDAY, reason="整改完成"),
        now=clock.now(),
    )


def _content(path: Path) -> dict[str, bytes]:
    if path.is_file():
        return {"": path.read_bytes()}
    files = (file for file in path.rglob("*") if file.is_file())
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


class TestRefused:
    """A restore never overwrites anything, and never accepts a changed archive."""

    def test_a_home_that_is_not_empty(self, archive: Path, into: Path) -> None:
        into.mkdir()
        (into / "something").touch()

        result = run("restore", str(archive), "--into", str(into))

        assert result.exit_code == 2
        assert f"{into} 里已有内容" in result.stderr
        assert [path.name for path in into.iterdir()] == ["something"]

    def test_a_database_that_is_not_empty(
        self, archive: Path, into_postgresql: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bootstrap.session().__enter__().close()
        home = into_postgresql.with_name("another")
        monkeypatch.setenv("JUNHENG_HOME", str(home))

        result = run("restore", str(archive), "--into", str(home))

        assert result.exit_code == 2
        assert "要恢复到的数据库里已有内容" in result.stderr

    @pytest.mark.parametrize("part", [0.2, 0.5, 0.99])
    def test_a_truncated_archive(self, archive: Path, into: Path, part: float) -> None:
        content = archive.read_bytes()
        short = archive.with_name(f"short_{part}.tar.gz")
        short.write_bytes(content[: int(len(content) * part)])

        result = run("restore", str(short), "--into", str(into))

        assert result.exit_code == 2
        assert "已损坏，或不是备份" in result.stderr
        assert not any(into.iterdir())

    @pytest.mark.parametrize(
        "change",
        [
            lambda files: files.update({"outbox/第一张.txt": b"another card"}),
            lambda files: files.pop("heartbeat.json"),
            lambda files: files.update({"outbox/more.txt": b"more"}),
            lambda files: files.update({"../outside.txt": b"out"}),
        ],
    )
    def test_a_changed_archive(
        self, archive: Path, into: Path, change: Callable[[dict[str, bytes]], object]
    ) -> None:
        files = _members(archive)
        change(files)

        result = run("restore", str(_written(archive, files)), "--into", str(into))

        assert result.exit_code == 2
        assert "与清单不符；没有恢复任何内容" in result.stderr
        assert not any(into.iterdir())

    def test_a_file_that_is_not_a_backup(self, tmp_path: Path, into: Path) -> None:
        (tmp_path / "letter.txt").write_text("dear office")

        result = run("restore", str(tmp_path / "letter.txt"), "--into", str(into))

        assert result.exit_code == 2
        assert "已损坏，或不是备份" in result.stderr

    @pytest.mark.parametrize(("name", "value"), [("form", 99), ("revision", "9999")])
    def test_a_backup_of_a_newer_version(
        self, archive: Path, into: Path, name: str, value: object
    ) -> None:
        files = _members(archive)
        manifest = json.loads(files["manifest.json"]) | {name: value}
        files["manifest.json"] = json.dumps(manifest).encode()

        result = run("restore", str(_written(archive, files)), "--into", str(into))

        assert result.exit_code == 2
        assert "由另一版本的程序" in result.stderr


def _members(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def _written(archive: Path, files: dict[str, bytes]) -> Path:
    changed = archive.with_name("changed.tar.gz")
    with tarfile.open(changed, "w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return changed


KILLED = """
import os, signal, sys
from pathlib import Path
left = int(sys.argv[1])
def around(effect):
    def done(*words, **named):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return effect(*words, **named)
    return done
from sqlalchemy.engine.default import DefaultDialect
from app.cli.app import app
from tasks.operations import backups
DefaultDialect.do_commit = around(DefaultDialect.do_commit)
for name in ("replace", "fsync", "unlink"):
    setattr(os, name, around(getattr(os, name)))
app(sys.argv[2:])
"""


def killed(at: int, *words: str) -> int:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(at), *words],
        cwd=PROJECT_ROOT,
        capture_output=True,
        check=False,
    )
    return ended.returncode


class TestKilled:
    @pytest.mark.parametrize("at", [0, 1])
    def test_a_killed_backup_leaves_no_partial_archive(
        self, office: Path, tmp_path: Path, at: int
    ) -> None:
        target = tmp_path / "备份.tar.gz"
        with at_home(office):
            assert killed(at, "backup", str(target)) == -signal.SIGKILL

        assert not target.exists()

    @pytest.mark.parametrize("at", [1, 9, 60])
    def test_an_unfinished_restore_is_refused_with_what_to_do(
        self, archive: Path, into: Path, at: int
    ) -> None:
        url = os.environ.get("JUNHENG_DATABASE_URL")
        words = ("restore", str(archive), "--into", str(into))
        assert killed(at, *words) == -signal.SIGKILL

        for refused in (run("ledger"), run(*words)):
            assert refused.exit_code == 2
            assert "有一次没有做完的恢复；请删去整个文件夹" in refused.stderr
        assert os.environ.get("JUNHENG_DATABASE_URL") == url


class TestCommand:
    @pytest.fixture
    def _in_office(self, office: Path, tmp_path: Path) -> Iterator[None]:
        with at_home(office), pytest.MonkeyPatch.context() as patch:
            patch.setenv("JUNHENG_BACKUPS", str(tmp_path / "backups"))
            yield

    @pytest.mark.usefixtures("_in_office")
    def test_a_backup_prints_its_path_and_is_readable_by_its_owner_only(
        self, tmp_path: Path
    ) -> None:
        result = run("backup")

        (made,) = (tmp_path / "backups").iterdir()
        assert result.exit_code == 0
        assert result.stdout.startswith(f"备份已写入 {made}（")
        assert made.name.startswith(f"junheng-{DISTRICT}-")
        assert made.stat().st_mode & 0o777 == 0o600
        with gzip.open(made) as packed:
            assert packed.read(1)

    @pytest.mark.usefixtures("_in_office")
    def test_keep_deletes_all_but_the_newest(self, tmp_path: Path) -> None:
        folder = tmp_path / "backups"
        folder.mkdir()
        old = [folder / f"junheng-{DISTRICT}-2025010{day}-020000.tar.gz" for day in range(1, 5)]
        for path in old:
            path.touch()
        (folder / "notes.txt").touch()

        result = run("backup", "--keep", "2")

        assert "已删去旧备份 3 份，留下最近 2 份" in result.stdout
        assert len(list(folder.iterdir())) == 3
        assert old[-1].exists()

    @pytest.mark.usefixtures("_in_office")
    def test_an_unwritable_target_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()

        result = run("backup", str(tmp_path / "file" / "备份.tar.gz"))

        assert result.exit_code == 2
        assert "它的上级是文件" in result.stderr

    # PostgreSQL enforces the type of every column.
    @pytest.mark.sqlite_file
    def test_an_unreadable_value_edited_by_hand_is_reported(
        self, office: Path, junheng_home: Path, tmp_path: Path
    ) -> None:
        databases.copy_home(office, junheng_home)
        with closing(sqlite3.connect(junheng_home / "junheng.db")) as connection, connection:
            connection.execute("UPDATE remediation SET due_on = '到期再说' WHERE id = 1")

        result = run("backup", str(tmp_path / "备份.tar.gz"))

        assert result.exit_code == 2
        assert "数据表 remediation 里有读不出来的内容" in result.stderr
        assert not (tmp_path / "备份.tar.gz").exists()

    @pytest.mark.parametrize("status", ["closed", "已办结"])
    def test_a_ledger_that_fails_its_audit_is_backed_up_and_reported(
        self, office: Path, junheng_home: Path, tmp_path: Path, status: str
    ) -> None:
        databases.copy_home(office, junheng_home)
        with bootstrap.session() as session:
            change = text("UPDATE remediation SET status = :status WHERE id = 1")
            session.execute(change, {"status": status})

        result = run("backup", str(tmp_path / "备份.tar.gz"))

        assert result.exit_code == 1
        assert "核查有 1 处不符" in result.stdout
        assert (tmp_path / "备份.tar.gz").exists()

    def test_a_restore_prints_the_path_of_the_restored_config(
        self, archive: Path, into: Path
    ) -> None:
        result = run("restore", str(archive), "--into", str(into))

        assert result.exit_code == 0, result.stderr
        assert f"已把 2025-10-20 的备份恢复到 {into}" in result.stdout
        assert f"JUNHENG_CONFIG={into / 'config'}" in result.stdout


def test_a_separate_inbox_is_backed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared" / "2025" / "schools"
    shared.mkdir(parents=True)
    (shared / "报表.xlsx").write_bytes(b"sent in")
    monkeypatch.setenv("JUNHENG_INBOX", str(tmp_path / "shared"))

    made = backups.back_up(tmp_path / "made.tar.gz", now=NOW, today=MONDAY)

    assert "inbox/2025/schools/报表.xlsx" in made.manifest.members


@pytest.fixture
def sent_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a backup of three files in a separate inbox, which is emptied afterwards."""
    shared = tmp_path / "shared"
    for name in ("甲.xlsx", "乙.xlsx", "丙.xlsx"):
        (shared / "2025" / "schools").mkdir(parents=True, exist_ok=True)
        (shared / "2025" / "schools" / name).write_bytes(b"sent in")
    monkeypatch.setenv("JUNHENG_INBOX", str(shared))
    backups.back_up(tmp_path / "made.tar.gz", now=NOW, today=MONDAY)
    shutil.rmtree(shared)
    shared.mkdir()
    shared.chmod(0o2770)
    return tmp_path / "made.tar.gz"


class TestSeparateInbox:
    def test_is_restored_to_the_configured_folder_with_its_permissions(
        self, sent_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = _empty_home(tmp_path / "new", monkeypatch, is_postgresql=databases.is_postgresql())
        before = os.umask(0o077)

        try:
            restored = backups.restore(sent_in, now=NOW)
        finally:
            os.umask(before)

        schools = tmp_path / "shared" / "2025" / "schools"
        assert {path.name for path in schools.iterdir()} == {"甲.xlsx", "乙.xlsx", "丙.xlsx"}
        assert stat.S_IMODE(schools.stat().st_mode) == 0o2770
        assert not (home / "inbox").exists()
        assert restored.of_inbox == (
            f"收报文件夹里的文件恢复到 {tmp_path / 'shared'}；那里原有的文件没有改动。",
        )

    def test_keeps_existing_files_and_reports_those_that_differ(
        self, sent_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        schools = tmp_path / "shared" / "2025" / "schools"
        schools.mkdir(parents=True)
        (schools / "甲.xlsx").write_bytes(b"sent in")
        (schools / "乙.xlsx").write_bytes(b"sent in since then")
        home = _empty_home(tmp_path / "new", monkeypatch, is_postgresql=databases.is_postgresql())

        restored = backups.restore(sent_in, now=NOW)

        assert (schools / "乙.xlsx").read_bytes() == b"sent in since then"
        assert (schools / "丙.xlsx").read_bytes() == b"sent in"
        assert restored.kept_aside == (home / "inbox" / "2025" / "schools" / "乙.xlsx",)
        assert restored.kept_aside[0].read_bytes() == b"sent in"
        assert "有 1 个文件在收报文件夹里已有同名而内容不同的" in restored.of_inbox[1]
