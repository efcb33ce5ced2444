"""Unreadable files: others are read, earlier submissions still count, a later run reads them."""

import errno
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from junheng import bootstrap
from junheng.domain.intake.sheets import Obstacle
from junheng.domain.intake.submissions import Standing
from tasks.chase import outstanding
from tasks.intake import arrivals, inbox, register, submissions, unread_files
from tasks.intake.arrivals import FileHeld, FolderUnusable
from tasks.intake.register import RegisterEntry, YearRegister
from tasks.intake.submissions import Taken
from tests import small_district
from tests.app.cli.test_app import run

NOW = datetime(2025, 10, 20, 1, 30, tzinfo=UTC)
SOUND = "3370405001"
DEPARTMENT = "区财政局"


@pytest.fixture
def folder(junheng_home: Path) -> Path:
    (junheng_home / "inbox").mkdir(parents=True)
    return small_district.make(junheng_home / "inbox" / "2025")


@pytest.fixture
def school(folder: Path) -> Path:
    """Return the file of a school with a valid form."""
    return next(path for path in (folder / "schools").iterdir() if path.name.startswith(SOUND))


def take(folder: Path) -> Taken:
    return submissions.collect(folder, year=2025, now=NOW)


def known() -> YearRegister:
    with bootstrap.session() as session:
        return register.of_year(session, bootstrap.rulebook(), 2025)


def entry(code: str = SOUND) -> RegisterEntry:
    return next(entry for entry in known().entries if entry.code == code)


def break_(path: Path, patched: pytest.MonkeyPatch) -> None:
    """Make a file unreadable, as on a broken disk."""
    refuse(path, OSError(errno.EIO, "Input/output error"), patched)


def hold(path: Path, patched: pytest.MonkeyPatch) -> None:
    """Make a file locked by another program, as on a network share."""
    refuse(path, PermissionError(errno.EACCES, "Permission denied"), patched)


