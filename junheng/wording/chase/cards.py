"""The sentences of config/wording/cards.yaml: cards, and the results of sending them."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from junheng.wording.words import OTHER, Names, PerMember, Takes, Words, has_other

_Day = Annotated[str, Takes("year", "month", "day")]
_Due = Annotated[str, Takes("day", "workdays")]
_DueText = Annotated[str, Takes("due")]
_Count = Annotated[str, Takes("count")]
_Counts = Annotated[str, Takes("count", "overdue")]
_Heading = Annotated[str, Takes("label", "count", "todo")]
_DueHeading = Annotated[str, Takes("lead", "due", "count")]
_Line = Annotated[str, Takes("indicator", "name", "units", "basis", "year")]
_Spot = Annotated[str, Takes("sheet", "cell", "item")]
_Units = Annotated[str, Takes("units", "count", "counter")]
_Parts = Annotated[str, Takes("unit", "parts", "count")]
_Foot = Annotated[str, Takes("office")]
# By the name of a rung in a district's ladder; `other` is the default.
_Rungs = Annotated[Mapping[str, str], AfterValidator(has_other), Takes("office")]


class CardLimits(Words):
    """The length of a card in characters, and how many units and parts a line names."""

    comfortable: int = Field(ge=500)
    most: int = Field(ge=500, lt=3500)
    units: tuple[int, ...] = Field(min_length=1)
    parts: int = Field(ge=1)


class DueWords(Words):
    """A due date before it, on the day and after it."""

    left: _Due
    today: str
    overdue: _Due


class Counts(Names):
    """The number of items, for each `Audience`."""

    lead: _Counts
    section_head: _Counts
    head: _Counts
    supporting: _Counts
    office: _Counts
    leading_group: _Counts


class Headings(Names):
    """The heading of the items of a rung, for each `Audience`."""

    lead: _Heading
    section_head: _Heading
    head: _Heading
    supporting: _Heading
    office: _Heading
    leading_group: _Heading


class DueHeadings(Names):
    """The heading of the items of one day, for each `Audience`."""

    lead: _DueHeading
    section_head: _DueHeading
    head: _DueHeading
    supporting: _DueHeading
    office: _DueHeading
    leading_group: _DueHeading


class Todo(PerMember[Mapping[str, str]]):
    """What to do now, for each `Audience` and by the name of the rung."""

    lead: _Rungs
    section_head: _Rungs
    head: _Rungs
    supporting: _Rungs
    office: _Rungs
    leading_group: _Rungs

    @staticmethod
    def at(rung: str, rungs: Mapping[str, str]) -> str:
        """Return what to do at a rung."""
        return rungs.get(rung, rungs[OTHER])


class FirstWords(Words):
    """The changes of a first notification that is sent on the due date or later."""

    label: Annotated[str, Takes("opening", "label")]
    todo: Annotated[str, Takes("todo")]


class First(PerMember[FirstWords]):
    """The changes of a late first notification, for each `Audience`."""

    lead: FirstWords
    section_head: FirstWords
    head: FirstWords
    supporting: FirstWords
    office: FirstWords
    leading_group: FirstWords


class Lines(Names):
    """One line of the standard, for each `Audience` except the leading group, which gets a list."""

    lead: _Line
    section_head: _Line
    head: _Line
    supporting: _Line
    office: _Line


class Spots(Names):
    """The place of a fault in a form, by its known parts."""

    sheet_cell_item: _Spot
    sheet_item: _Spot
    item: _Spot


class Counters(Names):
    """The counter word of units, by the `Grain` of a line; `other` is the default."""

    section: str
    school: str
    class_: str
    project: str
    other: str


class WaitingKinds(Names):
    """The task of the office, for each `Kind` of waiting."""

    arbitration_overdue: str
    arbitration: str
    extension: str
    review: str
    closing: str
    signing: str
    signing_expired: str
    unasked: str
    handing_over: str
    held_back: str


class WaitingWords(Words):
    """The part of a card about matters that wait for the office."""

    heading: _Count
    line: Annotated[str, Takes("kind", "count", "year", "month", "day")]
    kinds: WaitingKinds
    foot: str


class ByWordWords(Words):
    """What is recorded of an unconfirmed card after a person has looked for it."""

    none: Annotated[str, Takes("recipient", "day")]
    arrived: Annotated[str, Takes("by", "day")]
    did_not_arrive: Annotated[str, Takes("by", "day")]
    kept: Annotated[str, Takes("recipient", "day", "said")]


class SendingWords(Words):
    """The results of sending, for operators."""

    outcome: Annotated[str, Takes("sent", "waiting", "refused", "withheld", "unconfirmed")]
    withheld: Annotated[str, Takes("sent", "waiting", "refused", "withheld", "unconfirmed")]
    problem: Annotated[str, Takes("recipient", "reason")]
    interrupted: str
    held_back: Annotated[str, Takes("opens", "closes", "count")]
    no_longer_set_up: Annotated[str, Takes("channel")]
    # For a card for which several routes were tried.
    route: Annotated[str, Takes("channel", "address", "reason")]
    between_routes: str
    fallen_back: Annotated[str, Takes("channel", "address", "failures")]
    no_answer: str
    alarm: Annotated[str, Takes("year", "month", "day", "due")]
    unconfirmed_alarm: Annotated[str, Takes("count")]
    lost_days: Annotated[str, Takes("first", "last")]
    by_word: ByWordWords


class CardWords(Words):
    """Every sentence of a card and of its sending."""

    limits: CardLimits
    weekdays: tuple[str, ...] = Field(min_length=7, max_length=7)
    today: Annotated[str, Takes("year", "month", "day", "weekday")]
    this_year: _Day
    other_year: _Day
    provisional: Annotated[str, Takes("day")]
    due: DueWords
    head: Annotated[str, Takes("units", "today")]
    counts: Counts
    counts_overdue: Counts
    nearest: _DueText
    all_overdue: _DueText
    headings: Headings
    due_headings: DueHeadings
    todo: Todo
    first: First
    lines: Lines
    own_lines: Lines
    submission_lines: Lines
    spots: Spots
    all_units: _Units
    some_units: _Units
    parts: _Parts
    some_parts: _Parts
    counters: Counters
    more: _Count
    foot: _Foot
    foot_office: _Foot
    foot_link: Annotated[str, Takes("ledger")]
    sendings: SendingWords
    waiting: WaitingWords
