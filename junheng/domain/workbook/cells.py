"""Parses the reply cells of a ledger workbook: progress and evidence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from junheng.domain.intake.sheets import half_width
from junheng.domain.workbook.book import Claimed, Progress
from junheng.domain.workbook.faults import BookProblem, CellRefused
from junheng.wording.ledger.ledger_book import BookWords


@dataclass(frozen=True, slots=True)
class Stated:
    """A parsed 进展 cell: the progress, additional text, and the requested day."""

    progress: Progress
    text: str
    extension_until: date | None = None


# 2026-01-15, 2026/1/15, 2026.1.15, 2026年1月15日, 20260115, with optional spaces.
_DAY = re.compile(
    r"[\s:]*(?:(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})|(\d{4})(\d\d)(\d\d))(?!\d)"
    r"\s*[日号]?(\s*0{1,2}:00(:00)?)?",
)
# 整改中心 is not 整改中, and 已完成一半 is not 已完成: the word must end here.
_ENDS_A_WORD = re.compile(r"$|[\s:,;.!(、。—…-]")
_BETWEEN = " \t\r\n:,;.!、。—…-"


def progress_in(text: str, wording: BookWords, *, is_lead: bool) -> Stated:
    """Parse a filled 进展 cell of the lead or of a supporting unit.

    Raises:
        CellRefused: it begins with none of the words, or with one that only the lead may use, or
            a required reason or day is missing.

    """
    # half_width replaces single characters, so that positions in both texts are the same.
    text = text.strip()
    plain = half_width(text)
    choices = wording.between_units.join(wording.choices(is_lead=is_lead))
    progress, end = _word(plain, wording, choices)
    if not is_lead and progress.value not in wording.supporting_progress:
        raise CellRefused(BookProblem.NOT_FOR_SUPPORTING, expected=choices)
    match progress:
        case Progress.EXTENSION:
            day, length = _day(plain[end:])
            reason = _added(text, end + length)
            return Stated(progress, _reason(reason), day)
        case Progress.DISPUTED:
            return Stated(progress, _reason(_added(text, end)))
        case Progress.RECEIPTED | Progress.IN_PROGRESS | Progress.REPORTED:
            return Stated(progress, _added(text, end))


def _word(plain: str, wording: BookWords, choices: str) -> tuple[Progress, int]:
    """Return the progress that a text begins with, and the end of its word."""
    spellings = [
        (spelling, progress) for progress in Progress for spelling in wording.progress[progress]
    ]
    for spelling, progress in sorted(spellings, key=lambda pair: -len(pair[0])):
        found = re.match(r"\s*".join(map(re.escape, spelling)), plain)
        if found is None:
            continue
        # A day may follow 申请延期至 without a separator.
        if progress is not Progress.EXTENSION and not _ENDS_A_WORD.match(plain, found.end()):
            raise CellRefused(BookProblem.WORD_RUNS_ON, expected=spelling)
        return progress, found.end()
    raise CellRefused(BookProblem.UNKNOWN_PROGRESS, expected=choices)


def _added(text: str, end: int) -> str:
    rest = text[end:]
    return rest[len(rest) - len(half_width(rest).lstrip(_BETWEEN)) :].strip()


def _reason(text: str) -> str:
    if not re.search(r"\w", text):
        raise CellRefused(BookProblem.REASON_MISSING)
    return text


def _day(plain: str) -> tuple[date, int]:
    found = _DAY.match(plain)
    day = None if found is None else _date_of(found)
    if found is None or day is None:
        raise CellRefused(BookProblem.EXTENSION_DATE_UNREADABLE)
    return day, found.end()


def _date_of(found: re.Match[str]) -> date | None:
    year, month, day = (int(part) for part in found.groups()[:6] if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_in(text: str) -> date | None:
    """Return the day that a text consists of, in any notation, None for other texts."""
    found = _DAY.fullmatch(half_width(text))
    return None if found is None else _date_of(found)


# A file's suffix consists of ASCII letters and digits, so 1、合同 and v2.0版 have none.
_ENDING = r"\.[A-Za-z][A-Za-z0-9]{0,4}"
_AFTER_A_FILE = re.compile(rf"(?<=\S)({_ENDING})\s*[、，,]\s*")
_HAS_ENDING = re.compile(rf"{_ENDING}$")
# 、 after a leading number belongs to the numbering: 1、采购合同.
_COMMA = re.compile(r"(?<!\d)、|(?<=\D\d)、|(?<=\D\d\d)、")
_DRIVE = re.compile(r"\s*[A-Za-z]\s*:")


def documents_in(text: str) -> tuple[Claimed, ...]:
    """Parse the documents that a 佐证 cell names, each once.

    Raises:
        CellRefused: a path leaves the folder, or an entry has a kind and no name.

    """
    return tuple(dict.fromkeys(_document(entry) for entry in _entries(text)))


def _entries(text: str) -> Iterator[str]:
    for piece in re.split(r"[；;\r\n]+", text):
        parts = _AFTER_A_FILE.sub(r"\1\n", piece.strip()).split("\n")
        if len(parts) == 1 and not _HAS_ENDING.search(parts[0]):
            # Windows hides suffixes, and people write the names they see: 采购合同、验收照片.
            parts = _COMMA.split(piece)
        yield from (part.strip() for part in parts if part.strip())


def _document(entry: str) -> Claimed:
    before, colon, after = re.sub(r"[：:]", ":", entry, count=1).partition(":")
    kind, name = (before.strip(), after.strip()) if colon else ("", entry)
    if _DRIVE.match(half_width(entry)) or _leads_out(name):
        raise CellRefused(BookProblem.PATH_IN_EVIDENCE)
    file_name = _without_dots(name)
    if not file_name:
        raise CellRefused(BookProblem.FILE_NAME_MISSING)
    return Claimed(kind=kind or None, file_name=file_name)


def _leads_out(name: str) -> bool:
    """Return whether a path leaves the folder of the sent files, on any operating system."""
    plain = half_width(name).replace("\\", "/")
    is_elsewhere = plain.startswith(("/", "~")) or _DRIVE.match(plain) is not None
    return is_elsewhere or any(part.strip() == ".." for part in plain.split("/"))


def _without_dots(name: str) -> str:
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))
