"""Users, and the import of the users file of older versions."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.settings import PROJECT_ROOT
from junheng.store.database import database
from tasks.people import sign_ins as signing_in
from tasks.people import users
from tasks.people.users import UserRefused
from tests import databases, old_users

NOON = datetime(2025, 11, 4, 4, tzinfo=UTC)
SPRING, AUTUMN = "春天的操场很大很大", "秋天的操场更大更大"
HERE = "127.0.0.1"


@pytest.fixture
def file(junheng_home: Path) -> Path:
    return old_users.write(junheng_home / "users.yaml", 张三=SPRING, 李四=AUTUMN)


def admits(name: str, password: str) -> bool:
    return signing_in.sign_in(name, password, address=HERE, now=NOON) is not None


class TestAdd:
    @pytest.mark.parametrize("name", ["", "  ", "张:三", "三" * 31, "张\n三"])
    def test_an_invalid_name_is_refused(self, name: str) -> None:
        with pytest.raises(UserRefused, match="姓名要有1到30个字"):
            users.add(name, SPRING, now=NOON)

    def test_a_short_password_is_refused(self) -> None:
        with pytest.raises(UserRefused, match="密码至少8个字符"):
            users.add("李四", "1234567", now=NOON)

    def test_a_name_is_stored_without_surrounding_spaces(self) -> None:
        assert users.add(" 张三 ", SPRING, now=NOON) == "张三"
        assert users.names() == ("张三",)

    def test_a_changed_password_revokes_the_sign_ins(self) -> None:
        users.add("张三", SPRING, now=NOON)
        token = signing_in.sign_in("张三", SPRING, address=HERE, now=NOON) or ""

        users.add("张三", AUTUMN, now=NOON)

        assert signing_in.name_of(token, now=NOON) is None
        assert (admits("张三", SPRING), admits("张三", AUTUMN)) == (False, True)


class TestRemove:
    def test_a_removed_user_is_signed_out_at_once(self) -> None:
        users.add("张三", SPRING, now=NOON)
        token = signing_in.sign_in("张三", SPRING, address=HERE, now=NOON) or ""

        users.remove("张三", now=NOON)

        assert signing_in.name_of(token, now=NOON) is None
        assert not admits("张三", SPRING)

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(UserRefused, match="没有“张三”"):
            users.remove("张三", now=NOON)


class TestImportFile:
    def test_imported_users_can_sign_in_and_the_file_is_set_aside(self, file: Path) -> None:
        sentence = users.import_file(now=NOON)

        assert users.names() == ("张三", "李四")
        assert admits("张三", SPRING)
        assert not admits("张三", AUTUMN)
        assert "导入登录用户2位" in str(sentence)
        assert not file.exists()
        assert file.with_name("users.yaml.imported").stat().st_mode & 0o777 == 0o600

    def test_without_a_file_there_is_no_sentence(self) -> None:
        assert users.import_file(now=NOON) is None

    def test_an_existing_user_keeps_the_password(self, file: Path) -> None:
        users.add("张三", AUTUMN, now=NOON)

        users.import_file(now=NOON)

        assert (admits("张三", AUTUMN), admits("张三", SPRING)) == (True, False)

    def test_a_file_that_cannot_be_renamed_is_imported_once(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_path: Path, _target: Path) -> None:
            raise PermissionError

        monkeypatch.setattr(Path, "replace", refuse)
        first = users.import_file(now=NOON)
        users.remove("李四", now=NOON)

        assert users.import_file(now=NOON) is None
        assert str(first).endswith(f"原文件在 {file}，不再使用。")
        assert users.names() == ("张三",)
        assert users.expected() == ("张三",)

    @pytest.mark.parametrize("at", ["do_commit", "replace"])
    def test_a_killed_import_is_completed_by_the_next_one(
        self, file: Path, junheng_home: Path, at: str
    ) -> None:
        users.names()

        ended = subprocess.run(
            [sys.executable, "-c", KILLED, at],
            env=os.environ | databases.settings_of(junheng_home),
            cwd=PROJECT_ROOT,
            check=False,
        )
        users.import_file(now=NOON)

        assert ended.returncode == -signal.SIGKILL
        assert users.names() == ("张三", "李四")
        assert not file.exists()


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy.engine.default import DefaultDialect
from tasks.people import users
users.names()
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(DefaultDialect if sys.argv[1] == "do_commit" else Path, sys.argv[1], die)
users.import_file(now=datetime.now(UTC))
"""


class TestExpected:
    def test_without_tables_the_users_of_the_file_are_expected(
        self, file: Path, junheng_home: Path
    ) -> None:
        assert users.expected() == ("张三", "李四")

        assert file.exists()
        if not databases.is_postgresql():
            assert not (junheng_home / "junheng.db").exists()

    def test_new_users_of_the_file_are_expected_besides_those_of_the_table(
        self, file: Path
    ) -> None:
        users.add("王五", SPRING, now=NOON)
        users.add("李四", SPRING, now=NOON)
        users.remove("李四", now=NOON)

        assert users.expected() == ("王五", "张三")


class TestSignOut:
    def test_revokes_every_sign_in_of_one_user(self) -> None:
        for name in ("张三", "李四"):
            users.add(name, SPRING, now=NOON)
            signing_in.sign_in(name, SPRING, address=HERE, now=NOON)
        signing_in.sign_in("张三", SPRING, address="127.0.0.2", now=NOON)

        assert users.sign_out("张三", now=NOON) == 2

        assert [sign_in.name for sign_in in users.valid_sign_ins(now=NOON)] == ["李四"]

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(UserRefused, match="没有“张三”"):
            users.sign_out("张三", now=NOON)


def test_the_sentence_of_a_sign_in_has_time_and_address() -> None:
    users.add("张三", SPRING, now=NOON)
    signing_in.sign_in("张三", SPRING, address=HERE, now=NOON)

    [sign_in] = users.valid_sign_ins("张三", now=NOON)

    assert users.sentence(sign_in) == (
        "张三　2025-11-04 12:00 从 127.0.0.1 登录，有效至 2025-11-05 00:00"
    )
    assert users.valid_sign_ins("李四", now=NOON) == ()


def test_users_can_be_changed_while_the_ledger_is_read_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap, "why_read_only", lambda: "只能查看")

    users.add("张三", SPRING, now=NOON)

    assert signing_in.sign_in("张三", SPRING, address=HERE, now=NOON) is not None
    assert database.revision_at(bootstrap.settings().database) == database.head()
