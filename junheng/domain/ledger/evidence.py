"""Evidence: accepted media types, the kinds of evidence, and the kinds required for a line."""

import re
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from pydantic import Field

from junheng.values import Frozen
from junheng.wording.ledger.evidence import EvidenceWords

MEGABYTE = 2**20
# Up to this many kinds are joined with “or”; more are listed.
BOTH = 2
# The ids of recurring duties: D01, D02, …
RECURRING_DUTIES = "D"
_LETTERS = re.compile(r"[A-Z]+")

Requirement = tuple[tuple[str, ...], ...]
"""Alternatives that must all be met: each by one file of any of its kinds."""


class MediaType(StrEnum):
    """The type of a file by its content; the value is the suffix it is stored with."""

    PDF = "pdf"
    OFD = "ofd"
    DOC = "doc"
    DOCX = "docx"
    XLS = "xls"
    XLSX = "xlsx"
    CSV = "csv"
    PPT = "ppt"
    PPTX = "pptx"
    TXT = "txt"
    PNG = "png"
    JPEG = "jpg"
    GIF = "gif"
    BMP = "bmp"
    TIFF = "tif"
    WEBP = "webp"
    HEIC = "heic"

    @property
    def suffix(self) -> str:
        return f".{self.value}"


class Refusal(StrEnum):
    """Why a file is not accepted as evidence; config/wording/evidence.yaml has the sentences."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    PROGRAM = "program"
    EXECUTABLE_NAME = "executable_name"
    ARCHIVE = "archive"
    MACROS = "macros"
    PASSWORD = "password"  # noqa: S105  (the reason of the refusal, not a password)
    WEB_PAGE = "web_page"
    FILM = "film"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"
    MISSING = "missing"
    LINK = "link"
    FOLDER = "folder"
    NOT_A_FILE = "not_a_file"
    UNREADABLE = "unreadable"
    KIND_UNKNOWN = "kind_unknown"
    OTHER_MEDIA = "other_media"


class EvidenceRefused(Exception):
    """We cannot accept a file as evidence; `details` fill the placeholders of its sentence."""

    def __init__(
        self, reason: Refusal, name: str, details: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{name}: {reason}")
        self.reason = reason
        self.name = name
        self.details = details or {}


class EvidenceKind(Frozen):
    """One kind of evidence, and the groups of media types it may have."""

    id: str
    media: tuple[str, ...] = Field(min_length=1)


class Requires(Frozen):
    """A requirement of lines closed on evidence: one file of any of these kinds."""

    lines: tuple[str, ...] = Field(min_length=1)
    any_of: tuple[str, ...] = Field(min_length=1)


class EvidenceRules(Frozen):
    """Which files are accepted, which lines are closed on evidence, and on which kinds."""

    largest_mb: int = Field(ge=1)
    media: dict[str, tuple[MediaType, ...]]
    kinds: tuple[EvidenceKind, ...] = Field(min_length=1)
    attested: tuple[str, ...] = ()
    requires: tuple[Requires, ...] = ()

    @property
    def largest_bytes(self) -> int:
        return self.largest_mb * MEGABYTE

    @property
    def kind_ids(self) -> tuple[str, ...]:
        return tuple(kind.id for kind in self.kinds)

    def is_attested(self, line_id: str) -> bool:
        """Return whether a line is closed on evidence, and not by data."""
        return any(covers(entry, line_id) for entry in self.attested)

    def lines_beyond(self, known: Collection[str]) -> frozenset[str]:
        """Return the entries of the rules that match no known line, except recurring duties.

        T13 is accepted even if the plan has ten tasks, because T is a known group.
        """
        entries = {*self.attested, *(line for entry in self.requires for line in entry.lines)}
        groups = {RECURRING_DUTIES} | {
            entry for entry in entries if any(covers(entry, line) for line in known)
        }
        return frozenset(
            entry for entry in entries if not any(covers(group, entry) for group in groups)
        )

    def required_kinds(self, line_id: str, *, duty_kinds: Iterable[str] = ()) -> Requirement:
        """Return the kinds required to close a line, plus a recurring duty's own kinds.

        An attested line without its own requirement needs a file of any kind.
        """
        of_line = (
            entry.any_of
            for entry in self.requires
            if any(covers(named, line_id) for named in entry.lines)
        )
        required = (*of_line, *((kind,) for kind in duty_kinds))
        return required or ((self.kind_ids,) if self.is_attested(line_id) else ())

    def check_kind(self, kind: str, media_type: MediaType, *, name: str) -> None:
        """Raise EvidenceRefused for an unknown kind, or one that does not fit the media type."""
        listed = next((known for known in self.kinds if known.id == kind), None)
        if listed is None:
            details = {"kind": kind, "kinds": "、".join(self.kind_ids)}
            raise EvidenceRefused(Refusal.KIND_UNKNOWN, name, details)
        wanted = tuple(accepted for group in listed.media for accepted in self.media[group])
        if media_type not in wanted:
            details = {"kind": kind, "found": media_type.value, "wanted": "、".join(wanted)}
            raise EvidenceRefused(Refusal.OTHER_MEDIA, name, details)


def covers(entry: str, line_id: str) -> bool:
    """Return whether an entry is a line's id, or the letters before its two digits: T of T07."""
    if entry == line_id:
        return True
    is_letters = _LETTERS.fullmatch(entry) is not None
    return is_letters and re.fullmatch(rf"{entry}\d\d", line_id) is not None


def missing_kinds(requirement: Requirement, present: Collection[str]) -> Requirement:
    """Return the alternatives of a requirement that no present kind meets."""
    return tuple(any_of for any_of in requirement if not set(any_of) & set(present))


def kinds_in_words(requirement: Requirement, wording: EvidenceWords) -> tuple[str, ...]:
    """Return a requirement in words, each alternative as 通报或报告.

    An alternative that contains a narrower one is left out, because the narrower one implies it.
    """
    return tuple(
        _any_of_in_words(any_of, wording)
        for any_of in requirement
        if not any(set(narrower) < set(any_of) for narrower in requirement)
    )


def _any_of_in_words(kinds: tuple[str, ...], wording: EvidenceWords) -> str:
    if len(kinds) > BOTH:
        return wording.any_of.format(kinds="、".join(kinds))
    return wording.or_.join(kinds)


def refusal_sentence(refused: EvidenceRefused, wording: EvidenceWords) -> str:
    """Return the sentence about a refused file: the reason, and what to do instead."""
    sentence = wording.refused[refused.reason].format(**refused.details)
    return wording.place.format(name=refused.name, sentence=sentence)
