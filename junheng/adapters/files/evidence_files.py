"""Evidence files: read once, typed by their content, stored under their hash, never opened."""

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from junheng.adapters.files import file_contents, pages
from junheng.domain.intake import file_names
from junheng.domain.ledger.evidence import MEGABYTE, EvidenceRefused, MediaType, Refusal

KEPT_MODE = 0o440
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that is accepted as evidence: its type, and the bytes that were examined."""

    sha256: str
    media_type: MediaType
    size: int
    content: bytes = field(repr=False, compare=False)

    @property
    def suffix(self) -> str:
        return self.media_type.suffix


def examine(path: Path, *, largest_bytes: int) -> Examined:
    """Read a file and return its type, by its content, with its bytes.

    Raises:
        EvidenceRefused: the file is not accepted; the error has the reason.

    """
    # Windows strips trailing dots and spaces from a name before it uses the suffix.
    suffix = PurePath(path.name.rstrip(". ")).suffix.lower()
    if suffix in file_contents.EXECUTABLE_SUFFIXES:
        name = file_names.readable(path.name)
        raise EvidenceRefused(Refusal.EXECUTABLE_NAME, name, {"suffix": suffix})
    content = _read(path, largest_bytes)
    found = file_contents.type_of(content)
    if isinstance(found, Refusal):
        raise EvidenceRefused(found, file_names.readable(path.name))
    return Examined(hashlib.sha256(content).hexdigest(), found, len(content), content)


def keep(examined: Examined, folder: Path) -> Path:
    """Store the examined bytes under their hash and return the path; idempotent."""
    target = folder / examined.sha256[:2] / f"{examined.sha256}{examined.suffix}"
    if _has_hash(target, examined.sha256):
        return target
    with pages.said_clearly(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(".part", f".{examined.sha256}.", target.parent)
        partial = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(examined.content)
                file.flush()
                os.fchmod(file.fileno(), KEPT_MODE)
                os.fsync(file.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        _sync(target.parent)
    return target


def verify(folder: Path, sha256: str) -> bool:
    """Return whether the evidence with a hash is stored and every copy still has this hash."""
    if _SHA256.fullmatch(sha256) is None:
        return False
    paths = tuple((folder / sha256[:2]).glob(f"{sha256}.*"))
    return bool(paths) and all(_has_hash(path, sha256) for path in paths)


def _read(path: Path, largest_bytes: int) -> bytes:
    try:
        with os.fdopen(_opened(path), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            # The file may still be growing: only the bytes read here count.
            content = file.read(largest_bytes + 1)
    except (OSError, ValueError) as error:
        raise EvidenceRefused(_read_refusal(path, error), file_names.readable(path.name)) from error
    if len(content) > largest_bytes:
        tenths = -(-max(size, len(content)) * 10 // MEGABYTE)
        values = {"size": f"{tenths / 10:g}", "largest": f"{largest_bytes / MEGABYTE:g}"}
        raise EvidenceRefused(Refusal.TOO_LARGE, file_names.readable(path.name), values)
    return content


def _opened(path: Path) -> int:
    """Open a regular file for reading and return its descriptor; links and pipes are refused."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(path)
    raise EvidenceRefused(Refusal.NOT_A_FILE, file_names.readable(path.name))


def _read_refusal(path: Path, error: Exception) -> Refusal:
    if isinstance(error, IsADirectoryError):
        return Refusal.FOLDER
    if isinstance(error, FileNotFoundError):
        return Refusal.MISSING
    is_link = isinstance(error, OSError) and path.is_symlink()
    return Refusal.LINK if is_link else Refusal.UNREADABLE


def _has_hash(path: Path, sha256: str) -> bool:
    try:
        with os.fdopen(_opened(path), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except (OSError, EvidenceRefused):
        return False


def _sync(folder: Path) -> None:
    """Sync a folder to disk, so that a power failure does not lose the new directory entry."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
