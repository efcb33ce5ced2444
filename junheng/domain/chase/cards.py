"""Cards: writes the daily message of a contact with the wording of cards.yaml."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from junheng.domain.chase.card_layout import Piece, fitting, grouped
from junheng.domain.chase.digests import Chased, Digest, Entry
from junheng.domain.chase.ladder import Audience
from junheng.domain.chase.office_queue import office_section
from junheng.domain.ledger.shortfalls import item_name
from junheng.domain.standard.standard import Grain, Line
from junheng.domain.workdays import WorkCalendar, workdays_between
from junheng.wording.chase.cards import CardWords, Lines

# Audiences whose cards list the number of items of each unit, without the lines of the standard.
READS_COUNTS = frozenset({Audience.LEADING_GROUP})


@dataclass(frozen=True, slots=True)
class Message:
    """A complete message."""

    text: str


@dataclass(frozen=True, slots=True)
class CardWriter:
    """Writes cards; `called`, `display` and `addressed` name lines, units and recipients."""

    wording: CardWords
    lines: Mapping[str, Line]
    called: Callable[[str, str], str]
    display: Callable[[str], str]
    addressed: Callable[[str], str]
    office: str
    calendar: WorkCalendar
    # The web page of the ledger, if there is one.
    ledger_url: str | None = None

    def card(self, digest: Digest) -> Message:
        """Return the card of a digest; the least urgent items that do not fit are only counted."""
        limits = self.wording.limits
        for units in limits.units:
            text, left_out = self._written(digest, units=units, most=limits.comfortable)
            if not left_out:
                return Message(text)
        text, _ = self._written(digest, units=min(limits.units), most=limits.most)
        return Message(text)

    def _written(self, digest: Digest, *, units: int, most: int) -> tuple[str, int]:
        head, foot = self._head(digest), self._foot(digest)
        more = self.wording.more.format(count=len(digest.entries))
        pieces = tuple(self._pieces(digest, units=units))
        kept = fitting(pieces, room=most - len(f"{head}\n{more}\n{foot}"))
        left_out = sum(piece.items for piece in pieces[len(kept) :])
        texts = [head, *(piece.text for piece in kept)]
        texts += [self.wording.more.format(count=left_out)] if left_out else []
        return "\n".join((*texts, foot)), left_out

    def _head(self, digest: Digest) -> str:
        names = (self.addressed(post.recipient) for post in digest.posts)
        units = "、".join(dict.fromkeys(names))
        day = self._today(digest.planned_on)
        texts = [self.wording.head.format(units=units, today=day)]
        for audience in Audience:
            entries = [entry for entry in digest.entries if entry.audience is audience]
            overdue = sum(entry.due_on < digest.planned_on for entry in entries)
            phrases = self.wording.counts_overdue if overdue else self.wording.counts
            counted = phrases[audience].format(count=len(entries), overdue=overdue)
            texts += [counted] if entries else []
        texts += [self._nearest(digest)] if digest.entries else []
        texts += [office_section(digest.waiting, self.wording.waiting)] if digest.waiting else []
        return "\n".join(texts)

    def _nearest(self, digest: Digest) -> str:
        days = sorted(entry.due_on for entry in digest.entries)
        coming = [day for day in days if day >= digest.planned_on]
        if coming:
            return self.wording.nearest.format(due=self._due(coming[0], digest.planned_on))
        return self.wording.all_overdue.format(due=self._due(days[0], digest.planned_on))

    def _foot(self, digest: Digest) -> str:
        is_office = any(self.office in post.units for post in digest.posts)
        phrase = self.wording.foot_office if is_office else self.wording.foot
        foot = phrase.format(office=self.display(self.office))
        if self.ledger_url is None:
            return foot
        return "\n".join((foot, self.wording.foot_link.format(ledger=self.ledger_url)))

    def _pieces(self, digest: Digest, *, units: int) -> Iterator[Piece]:
        for section in grouped(sorted(digest.entries, key=_urgency), _audience_and_rungs):
            headings = [self._heading(section)]
            if section[0].audience in READS_COUNTS:
                yield from self._list(section, headings, digest.planned_on)
                continue
            for led in grouped(section, _lead):
                for of_a_day in grouped(sorted(led, key=_due_on), _due_on):
                    headings.append(self._due_heading(of_a_day, digest.planned_on))
                    for of_a_line in grouped(of_a_day, _line_and_clause):
                        line = self._line(of_a_line, units=units)
                        yield Piece("\n".join((*headings, line)), len(of_a_line))
                        headings = []

    def _list(self, section: Sequence[Entry], headings: list[str], today: date) -> Iterator[Piece]:
        """Yield for each unit its number of items and its oldest due date, oldest first."""
        for led in grouped(sorted(section, key=_due_on), _lead):
            headings.append(self._due_heading(led, today))
            yield Piece("\n".join(headings), len(led))
            headings = []

    def _heading(self, section: Sequence[Entry]) -> str:
        audience, (*opening, rung) = section[0].audience, section[0].says
        label, todos = rung.label, self.wording.todo
        todo = todos.at(rung.name, todos[audience]).format(office=self.display(self.office))
        for first in opening:
            label = self.wording.first[audience].label.format(opening=first.label, label=label)
            todo = self.wording.first[audience].todo.format(todo=todo)
        heading = self.wording.headings[audience]
        return heading.format(label=label, count=len(section), todo=todo)

    def _due_heading(self, of_a_day: Sequence[Entry], today: date) -> str:
        first = of_a_day[0]
        return self.wording.due_headings[first.audience].format(
            lead=self.display(first.remediation.lead),
            due=self._due(first.due_on, today),
            count=len(of_a_day),
        )

    def _line(self, entries: Sequence[Entry], *, units: int) -> str:
        chased = [entry.chased for entry in entries]
        first = chased[0].remediation
        return self._line_phrases(chased)[entries[0].audience].format(
            indicator=first.indicator,
            name=self.called(first.indicator, first.period),
            units=self._units(chased, most=units),
            basis=first.basis,
            year=first.followed_year,
        )

    def _line_phrases(self, of_a_line: Sequence[Chased]) -> Lines:
        if self._grain(of_a_line) is Grain.SUBMISSION:
            return self.wording.submission_lines
        is_own = all(chased.remediation.unit == chased.remediation.lead for chased in of_a_line)
        return self.wording.own_lines if is_own else self.wording.lines

    def _units(self, of_a_line: Sequence[Chased], *, most: int) -> str:
        named = "、".join(self._unit(chased) for chased in of_a_line[:most])
        if len(of_a_line) == 1:
            return named
        counters, grain = self.wording.counters, self._grain(of_a_line)
        counter = counters.get("" if grain is None else grain.value) or counters.other
        phrase = self.wording.all_units if len(of_a_line) <= most else self.wording.some_units
        return phrase.format(units=named, count=len(of_a_line), counter=counter)

    def _grain(self, of_a_line: Sequence[Chased]) -> Grain | None:
        line = self.lines.get(of_a_line[0].remediation.indicator)
        return None if line is None else line.per

    def _unit(self, chased: Chased) -> str:
        remediation = chased.remediation
        unit = self.display(remediation.unit_name)
        items = tuple(item_name(item, remediation.unit) for item in remediation.items)
        named = chased.to_correct or items
        most, count = self.wording.limits.parts, len(named)
        if not count:
            return unit
        phrase = self.wording.parts if count <= most else self.wording.some_parts
        return phrase.format(unit=unit, parts="、".join(named[:most]), count=count)

    def _today(self, day: date) -> str:
        weekday = self.wording.weekdays[day.weekday()]
        return self.wording.today.format(**_parts_of(day), weekday=weekday)

    def _due(self, due_on: date, today: date) -> str:
        wording = self.wording
        phrase = wording.this_year if due_on.year == today.year else wording.other_year
        day = phrase.format(**_parts_of(due_on))
        if self.calendar.is_provisional(due_on):
            day = wording.provisional.format(day=day)
        if due_on == today:
            return wording.due.today
        workdays = workdays_between(today, due_on, calendar=self.calendar)
        phrase = wording.due.overdue if due_on < today else wording.due.left
        return phrase.format(day=day, workdays=abs(workdays))


def _parts_of(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _urgency(entry: Entry) -> tuple[int, int]:
    """Return the sort key of entries: by audience, then the highest rung of its ladder first."""
    ladder = entry.chased.ladder
    rungs_above = len(ladder.from_rung(entry.says[-1].name)) - 1
    return (list(Audience).index(entry.audience), rungs_above)


def _audience_and_rungs(entry: Entry) -> Hashable:
    # Rungs of the same name share a section, even if ladders reach them on different days.
    return (entry.audience, *((rung.name, rung.label) for rung in entry.says))


def _lead(entry: Entry) -> str:
    # Items that the reader leads are not grouped by lead unit.
    return "" if entry.audience is Audience.LEAD else entry.remediation.lead


def _due_on(entry: Entry) -> date:
    return entry.due_on


def _line_and_clause(entry: Entry) -> tuple[str, str, int, str]:
    remediation = entry.remediation
    # The year is printed only for forms that must be sent again.
    year = remediation.followed_year if entry.chased.to_correct else 0
    return (remediation.indicator, remediation.period, year, remediation.basis)
