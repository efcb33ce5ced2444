"""Takes files as evidence: read once, told by content, kept under their hash, never opened."""

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
    """A file that may be kept: what it is, and the very bytes that were looked at."""

    sha256: str
    media_type: MediaType
    size: int
    content: bytes = field(repr=False, compare=False)

    @property
    def suffix(self) -> str:
        return self.media_type.suffix


def examine(path: Path, *, largest_bytes: int) -> Examined:
    """Return what a file is by its content.

    Raises:
        EvidenceRefused: it is not taken; the reason says why.

    """
    # Windows drops dots and spaces from the end of a name before it looks at the ending.
    suffix = PurePath(path.name.rstrip(". ")).suffix.lower()
    if suffix in file_contents.EXECUTABLE_SUFFIXES:
        name = file_names.readable(path.name)
        raise EvidenceRefused(Refusal.EXECUTABLE_NAME, name, {"suffix": suffix})
    content = _read(path, largest_bytes)
    found = file_contents.typed(content)
    if isinstance(found, Refusal):
        raise EvidenceRefused(found, file_names.readable(path.name))
    return Examined(hashlib.sha256(content).hexdigest(), found, len(content), content)


def keep(examined: Examined, folder: Path) -> Path:
    """Return where the bytes that were examined are kept; kept again, they lie there once."""
    target = folder / examined.sha256[:2] / f"{examined.sha256}{examined.suffix}"
    if _holds(target, examined.sha256):
        return target
    with pages.said_clearly(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(".part", f".{examined.sha256}.", target.parent)
        half = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(examined.content)
                file.flush()
                os.fchmod(file.fileno(), KEPT_MODE)
                os.fsync(file.fileno())
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)
        _settle(target.parent)
    return target


def verify(folder: Path, sha256: str) -> bool:
    """Say whether evidence is kept and still what it was, byte for byte."""
    if _SHA256.fullmatch(sha256) is None:
        return False
    kept = tuple((folder / sha256[:2]).glob(f"{sha256}.*"))
    return bool(kept) and all(_holds(path, sha256) for path in kept)


def _read(path: Path, largest_bytes: int) -> bytes:
    try:
        with os.fdopen(_opened(path), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            # A file may still be growing: what counts is what was read of it.
            content = file.read(largest_bytes + 1)
    except (OSError, ValueError) as error:
        raise EvidenceRefused(_why_shut(path, error), file_names.readable(path.name)) from error
    if len(content) > largest_bytes:
        tenths = -(-max(size, len(content)) * 10 // MEGABYTE)
        said = {"size": f"{tenths / 10:g}", "largest": f"{largest_bytes / MEGABYTE:g}"}
        raise EvidenceRefused(Refusal.TOO_LARGE, file_names.readable(path.name), said)
    return content


def _opened(path: Path) -> int:
    """Return a regular file, open to be read; neither a link nor a pipe leads us elsewhere."""
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(number).st_mode
    if stat.S_ISREG(mode):
        return number
    os.close(number)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(path)
    raise EvidenceRefused(Refusal.NOT_A_FILE, file_names.readable(path.name))


def _why_shut(path: Path, error: Exception) -> Refusal:
    if isinstance(error, IsADirectoryError):
        return Refusal.FOLDER
    if isinstance(error, FileNotFoundError):
        return Refusal.MISSING
    is_link = isinstance(error, OSError) and path.is_symlink()
    return Refusal.LINK if is_link else Refusal.UNREADABLE


def _holds(path: Path, sha256: str) -> bool:
    try:
        with os.fdopen(_opened(path), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except (OSError, EvidenceRefused):
        return False


def _settle(folder: Path) -> None:
    """Wait until a folder's new name is on the disk, so that no power cut takes it back."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
