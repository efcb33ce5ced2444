"""Archives (tar.gz): written atomically, with a manifest that has the hash of each member."""

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from junheng import wording
from junheng.adapters.files import pages
from junheng.domain.operations.disk_errors import why
from junheng.refusals import Refusal

MANIFEST = "manifest.json"
# An archive contains names, telephone numbers and evidence: only the owner may read it.
OWNER_ONLY = 0o600
MODE_BITS = 0o777
BYTES_AT_ONCE = 1 << 20
Visit = Callable[[tarfile.TarInfo, IO[bytes]], None]


class ArchiveUnusable(Refusal):
    """We cannot restore, because the file is not an archive, is damaged, or was changed."""


@dataclass(slots=True)
class Writer:
    """An archive that is being written; `members` maps the name of each member to its SHA-256."""

    _tar: tarfile.TarFile
    members: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, path: Path) -> None:
        """Add a file with the size and mode it has when it is opened."""
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            self._add(name, file, size=status.st_size, mode=status.st_mode & MODE_BITS)

    def close_with(self, manifest: str) -> None:
        content = manifest.encode()
        self._add(MANIFEST, io.BytesIO(content), size=len(content), mode=OWNER_ONLY)

    def _add(self, name: str, file: IO[bytes], *, size: int, mode: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, mode
        hashed = _Hashed(file)
        self._tar.addfile(info, hashed)
        self.members[name] = hashed.digest


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """Yield an archive to fill; it appears at `path` when it is complete and synced to disk.

    Raises:
        NotWritten: the folder cannot be made or written to.

    """
    with pages.written_whole(path) as partial:
        partial.touch(mode=OWNER_ONLY)
        with tarfile.open(partial, "w:gz") as tar:
            yield Writer(tar)
        with partial.open("rb") as file:
            os.fsync(file.fileno())


def checked(path: Path) -> Any:
    """Return an archive's manifest after comparing every member with its hash in the manifest.

    Raises:
        ArchiveUnusable: the file is not an archive, is damaged, or differs from its manifest.

    """
    found: dict[str, str] = {}
    manifest: Any = None

    def check(member: tarfile.TarInfo, file: IO[bytes]) -> None:
        nonlocal manifest
        if member.name == MANIFEST:
            manifest = json.loads(file.read())
            return
        hashed = _Hashed(file)
        while hashed.read(BYTES_AT_ONCE):
            pass
        found[member.name] = hashed.digest

    _for_each_member(path, check)
    expected = manifest.get("members") if isinstance(manifest, dict) else None
    if not isinstance(expected, dict):
        raise _damaged(path, MANIFEST)
    for name in sorted({*expected, *found}):
        if expected.get(name) != found.get(name):
            raise _changed(path, name)
    return manifest


def unpack(path: Path, place: Callable[[str], Path]) -> None:
    """Write every member to the path that `place` returns for its name, synced to disk.

    Raises:
        ArchiveUnusable: the archive cannot be read to its end.
        NotWritten: a member cannot be written to its path.

    """

    def extract(member: tarfile.TarInfo, file: IO[bytes]) -> None:
        if member.name != MANIFEST:
            with pages.written_whole(place(member.name)) as partial:
                _write(partial, file)
                partial.chmod(member.mode & MODE_BITS)

    _for_each_member(path, extract)


def _write(path: Path, file: IO[bytes]) -> None:
    with path.open("wb") as written:
        while content := file.read(BYTES_AT_ONCE):
            written.write(content)
        written.flush()
        os.fsync(written.fileno())


def _for_each_member(path: Path, visit: Visit) -> None:
    try:
        with tarfile.open(path, "r:gz") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isreg() else None
                if file is None or not _stays_inside(member.name):
                    raise _changed(path, ascii(member.name))
                visit(member, file)
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise _damaged(path, wording.packaged().archives.not_whole) from error
    except OSError as error:
        raise _damaged(path, why(error)) from error


def _damaged(path: Path, reason: str) -> ArchiveUnusable:
    return ArchiveUnusable(wording.packaged().archives.damaged.format(path=path, reason=reason))


def _changed(path: Path, name: str) -> ArchiveUnusable:
    return ArchiveUnusable(wording.packaged().archives.changed.format(path=path, name=name))


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


class _Hashed:
    """A file wrapper that hashes the bytes as they are read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._hash.update(content)
        return content

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()
