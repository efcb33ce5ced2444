"""Received copies of the ledger: their recognition, their unit, and their evidence files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from junheng.domain.intake.file_names import readable
from junheng.domain.intake.sheets import Sheet
from junheng.domain.workbook import replies
from junheng.domain.workbook.book import Claimed
from junheng.domain.workbook.ledger_copies import is_ledger_book
from junheng.rulebook import Rulebook
from junheng.wording.ledger.ledger_book import BookWords

EVIDENCE_FOLDER = "佐证"


@dataclass(frozen=True, slots=True)
class ReceivedCopy:
    """A received workbook that is a copy of the ledger, with its sheets and its hash."""

    path: Path
    name: str
    sha256: str
    sheets: Sequence[Sheet]


def is_copy(sheets: Sequence[Sheet], wording: BookWords) -> bool:
    """Return whether a workbook is a copy of the ledger, by its content."""
    return is_ledger_book(sheets, wording)


def documents_named(copy: ReceivedCopy, wording: BookWords) -> frozenset[Path]:
    """Return the evidence files that a copy names and that came with it."""
    taken = replies.read(copy.sheets, wording=wording)
    found = (beside(copy.path, claimed) for reply in taken.replies for claimed in reply.evidence)
    return frozenset(path for path in found if path is not None)


def beside(copy: Path, claimed: Claimed) -> Path | None:
    """Return the evidence file of a copy: in the same folder, or in its subfolder 佐证."""
    for folder in (copy.parent, copy.parent / EVIDENCE_FOLDER):
        path = folder / claimed.file_name
        if path.is_file() or path.is_symlink():
            return path
        # An old Windows may have written the name in GB18030.
        named = (other for other in folder.glob("*") if readable(other.name) == claimed.file_name)
        if (found := next(named, None)) is not None:
            return found
    return None


def units_of(claimed: str | None, file: str, rulebook: Rulebook) -> tuple[str, ...]:
    """Return the ids of the units of a copy, by its stated unit, else by its file name."""
    names = {unit.id: unit.all_names for unit in rulebook.departments}
    names |= {town: frozenset({town}) for town in rulebook.district.towns}
    if claimed in names:
        return (claimed,)
    by_claim = tuple(unit for unit, own in names.items() if claimed in own)
    if claimed is not None:
        return by_claim
    return tuple(unit for unit, own in names.items() if any(name in file for name in own))
