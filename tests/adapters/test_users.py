"""Who may sign in: names with hashes in a file that nobody else may open."""

from pathlib import Path

import pytest

from junheng.adapters import users
from junheng.adapters.users import UsersUnusable

SPRING = "春天的操场很大很大"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "users.yaml"
    users.add(path, "张三", SPRING)
    return path


def test_the_right_password_alone_lets_in(file: Path) -> None:
    known = users.read(file)

    assert known.admits("张三", SPRING)
    assert not known.admits("张三", f"{SPRING} ")
    assert not known.admits("李四", SPRING)


def test_no_password_stands_in_the_file_and_nobody_else_may_open_it(file: Path) -> None:
    assert SPRING not in file.read_text("utf-8")
    assert file.stat().st_mode & 0o777 == 0o600


def test_two_users_of_one_password_have_two_hashes(file: Path) -> None:
    users.add(file, "李四", SPRING)

    one, other = users.read(file).kept.values()
    assert one.scrypt != other.scrypt


def test_a_file_that_others_may_read_lets_nobody_in(file: Path) -> None:
    file.chmod(0o640)

    with pytest.raises(UsersUnusable, match="chmod 600"):
        users.read(file)


@pytest.mark.parametrize("text", ["users: [", "users: {张三: {salt: 0, scrypt: 0, cost: 1}}"])
def test_a_file_that_is_none_is_said_without_what_it_holds(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")

    with pytest.raises(UsersUnusable, match="请用 junheng users 命令改") as raised:
        users.read(file)
    assert raised.value.__context__ is None


@pytest.mark.parametrize("name", ["", "  ", "张:三", "三" * 31, "张\n三"])
def test_a_name_that_cannot_be_signed_in_with_is_refused(file: Path, name: str) -> None:
    with pytest.raises(UsersUnusable, match="姓名要有"):
        users.add(file, name, SPRING)


def test_a_short_password_is_refused(file: Path) -> None:
    with pytest.raises(UsersUnusable, match="密码至少 8 个字符"):
        users.add(file, "李四", "1234567")


def test_who_is_removed_is_let_in_no_more(file: Path) -> None:
    users.remove(file, "张三")

    assert users.read(file).names == ()
    with pytest.raises(UsersUnusable, match="没有“张三”"):
        users.remove(file, "张三")
