"""Submissions: figures and faults read from sheets, and which of several sendings counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from junheng.domain.intake.forms import AnswerRefused, Item, Problem
from junheng.domain.intake.sheets import CellValue, text_of


@dataclass(frozen=True, slots=True)
class RegisteredSchool:
    """A school that must report, as in the register (学校名录)."""

    code: str
    name: str
    kind: str
    town: str
    locale: str
    ownership: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The content of one cell, and its place."""

    value: CellValue
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A raw figure of a reporter; `subject` is a class, a project, a plan task or ''."""

    subject: str
    key: str
    number: float | None
    text: str | None
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in a submission: its place, the found content, and the problem."""

    problem: Problem
    sheet: str = ""
    cell: str = ""
    item: str = ""
    found: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    asked: Item | None = None


class Part(StrEnum):
    """The parts of the yearly forms; a report is complete if all owed parts are received."""

    SCHOOL = "school"
    FIGURES = "figures"
    PLAN_TASKS = "plan_tasks"
    PROJECTS = "projects"


@dataclass(frozen=True, slots=True)
class Reported:
    """One reporter's report in one file; if it has any fault, none of it counts."""

    reporter: str | None
    parts: frozenset[Part]
    figures: tuple[Figure, ...]
    faults: tuple[Fault, ...]

    @property
    def is_accepted(self) -> bool:
        return self.reporter is not None and not self.faults


def read_answer(item: Item, answer: Answer, *, subject: str = "") -> Figure | Fault:
    """Return the figure of an answer, or the fault of an invalid answer."""
    try:
        figure = item.read(answer.value)
    except AnswerRefused as refused:
        return Fault(
            refused.problem,
            sheet=answer.sheet,
            cell=answer.cell,
            item=item.label,
            found=text_of(answer.value),
            asked=item,
        )
    number = figure if isinstance(figure, float) else None
    text = figure if isinstance(figure, str) else None
    return Figure(subject, item.key, number, text, answer.sheet, answer.cell)


def split(read: Iterable[Figure | Fault]) -> tuple[tuple[Figure, ...], tuple[Fault, ...]]:
    """Return the figures and the faults separately, each in reading order."""
    everything = tuple(read)
    return (
        tuple(entry for entry in everything if isinstance(entry, Figure)),
        tuple(entry for entry in everything if isinstance(entry, Fault)),
    )


class Standing(StrEnum):
    """The state of a reporter: every reporter on the register has exactly one."""

    RECEIVED = "received"
    SENT_BACK = "sent_back"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Sending:
    """One reporter's part of a file, with the data that decides which sending counts."""

    reporter: str
    parts: frozenset[Part]
    collection: int
    is_correction: bool
    modified_at: float
    file: str
    position: int
    sha256: str
    is_accepted: bool

    @property
    def order(self) -> tuple[int, bool, float, str, int]:
        """The sort key: by collection, then 更正, then modification time; the last one counts."""
        return (self.collection, self.is_correction, self.modified_at, self.file, self.position)

    @property
    def is_unread(self) -> bool:
        """Return whether the file existed but could not be read."""
        return not self.sha256


def as_first_sent(sendings: Iterable[Sending]) -> tuple[Sending, ...]:
    """Return sendings, earliest collection first, each with the order of its first arrival.

    A file that stays unchanged in a folder is not sent again each time the folder is read. Under a
    new name with 更正 it is sent again: a reporter may return to earlier figures.
    """
    arrived: dict[tuple[str, frozenset[Part], str, str], dict[str, Sending]] = {}
    placed = []
    for sending in sendings:
        name = sending.file if sending.is_correction or not sending.reporter else ""
        copies = arrived.setdefault(
            (sending.reporter, sending.parts, sending.sha256, name), {sending.file: sending}
        )
        earliest = next(iter(copies.values()))
        if sending.collection == earliest.collection:
            copies[sending.file] = sending
            placed.append(sending)
        else:
            placed.append(_at_the_place_of(copies.get(sending.file, earliest), sending))
    return tuple(placed)


def _at_the_place_of(earlier: Sending, again: Sending) -> Sending:
    return replace(
        again,
        collection=earlier.collection,
        modified_at=earlier.modified_at,
        file=earlier.file,
        position=earlier.position,
    )


def counting(sendings: Iterable[Sending]) -> dict[tuple[str, Part], Sending]:
    """Return, for each reporter and part, the latest sending, which is the one that counts.

    If the same file was read twice, the later reading counts.
    """
    latest: dict[tuple[str, Part], Sending] = {}
    for sending in sorted(sendings, key=lambda sending: sending.order):
        latest.update({(sending.reporter, part): sending for part in sending.parts})
    return latest


def standing(
    reporter: str,
    owed: Iterable[Part],
    latest: Mapping[tuple[str, Part], Sending],
) -> Standing:
    """Return the state of a reporter that owes certain parts."""
    sendings = [latest.get((reporter, part)) for part in owed]
    if any(sending is not None and not sending.is_accepted for sending in sendings):
        return Standing.SENT_BACK
    return Standing.RECEIVED if all(sendings) else Standing.MISSING


@dataclass(frozen=True, slots=True)
class Counted:
    """The submissions of one reporter that are judged, by their numbers."""

    reporter: str
    is_received: bool
    submissions: tuple[int, ...]
