"""The file of users that older versions kept: read once, to be imported into the database."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from junheng import wording
from junheng.adapters import passwords
from junheng.refusals import Refusal
from junheng.values import Frozen

_OTHERS = 0o077
IMPORTED = ".imported"


class UsersUnusable(Refusal):
    """We cannot tell who signs in, because the file of users cannot be used."""


class _Hash(Frozen):
    salt: str = Field(pattern=r"^[0-9a-f]{32}$")
    scrypt: str = Field(pattern=r"^[0-9a-f]{64}$")
    cost: int = Field(ge=2**14, le=2**18)


class _Kept(Frozen):
    users: dict[str, _Hash] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Users:
    """The users of a file with the hashes of their passwords, and the SHA-256 of the file."""

    hashes: Mapping[str, str] = field(default_factory=dict, repr=False)
    digest: str = ""


def read(path: Path) -> Users:
    """Return the users of a file, none where there is no file.

    Raises:
        UsersUnusable: it is open to others, or does not say what it must.

    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except FileNotFoundError:
        return Users()
    except OSError:
        trouble = wording.packaged().users_file.unreadable
    else:
        if not mode & _OTHERS:
            return Users(_hashes(path, content), hashlib.sha256(content).hexdigest())
        trouble = wording.packaged().users_file.open_to_others
    # Out here the error, which may hold what was read, is no longer the context.
    raise UsersUnusable(trouble.format(path=path))


def set_aside_path(path: Path) -> Path:
    """Return what a file is called once it has been imported."""
    return path.with_name(f"{path.name}{IMPORTED}")


def set_aside(path: Path) -> None:
    """Rename a file that has been imported; where that is not allowed, it stays."""
    with suppress(OSError):
        path.replace(set_aside_path(path))


def _hashes(path: Path, content: bytes) -> Mapping[str, str]:
    try:
        text = content.decode("utf-8")
        kept = _Kept.model_validate(YAML(typ="safe", pure=True).load(text) or {}).users
    except (YAMLError, ValidationError, UnicodeDecodeError):
        trouble = wording.packaged().users_file.not_understood
    else:
        return {
            name: passwords.of_scrypt(salt=one.salt, digest=one.scrypt, cost=one.cost)
            for name, one in kept.items()
        }
    raise UsersUnusable(trouble.format(path=path))
