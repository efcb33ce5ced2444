"""The users file of older versions: read completely, or refused without quoting its content."""

from pathlib import Path

import pytest

from junheng.adapters import legacy_users_file, passwords
from junheng.adapters.legacy_users_file import UsersUnusable
from tests import old_users

SPRING = "春天的操场很大很大"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return old_users.write(tmp_path / "users.yaml", 张三=SPRING)


def test_a_file_is_read_as_names_with_password_hashes(file: Path) -> None:
    read = legacy_users_file.read(file)

    assert list(read.hashes) == ["张三"]
    assert passwords.matches(read.hashes["张三"], SPRING)
    assert not passwords.matches(read.hashes["张三"], f"{SPRING} ")


def test_a_missing_file_has_no_users_and_no_digest(tmp_path: Path) -> None:
    assert legacy_users_file.read(tmp_path / "users.yaml") == legacy_users_file.Users()


def test_a_file_readable_by_others_is_refused(file: Path) -> None:
    file.chmod(0o640)

    with pytest.raises(UsersUnusable, match="chmod 600"):
        legacy_users_file.read(file)


@pytest.mark.parametrize(
    "content",
    [b"users: [", "users: {张三: {salt: 0, scrypt: 0, cost: 1}}".encode(), b"users: \xff\xfe"],
)
def test_an_invalid_file_is_refused_without_quoting_its_content(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    with pytest.raises(UsersUnusable, match="没有导入") as raised:
        legacy_users_file.read(file)
    assert raised.value.__context__ is None


def test_a_file_set_aside_is_renamed_and_keeps_its_mode(file: Path) -> None:
    legacy_users_file.set_aside(file)

    assert not file.exists()
    assert legacy_users_file.set_aside_path(file).stat().st_mode & 0o777 == 0o600