def refuse(path: Path, error: OSError, patched: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refused(asked: Path) -> Any:
        if asked == path:
            raise error
        return read(asked)

    patched.setattr(Path, "read_bytes", refused)


def link_away(path: Path) -> None:
    """Let a link to a regular file of this machine take the place of a file."""
    path.unlink(missing_ok=True)
    path.symlink_to("/etc/hostname")


def received() -> set[str]:
    return {entry.code for entry in known().entries if entry.status is Standing.RECEIVED}


class TestLink:
    @pytest.mark.parametrize("room", ["schools", "departments", "ledgers"])
    def test_is_refused_and_nothing_of_its_target_is_kept(
        self, folder: Path, junheng_home: Path, tmp_path: Path, room: str
    ) -> None:
        secret = tmp_path / "secret.xlsx"
        secret.write_bytes(b"a system file")
        (folder / room).mkdir(exist_ok=True)
        (folder / room / "链接.xlsx").symlink_to(secret)
        (folder / room / "文件夹").symlink_to(tmp_path)

        taken = take(folder)

        assert {(file.name, file.obstacle) for file in taken.unread} == {
            ("链接.xlsx", Obstacle.NOT_A_FILE),
            ("文件夹", Obstacle.NOT_A_FILE),
        }
        received_files = (path for path in (junheng_home / "received").rglob("*") if path.is_file())
        assert all(path.read_bytes() != secret.read_bytes() for path in received_files)
        assert SOUND in received()

    def test_in_the_place_of_a_room_is_refused(self, folder: Path, tmp_path: Path) -> None:
        (folder / "departments").rename(tmp_path / "elsewhere")
        (folder / "departments").symlink_to(tmp_path / "elsewhere")

        with pytest.raises(FolderUnusable, match="departments 是指向别处的链接"):
            take(folder)

    def test_in_the_place_of_a_year_of_the_inbox_is_not_read(
        self, folder: Path, tmp_path: Path
    ) -> None:
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
        said: list[str] = []

        assert inbox.waiting(said.append) == ()
        assert said == [f"{folder} 是指向别处的链接，没有读：请把文件夹本身放进来"]


class TestOtherFiles:
    def test_are_received_beside_a_file_on_a_broken_disk(
        self, folder: Path, school: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take(folder)
        all_of_them = received()
        break_(school, monkeypatch)
        (folder / "学校名录.csv").write_text(
            (folder / "学校名录.csv").read_text("utf-8") + "\n", "utf-8"
        )

        taken = take(folder)

        assert [(file.place, file.obstacle) for file in taken.unread] == [
            (f"schools/{school.name}", Obstacle.UNREADABLE)
        ]
        assert received() == all_of_them

    @pytest.mark.parametrize("room", ["schools", "departments"])
    def test_are_received_beside_a_folder_and_a_broken_link(self, folder: Path, room: str) -> None:
        (folder / room / "某单位.xlsx").mkdir()
        (folder / room / "某某.xlsx").symlink_to("no-such-file")

        taken = take(folder)

        assert {file.obstacle for file in taken.unread} == {Obstacle.NOT_A_FILE}
        assert SOUND in received()
        assert [file for file, _ in known().unplaced] == ["某单位.xlsx", "某某.xlsx"]

    def test_are_received_beside_unreadable_files_of_one_name_in_two_rooms(
        self, folder: Path
    ) -> None:
        for room in ("schools", "departments"):
            link_away(folder / room / "新建工作表.xlsx")

        take(folder)

        assert [file for file, _ in known().unplaced] == ["新建工作表.xlsx", "新建工作表.xlsx"]

    def test_are_received_beside_an_unreadable_copy_of_the_ledger(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "ledgers").mkdir()
        copy = folder / "ledgers" / "区财政局.xlsx"
        copy.touch()
        break_(copy, monkeypatch)

        taken = take(folder)

        (line,) = unread_files.lines(taken.unread)
        assert line.startswith("文件 ledgers/区财政局.xlsx 这次没有收：文件打不开，因为读取出错")
        assert SOUND in received()


class TestSchoolWithoutAnEarlierForm:
    def test_is_sent_back_with_the_obstacle_as_reason(
        self, folder: Path, school: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        break_(school, monkeypatch)

        take(folder)

        reporter = entry()
        assert (reporter.status, reporter.file) == (Standing.SENT_BACK, school.name)
        assert reporter.reason.startswith("文件打不开，因为读取出错")
        assert reporter.counted == ()

    def test_its_card_names_the_file_and_not_a_missing_report(
        self, folder: Path, school: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        break_(school, monkeypatch)
        take(folder)

        with bootstrap.session() as session:
            forms = outstanding._forms(session, bootstrap.rulebook(), known())

        assert forms.to_correct[SOUND][0].startswith("文件打不开，因为读取出错")


class TestSchoolWithAnAcceptedForm:
    @pytest.fixture(autouse=True)
    def _accepted(self, folder: Path, school: Path) -> None:
        take(folder)
        assert entry().status is Standing.RECEIVED

    def test_still_counts_by_it_and_the_unread_file_is_named(
        self, folder: Path, school: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before, data = entry(), known().data_hash
        hold(school, monkeypatch)

        taken = take(folder)

        assert [file.obstacle for file in taken.unread] == [Obstacle.HELD]
        after = entry()
        assert (after.status, after.counted) == (Standing.RECEIVED, before.counted)
        assert known().data_hash == data
        assert after.reason.startswith(f"另有文件{school.name}这次没有读到，先按以前收到的算")

    def test_is_unchanged_after_the_file_is_unlocked(self, folder: Path, school: Path) -> None:
        before = known()
        with pytest.MonkeyPatch.context() as patched:
            hold(school, patched)
            take(folder)

        assert take(folder).unread == ()

        after = known()
        assert after.data_hash == before.data_hash
        assert [(entry.code, entry.status, entry.reason) for entry in after.entries] == [
            (entry.code, entry.status, entry.reason) for entry in before.entries
        ]

    def test_is_sent_back_for_a_damaged_new_form(self, folder: Path, school: Path) -> None:
        school.write_bytes(b"PK\x03\x04 cut off")

        take(folder)

        assert entry().status is Standing.SENT_BACK


def test_the_command_names_the_file_and_succeeds(
    folder: Path, school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_(school, monkeypatch)

    result = run("collect", str(folder), "--year", "2025")

    assert result.exit_code == 0
    assert f"文件 schools/{school.name} 这次没有收：文件打不开，因为读取出错" in result.stderr


def test_a_department_is_recognised_by_the_name_of_its_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_(folder / "departments" / f"{DEPARTMENT}.xlsx", monkeypatch)

    take(folder)

    reporter = entry(DEPARTMENT)
    assert (reporter.status, reporter.file) == (Standing.SENT_BACK, f"{DEPARTMENT}.xlsx")


def test_a_file_saved_while_it_is_read_is_unread(
    folder: Path, school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sort_out = arrivals.sort_out

    def saved_before_it_is_opened(*given: Any) -> Any:
        school.write_bytes(school.read_bytes() + b" ")
        return sort_out(*given)

    monkeypatch.setattr(arrivals, "sort_out", saved_before_it_is_opened)

    taken = take(folder)

    assert [(file.path, file.obstacle) for file in taken.unread] == [(school, Obstacle.HELD)]


class TestRegister:
    def test_is_the_stored_one_while_its_file_is_locked(self, folder: Path) -> None:
        take(folder)
        schools = known().schools
        link_away(folder / "学校名录.csv")

        taken = take(folder)

        assert [file.place for file in taken.unread] == ["学校名录.csv"]
        assert [entry.code for entry in known().schools] == [entry.code for entry in schools]

    def test_is_required_if_the_year_has_none(self, folder: Path) -> None:
        link_away(folder / "学校名录.csv")

        with pytest.raises(FileHeld, match=r"学校名录\.csv 现在读不了"):
            take(folder)


class TestUnreadFileOfTheInbox:
    def test_makes_the_year_waiting_again_as_soon_as_it_is_readable(
        self, folder: Path, school: Path
    ) -> None:
        (waiting,) = inbox.waiting()
        with pytest.MonkeyPatch.context() as patched:
            hold(school, patched)
            taken = take(folder)
            inbox.mark_read(waiting, [file.place for file in taken.unread])
            # The file is still locked: another reading would be useless.
            inbox.waiting()

        assert [again.year for again in inbox.waiting()] == [2025]

    def test_does_not_make_the_year_waiting_while_it_is_unreadable(
        self, folder: Path, school: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        break_(school, monkeypatch)
        (waiting,) = inbox.waiting()
        inbox.mark_read(waiting, [file.place for file in take(folder).unread])
        (waiting, *_) = inbox.waiting() or (waiting,)
        inbox.mark_read(waiting, [file.place for file in take(folder).unread])

        assert inbox.waiting() == ()

    def test_makes_the_year_waiting_again_when_it_is_replaced(
        self, folder: Path, school: Path, tmp_path: Path
    ) -> None:
        sound = shutil.copy(school, tmp_path)
        with pytest.MonkeyPatch.context() as patched:
            break_(school, patched)
            (waiting,) = inbox.waiting()
            inbox.mark_read(waiting, [file.place for file in take(folder).unread])

        school.unlink()
        shutil.copy(sound, school)

        assert [again.year for again in inbox.waiting()] == [2025]
        assert take(folder).unread == ()
        assert entry().status is Standing.RECEIVED
