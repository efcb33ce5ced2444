"""Faults in a returned copy of the ledger, and their sentences."""

from dataclasses import dataclass
from enum import StrEnum

from junheng.wording.ledger.ledger_book import BookFaults, FaultWords


class BookProblem(StrEnum):
    """Kinds of faults; config/wording/ledger_book.yaml has the Chinese sentences."""

    UNKNOWN_PROGRESS = "unknown_progress"
    NOT_FOR_SUPPORTING = "not_for_supporting"
    WORD_RUNS_ON = "word_runs_on"
    REASON_MISSING = "reason_missing"
    EXTENSION_DATE_UNREADABLE = "extension_date_unreadable"
    NO_VALUE = "no_value"
    PATH_IN_EVIDENCE = "path_in_evidence"
    FILE_NAME_MISSING = "file_name_missing"
    FIXED_CELL_CHANGED = "fixed_cell_changed"
    REFERENCE_MISSING = "reference_missing"
    REFERENCE_UNKNOWN = "reference_unknown"
    REFERENCE_TWICE = "reference_twice"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    HEADER_MISSING = "header_missing"
    # These can be checked only with the ledger itself and the files sent with the copy.
    OF_ANOTHER_UNIT = "of_another_unit"
    MOVE_NOT_ALLOWED = "move_not_allowed"
    DOCUMENT_NOT_SENT = "document_not_sent"
    UNKNOWN_KIND = "unknown_kind"


@dataclass(frozen=True, slots=True)
class BookFault:
    """One fault: its place, the found content, and the printed or expected content."""

    sheet: str
    cell: str
    item: str
    found: str
    problem: BookProblem
    expected: str = ""


class CellRefused(ValueError):
    """We cannot accept a cell because of a problem; `expected` is the expected content."""

    def __init__(self, problem: BookProblem, *, expected: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.expected = expected


def sentence(fault: BookFault, wording: FaultWords) -> str:
    """Return the sentence about a fault: its place, the found and the expected content."""
    description = _template(fault, wording.sentences).format(
        found=_quoted(fault.found, wording),
        expected=_quoted(fault.expected, wording),
    )
    where = {"sheet": fault.sheet, "cell": fault.cell, "item": fault.item}
    known = "_".join(name for name, value in where.items() if value)
    return wording.places.of(known).format(**where, sentence=description)


def _template(fault: BookFault, sentences: BookFaults) -> str:
    unknown = [name for name in ("found", "expected") if not getattr(fault, name)]
    variants = (sentences.get(f"{fault.problem.value}_without_{name}") for name in unknown)
    return next(filter(None, variants), sentences[fault.problem])


def _quoted(text: str, wording: FaultWords) -> str:
    in_one_line = " ".join(text.split())
    if len(in_one_line) <= wording.longest_quote:
        return in_one_line
    return wording.cut.format(start=in_one_line[: wording.longest_quote])
