"""Cards: the one message a contact reads in a morning, from the phrases of cards.yaml."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from pydantic import Field, model_validator

from junheng.domain.chase.card_layout import Piece, fitting, grouped
from junheng.domain.chase.delivery_phrases import SendingPhrases
from junheng.domain.chase.digests import Chased, Digest, Entry
from junheng.domain.chase.ladder import Audience
from junheng.domain.chase.office_queue import WaitingPhrases, office_section
from junheng.domain.ledger.shortfalls import item_name
from junheng.domain.standard.standard import Grain, Line
from junheng.domain.values import Frozen
from junheng.domain.workdays import WorkCalendar, workdays_between

OTHER = "other"
# Who reads how many of each unit, and no line of the standard.
READS_A_LIST = frozenset({Audience.LEADING_GROUP})


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, whole."""

    text: str


class CardLimits(Frozen):
    """How long a card is, in characters, and how many units and parts of a unit a line names."""

    comfortable: int = Field(ge=500)
    most: int = Field(ge=500, lt=3500)
    units: tuple[int, ...] = Field(min_length=1)
    parts: int = Field(ge=1)


class DuePhrases(Frozen):
    """How a due date is said before it, on it and after it."""

    left: str
    today: str
    overdue: str


class FirstPhrases(Frozen):
    """How a first telling is said that comes on the due date or after it."""

    label: str
    todo: str


class CardPhrases(Frozen):
    """Every sentence of a card and of its sending, from config/wording/cards.yaml."""

    limits: CardLimits
    weekdays: tuple[str, ...] = Field(min_length=7, max_length=7)
    today: str
    this_year: str
    other_year: str
    provisional: str
    due: DuePhrases
    head: str
    counts: dict[Audience, str]
    counts_overdue: dict[Audience, str]
    nearest: str
    all_overdue: str
    headings: dict[Audience, str]
    due_headings: dict[Audience, str]
    todo: dict[Audience, dict[str, str]]
    first: dict[Audience, FirstPhrases]
    lines: dict[Audience, str]
    own_lines: dict[Audience, str]
    submission_lines: dict[Audience, str]
    spots: dict[str, str]
    all_units: str
    some_units: str
    parts: str
    some_parts: str
    counters: dict[str, str]
    more: str
    foot: str
    foot_office: str
    foot_link: str
    sendings: SendingPhrases
    waiting: WaitingPhrases

    @model_validator(mode="after")
    def _nothing_is_left_unsaid(self) -> Self:
        for name, said in self:
            if isinstance(said, dict) and Audience.LEAD in said:
                spoken_to = set(Audience) - (READS_A_LIST if name in _OF_LINES else set())
                if set(said) != spoken_to:
                    raise ValueError(f"`{name}` does not speak to {sorted(spoken_to - set(said))}")
        if any(OTHER not in by_name for by_name in (*self.todo.values(), self.counters)):
            raise ValueError("`todo` and `counters` need an `other`")
        return self


_OF_LINES = frozenset({"lines", "own_lines", "submission_lines"})


