"""The users file of older versions: read once, to import it into the database."""

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
    """We cannot authenticate users, because the users file cannot be used."""


class _Hash(Frozen):
    salt: str = Field(pattern=r"^[0-9a-f]{32}$")
    scrypt: str = Field(pattern=r"^[0-9a-f]{64}$")
    cost: int = Field(ge=2**14, le=2**18)


class _Content(Frozen):
    users: dict[str, _Hash] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Users:
    """The users of a file with their password hashes, and the SHA-256 of the file."""

    hashes: Mapping[str, str] = field(default_factory=dict, repr=False)
    digest: str = ""


def read(path: Path) -> Users:
    """Return the users of a file; no users if the file does not exist.

    Raises:
        UsersUnusable: the file is unreadable, accessible to other users, or not valid.

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
    # Raised outside of `except`: the original error may quote the content of the file, and must
    # not become the context of this one.
    raise UsersUnusable(trouble.format(path=path))


def set_aside_path(path: Path) -> Path:
    """Return the path of a users file after its import."""
    return path.with_name(f"{path.name}{IMPORTED}")


def set_aside(path: Path) -> None:
    """Rename a users file after its import; it keeps its name if renaming is not allowed."""
    with suppress(OSError):
        path.replace(set_aside_path(path))


def _hashes(path: Path, content: bytes) -> Mapping[str, str]:
    try:
        text = content.decode("utf-8")
        users = _Content.model_validate(YAML(typ="safe", pure=True).load(text) or {}).users
    except (YAMLError, ValidationError, UnicodeDecodeError):
        trouble = wording.packaged().users_file.not_understood
    else:
        return {
            name: passwords.of_scrypt(salt=user.salt, digest=user.scrypt, cost=user.cost)
            for name, user in users.items()
        }
    raise UsersUnusable(trouble.format(path=path))
