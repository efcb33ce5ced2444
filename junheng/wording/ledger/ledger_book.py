"""The sentences of config/wording/ledger_book.yaml: the ledger as a workbook."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from junheng.wording.words import Names, PerMember, Takes, Words

_Fault = Annotated[str, Takes("found", "expected")]
_Place = Annotated[str, Takes("sheet", "cell", "item", "sentence")]
_Note = Annotated[str, Takes("day", "head", "kinds")]
_Spellings = Annotated[tuple[str, ...], Field(min_length=1)]


class SheetNames(Words):
    ledger: str
    lead: str
    supporting: str


class ColumnHeadings(Names):
    """A heading for each `Column`."""

    number: str
    problem: str
    indicator: str
    lead: str
    supporting: str
    action: str
    due_on: str
    progress: str
    evidence: str
    closing: str
    reference: str


class ProgressSpellings(PerMember[tuple[str, ...]]):
    """The accepted spellings of each `Progress`; the first one is printed."""

    receipted: _Spellings
    in_progress: _Spellings
    reported: _Spellings
    disputed: _Spellings
    extension: _Spellings


class Prompt(Words):
    """The hint next to a 进展 cell while it is filled in."""

    title: str = Field(max_length=32)
    text: str = Field(max_length=255)


class BookFaults(Names):
    """A sentence for each `BookProblem`, with variants of some by missing details."""

    unknown_progress: _Fault
    not_for_supporting: _Fault
    word_runs_on: _Fault
    reason_missing: _Fault
    extension_date_unreadable: _Fault
    no_value: _Fault
    path_in_evidence: _Fault
    file_name_missing: _Fault
    fixed_cell_changed: _Fault
    fixed_cell_changed_without_found: _Fault
    fixed_cell_changed_without_expected: _Fault
    reference_missing: _Fault
    reference_unknown: _Fault
    reference_twice: _Fault
    column_missing: _Fault
    column_twice: _Fault
    header_missing: _Fault
    of_another_unit: _Fault
    move_not_allowed: _Fault
    document_not_sent: _Fault
    unknown_kind: _Fault


class Places(Names):
    """The place of a fault, by its known parts."""

    sheet_cell_item: _Place
    sheet_cell: _Place
    sheet_item: _Place
    sheet: _Place


class FaultWords(Words):
    """The sentences about faults, and the descriptions of their places."""

    sentences: BookFaults
    places: Places
    spot: Annotated[str, Takes("sheet", "cell")]
    cut: Annotated[str, Takes("start")]
    longest_quote: int


class BookWords(Words):
    """All texts in the workbook and about it."""

    title: Annotated[str, Takes("district")]
    title_of_unit: Annotated[str, Takes("district", "unit")]
    sheets: SheetNames
    headings: ColumnHeadings
    note: _Note
    note_of_unit: _Note
    # The number format of a provisional date: the cell remains a date.
    provisional_format: str
    page: Annotated[str, Takes("page", "pages")]
    progress: ProgressSpellings
    prompt: Prompt
    supporting_progress: tuple[
        Literal["receipted", "in_progress", "reported", "disputed", "extension"], ...
    ]
    supporting_prompt: Prompt
    between_units: str
    between_documents: str
    document: Annotated[str, Takes("kind", "file_name")]
    faults: FaultWords

    def name_of(self, column: StrEnum) -> str:
        """Return a column's heading without its note in brackets: 编号, not 编号（勿改）."""
        return self.headings[column].partition("（")[0]

    def choices(self, *, is_lead: bool) -> tuple[str, ...]:
        """Return the printed words with which 进展 may begin."""
        if is_lead:
            return tuple(spellings[0] for _, spellings in self.progress)
        return tuple(self.progress.of(name)[0] for name in self.supporting_progress)
