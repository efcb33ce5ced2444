"""What is sent in: figures and faults read from sheets, and which of several sendings counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from junheng.domain.intake.forms import AnswerRefused, Item, Problem
from junheng.domain.intake.sheets import CellValue, text_of


@dataclass(frozen=True, slots=True)
class RegisteredSchool:
    """A school that must report, as the register (学校名录) has it."""

    code: str
    name: str
    kind: str
    town: str
    locale: str
    ownership: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in one cell, and where it stands."""

    value: CellValue
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A raw figure that a reporter states; `subject` is a class, a project, a plan task or ''."""

    subject: str
    key: str
    number: float | None
    text: str | None
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of something sent in: where it is, what stands there, what is wrong."""

    problem: Problem
    sheet: str = ""
    cell: str = ""
    item: str = ""
    found: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    asked: Item | None = None


class Part(StrEnum):
    """The parts of the yearly forms; a reporter has reported when each part it owes is in."""

    SCHOOL = "school"
    FIGURES = "figures"
    PLAN_TASKS = "plan_tasks"
    PROJECTS = "projects"


@dataclass(frozen=True, slots=True)
class Reported:
    """What one file says for one reporter; any fault and nothing of it is counted."""

    reporter: str | None
    parts: frozenset[Part]
    figures: tuple[Figure, ...]
    faults: tuple[Fault, ...]

    @property
    def is_accepted(self) -> bool:
        return self.reporter is not None and not self.faults


def read_answer(item: Item, answer: Answer, *, subject: str = "") -> Figure | Fault:
    """Return the figure of an answer, or the fault that stands in its place."""
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
    """Return the figures and the faults of what was read, each in reading order."""
    everything = tuple(read)
    return (
        tuple(one for one in everything if isinstance(one, Figure)),
        tuple(one for one in everything if isinstance(one, Fault)),
    )


class Standing(StrEnum):
    """What became of a reporter: every reporter on the register has exactly one."""

    RECEIVED = "received"
    SENT_BACK = "sent_back"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Sending:
    """A file as one reporter's sending: enough to tell which of several counts."""

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
        """Later collections first, then 更正, then the newer file; the last one counts."""
        return (self.collection, self.is_correction, self.modified_at, self.file, self.position)

    @property
    def is_unread(self) -> bool:
        """Return whether the file lay there, and nobody could read what is in it."""
        return not self.sha256


def as_first_sent(sendings: Iterable[Sending]) -> tuple[Sending, ...]:
    """Return sendings, earliest collection first, each at the place of its first arrival.

    A file that lies unchanged in a folder is not sent again whenever the folder is read. Under a
    new name with 更正 it is: a reporter may go back to what it had said before.
    """
    arrived: dict[tuple[str, frozenset[Part], str, str], dict[str, Sending]] = {}
    placed = []
    for one in sendings:
        name = one.file if one.is_correction or not one.reporter else ""
        copies = arrived.setdefault((one.reporter, one.parts, one.sha256, name), {one.file: one})
        earliest = next(iter(copies.values()))
        if one.collection == earliest.collection:
            copies[one.file] = one
            placed.append(one)
        else:
            placed.append(_at_the_place_of(copies.get(one.file, earliest), one))
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
    """Return, for each reporter and part, the one sending that counts: the latest.

    Of the same file read twice the later reading counts.
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
    """Return what became of a reporter that owes certain parts."""
    sendings = [latest.get((reporter, part)) for part in owed]
    if any(sending is not None and not sending.is_accepted for sending in sendings):
        return Standing.SENT_BACK
    return Standing.RECEIVED if all(sendings) else Standing.MISSING


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts of one reporter: the submissions that are judged, by their numbers."""

    reporter: str
    is_received: bool
    submissions: tuple[int, ...]
