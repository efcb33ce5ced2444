"""Archives: one file that holds many, written whole or not at all, each member under its hash."""

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
# It holds names, telephone numbers and evidence: nobody else's business.
ONLY_OURS = 0o600
MODE_BITS = 0o777
BYTES_AT_ONCE = 1 << 20
Look = Callable[[tarfile.TarInfo, IO[bytes]], None]


class ArchiveUnusable(Refusal):
    """We cannot restore, because the archive is none, is damaged, or was changed."""


@dataclass(slots=True)
class Writer:
    """An archive that is being written: what went in, by name, with its SHA-256."""

    _tar: tarfile.TarFile
    members: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, path: Path) -> None:
        """Add a file as it is while it is read."""
        with path.open("rb") as file:
            is_now = os.fstat(file.fileno())
            self._add(name, file, size=is_now.st_size, mode=is_now.st_mode & MODE_BITS)

    def close_with(self, manifest: str) -> None:
        content = manifest.encode()
        self._add(MANIFEST, io.BytesIO(content), size=len(content), mode=ONLY_OURS)

    def _add(self, name: str, file: IO[bytes], *, size: int, mode: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, mode
        hashed = _Hashed(file)
        self._tar.addfile(info, hashed)
        self.members[name] = hashed.digest


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """Lend an archive to fill; it lies at `path` once it is whole, and on the disk.

    Raises:
        NotWritten: the folder cannot be made, or not be written into.

    """
    with pages.written_whole(path) as half:
        half.touch(mode=ONLY_OURS)
        with tarfile.open(half, "w:gz") as tar:
            yield Writer(tar)
        with half.open("rb") as file:
            os.fsync(file.fileno())


def checked(path: Path) -> Any:
    """Return an archive's manifest, once everything in it is as the manifest says.

    Raises:
        ArchiveUnusable: it is none, is damaged, or holds something else.

    """
    found: dict[str, str] = {}
    manifest: Any = None

    def look(member: tarfile.TarInfo, file: IO[bytes]) -> None:
        nonlocal manifest
        if member.name == MANIFEST:
            manifest = json.loads(file.read())
            return
        hashed = _Hashed(file)
        while hashed.read(BYTES_AT_ONCE):
            pass
        found[member.name] = hashed.digest

    _through(path, look)
    told = manifest.get("members") if isinstance(manifest, dict) else None
    if not isinstance(told, dict):
        raise _damaged(path, MANIFEST)
    for name in sorted({*told, *found}):
        if told.get(name) != found.get(name):
            raise _changed(path, name)
    return manifest


def unpack(path: Path, place: Callable[[str], Path]) -> None:
    """Lay every member where `place` says, and make sure that it lies on the disk.

    Raises:
        ArchiveUnusable: it cannot be read to its end.
        NotWritten: a member cannot be laid where it belongs.

    """

    def lay(member: tarfile.TarInfo, file: IO[bytes]) -> None:
        if member.name != MANIFEST:
            with pages.written_whole(place(member.name)) as half:
                _write(half, file)
                half.chmod(member.mode & MODE_BITS)

    _through(path, lay)


def _write(path: Path, file: IO[bytes]) -> None:
    with path.open("wb") as written:
        while content := file.read(BYTES_AT_ONCE):
            written.write(content)
        written.flush()
        os.fsync(written.fileno())


def _through(path: Path, look: Look) -> None:
    try:
        with tarfile.open(path, "r:gz") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isreg() else None
                if file is None or not _stays_inside(member.name):
                    raise _changed(path, ascii(member.name))
                look(member, file)
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
    """A file that is hashed while it is read."""

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