@dataclass(frozen=True, slots=True)
class CardWriter:
    """Writes cards: with these phrases, under these names of lines and departments."""

    phrases: CardPhrases
    lines: Mapping[str, Line]
    called: Callable[[str, str], str]
    display: Callable[[str], str]
    addressed: Callable[[str], str]
    office: str
    calendar: WorkCalendar
    # Where the ledger is read, where it can be read anywhere.
    ledger_url: str | None = None

    def card(self, digest: Digest) -> Message:
        """Return a digest's card; what does not fit is counted, the least urgent first."""
        limits = self.phrases.limits
        for units in limits.units:
            text, left_out = self._written(digest, units=units, most=limits.comfortable)
            if not left_out:
                return Message(text)
        text, _ = self._written(digest, units=min(limits.units), most=limits.most)
        return Message(text)

    def _written(self, digest: Digest, *, units: int, most: int) -> tuple[str, int]:
        head, foot = self._head(digest), self._foot(digest)
        more = self.phrases.more.format(count=len(digest.entries))
        pieces = tuple(self._pieces(digest, units=units))
        kept = fitting(pieces, room=most - len(f"{head}\n{more}\n{foot}"))
        left_out = sum(piece.items for piece in pieces[len(kept) :])
        texts = [head, *(piece.text for piece in kept)]
        texts += [self.phrases.more.format(count=left_out)] if left_out else []
        return "\n".join((*texts, foot)), left_out

    def _head(self, digest: Digest) -> str:
        told = (self.addressed(post.recipient) for post in digest.posts)
        units = "、".join(dict.fromkeys(told))
        day = self._today(digest.planned_on)
        texts = [self.phrases.head.format(units=units, today=day)]
        for audience in Audience:
            entries = [one for one in digest.entries if one.audience is audience]
            overdue = sum(one.due_on < digest.planned_on for one in entries)
            said = self.phrases.counts_overdue if overdue else self.phrases.counts
            counted = said[audience].format(count=len(entries), overdue=overdue)
            texts += [counted] if entries else []
        texts += [self._nearest(digest)] if digest.entries else []
        texts += [office_section(digest.waiting, self.phrases.waiting)] if digest.waiting else []
        return "\n".join(texts)

    def _nearest(self, digest: Digest) -> str:
        days = sorted(entry.due_on for entry in digest.entries)
        coming = [day for day in days if day >= digest.planned_on]
        if coming:
            return self.phrases.nearest.format(due=self._due(coming[0], digest.planned_on))
        return self.phrases.all_overdue.format(due=self._due(days[0], digest.planned_on))

    def _foot(self, digest: Digest) -> str:
        is_office = any(self.office in post.units for post in digest.posts)
        phrase = self.phrases.foot_office if is_office else self.phrases.foot
        foot = phrase.format(office=self.display(self.office))
        if self.ledger_url is None:
            return foot
        return "\n".join((foot, self.phrases.foot_link.format(ledger=self.ledger_url)))

    def _pieces(self, digest: Digest, *, units: int) -> Iterator[Piece]:
        for section in grouped(sorted(digest.entries, key=_urgency), _rungs_said):
            over = [self._heading(section)]
            if section[0].audience in READS_A_LIST:
                yield from self._list(section, over, digest.planned_on)
                continue
            for led in grouped(section, _lead):
                for of_a_day in grouped(sorted(led, key=_due_on), _due_on):
                    over.append(self._due_heading(of_a_day, digest.planned_on))
                    for together in grouped(of_a_day, _line_and_clause):
                        line = self._line(together, units=units)
                        yield Piece("\n".join((*over, line)), len(together))
                        over = []

    def _list(self, section: Sequence[Entry], over: list[str], today: date) -> Iterator[Piece]:
        """Yield how many items each unit has, and since when the oldest is due, oldest first."""
        for led in grouped(sorted(section, key=_due_on), _lead):
            over.append(self._due_heading(led, today))
            yield Piece("\n".join(over), len(led))
            over = []

    def _heading(self, section: Sequence[Entry]) -> str:
        audience, (*opening, rung) = section[0].audience, section[0].says
        said = self.phrases.todo[audience]
        label = rung.label
        todo = said.get(rung.name, said[OTHER]).format(office=self.display(self.office))
        for first in opening:
            label = self.phrases.first[audience].label.format(opening=first.label, label=label)
            todo = self.phrases.first[audience].todo.format(todo=todo)
        heading = self.phrases.headings[audience]
        return heading.format(label=label, count=len(section), todo=todo)

    def _due_heading(self, of_a_day: Sequence[Entry], today: date) -> str:
        first = of_a_day[0]
        return self.phrases.due_headings[first.audience].format(
            lead=self.display(first.remediation.lead),
            due=self._due(first.due_on, today),
            count=len(of_a_day),
        )

    def _line(self, together: Sequence[Entry], *, units: int) -> str:
        chased = [entry.chased for entry in together]
        first = chased[0].remediation
        return self._line_phrases(chased)[together[0].audience].format(
            indicator=first.indicator,
            name=self.called(first.indicator, first.period),
            units=self._units(chased, most=units),
            basis=first.basis,
            year=first.followed_year,
        )

    def _line_phrases(self, together: Sequence[Chased]) -> Mapping[Audience, str]:
        if self._grain(together) is Grain.SUBMISSION:
            return self.phrases.submission_lines
        is_own = all(one.remediation.unit == one.remediation.lead for one in together)
        return self.phrases.own_lines if is_own else self.phrases.lines

    def _units(self, together: Sequence[Chased], *, most: int) -> str:
        named = "、".join(self._unit(one) for one in together[:most])
        if len(together) == 1:
            return named
        counters = self.phrases.counters
        counter = counters.get(self._grain(together) or OTHER, counters[OTHER])
        phrase = self.phrases.all_units if len(together) <= most else self.phrases.some_units
        return phrase.format(units=named, count=len(together), counter=counter)

    def _grain(self, together: Sequence[Chased]) -> Grain | None:
        line = self.lines.get(together[0].remediation.indicator)
        return None if line is None else line.per

    def _unit(self, chased: Chased) -> str:
        remediation = chased.remediation
        unit = self.display(remediation.unit_name)
        items = tuple(item_name(item, remediation.unit) for item in remediation.items)
        named = chased.to_correct or items
        most, count = self.phrases.limits.parts, len(named)
        if not count:
            return unit
        phrase = self.phrases.parts if count <= most else self.phrases.some_parts
        return phrase.format(unit=unit, parts="、".join(named[:most]), count=count)

    def _today(self, day: date) -> str:
        weekday = self.phrases.weekdays[day.weekday()]
        return self.phrases.today.format(**_parts_of(day), weekday=weekday)

    def _due(self, due_on: date, today: date) -> str:
        phrases = self.phrases
        said = phrases.this_year if due_on.year == today.year else phrases.other_year
        day = said.format(**_parts_of(due_on))
        if self.calendar.is_provisional(due_on):
            day = phrases.provisional.format(day=day)
        if due_on == today:
            return phrases.due.today
        workdays = workdays_between(today, due_on, calendar=self.calendar)
        phrase = phrases.due.overdue if due_on < today else phrases.due.left
        return phrase.format(day=day, workdays=abs(workdays))


def _parts_of(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _urgency(entry: Entry) -> tuple[int, int]:
    """Order a reader's own items first, and of those the ones furthest up their ladder."""
    ladder = entry.chased.ladder
    above = len(ladder.from_rung(entry.says[-1].name)) - 1
    return (list(Audience).index(entry.audience), above)


def _rungs_said(entry: Entry) -> Hashable:
    # A rung of one name is one section, whatever day each ladder has for it.
    return (entry.audience, *((rung.name, rung.label) for rung in entry.says))


def _lead(entry: Entry) -> str:
    # A reader's own items stand together: that the reader leads them is known.
    return "" if entry.audience is Audience.LEAD else entry.remediation.lead


def _due_on(entry: Entry) -> date:
    return entry.due_on


def _line_and_clause(entry: Entry) -> tuple[str, str, int, str]:
    remediation = entry.remediation
    # Only of what must be sent again is the year named.
    year = remediation.followed_year if entry.chased.to_correct else 0
    return (remediation.indicator, remediation.period, year, remediation.basis)
