"""Users: the file of those who may sign in at the gate, each with the scrypt hash of a password."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from junheng.domain.standard import Frozen

_OTHERS = 0o077
# 32 MB and a tenth of a second for each guess.
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1
_MOST_MEMORY = 2**30
SHORTEST_PASSWORD = 8
LONGEST_NAME = 30


class UsersUnusable(Exception):
    """We cannot tell who signs in, because the file of users cannot be used."""


class User(Frozen):
    """How one user's password is known: hashed with a salt of its own."""

    salt: str = Field(pattern=r"^[0-9a-f]{32}$")
    scrypt: str = Field(pattern=r"^[0-9a-f]{64}$")
    cost: int = Field(ge=2**14, le=2**18)

    def has(self, password: str) -> bool:
        return hmac.compare_digest(_scrypt(password, self.salt, self.cost), self.scrypt)


class _Kept(Frozen):
    users: dict[str, User] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Users:
    """Who may sign in."""

    kept: Mapping[str, User] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.kept)

    def admits(self, name: str, password: str) -> bool:
        """Return whether that is a user's password; who is unknown takes as long to refuse."""
        known = self.kept.get(name)
        return (known or _NOBODY).has(password) and known is not None


def read(path: Path) -> Users:
    """Return the users of a file, none where there is no file yet.

    Raises:
        UsersUnusable: it is open to others, or does not say what it must.

    """
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Users()
    except (OSError, UnicodeDecodeError):
        trouble = "读不到"
    else:
        if not mode & _OTHERS:
            return _parsed(path, text)
        trouble = f"别人也能读，请执行 chmod 600 {path}"
    # Out here the error, which may hold what was read, is no longer the context.
    raise UsersUnusable(f"登录用户文件 {path} {trouble}")


def add(path: Path, name: str, password: str) -> None:
    """Let somebody sign in by a password, in place of an earlier one; raises UsersUnusable."""
    called = name.strip()
    if not called or ":" in called or not called.isprintable() or len(called) > LONGEST_NAME:
        raise UsersUnusable(f"姓名要有 1 到 {LONGEST_NAME} 个字，不能带冒号")
    if len(password) < SHORTEST_PASSWORD:
        raise UsersUnusable(f"密码至少 {SHORTEST_PASSWORD} 个字符")
    _write(path, {**read(path).kept, called: _hashed(password)})


def remove(path: Path, name: str) -> None:
    """Let somebody sign in no longer; raises UsersUnusable where nobody is called so."""
    kept = dict(read(path).kept)
    if kept.pop(name, None) is None:
        raise UsersUnusable(f"登录用户里没有“{name}”")
    _write(path, kept)


def _hashed(password: str) -> User:
    salt = secrets.token_hex(16)
    return User(salt=salt, scrypt=_scrypt(password, salt, _COST), cost=_COST)


def _scrypt(password: str, salt: str, cost: int) -> str:
    said, grain = password.encode("utf-8", "surrogatepass"), bytes.fromhex(salt)
    return hashlib.scrypt(
        said, salt=grain, n=cost, r=_BLOCK, p=_PARALLEL, maxmem=_MOST_MEMORY, dklen=32
    ).hex()


def _parsed(path: Path, text: str) -> Users:
    try:
        return Users(_Kept.model_validate(YAML(typ="safe", pure=True).load(text) or {}).users)
    except (YAMLError, ValidationError):
        trouble = "写得不对，请用 junheng users 命令改，不要手改"
    raise UsersUnusable(f"登录用户文件 {path} {trouble}")


def _write(path: Path, kept: Mapping[str, User]) -> None:
    """Write the file whole or not at all, and never open to others."""
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.unlink(missing_ok=True)
        opened = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            YAML(typ="safe", pure=True).dump(
                {"users": {name: user.model_dump() for name, user in kept.items()}}, file
            )
        half.replace(path)
    except OSError as error:
        raise UsersUnusable(f"登录用户文件 {path} 写不进去：{error.strerror}") from error


_NOBODY = User(salt="0" * 32, scrypt="0" * 64, cost=_COST)
