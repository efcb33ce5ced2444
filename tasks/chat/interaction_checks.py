"""Checks a press: the person, the card, and the moves left to do; or refuses it with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from junheng.adapters.slack.web_api import BotIdentity
from junheng.domain.chat import open_actions
from junheng.domain.chat.dialogs import MOST_FILES
from junheng.domain.chat.interactions import Blank, Press, PressKind
from junheng.domain.chat.open_actions import Person
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Remediation
from junheng.rulebook import Rulebook
from junheng.store import presses, remediations
from junheng.store.database.database import Session
from junheng.store.presses import Card
from junheng.store.remediations import UnknownReference
from junheng.wording.chase.chat import PressRefusals


class PressRefused(Exception):
    """We cannot carry out a press; the sentence says why and what to do."""

    def __init__(self, sentence: str, *, remediation: Remediation | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remediation = remediation


@dataclass(frozen=True, slots=True)
class Todo:
    """The parts of one remediation that a press concerns; '' is the lead's own part."""

    remediation: Remediation
    parts: tuple[str, ...]

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(part or self.remediation.lead for part in self.parts)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A press that may be carried out: its person, its card, and the remediations to change."""

    person: Person
    card: Card
    todo: tuple[Todo, ...]


@dataclass(frozen=True, slots=True)
class Checking:
    """The check of one press against the current contacts, cards and ledger."""

    session: Session
    rulebook: Rulebook
    itself: BotIdentity
    on: date

    def allowed(self, press: Press) -> Allowed:
        """Return a press that may be carried out; raises PressRefused."""
        person = self._person(press)
        card = presses.card_at(self.session, self.rulebook.district.code, press.card)
        if card is None:
            raise PressRefused(self._refusals.no_card)
        match press.kind:
            case PressKind.BUTTON:
                return Allowed(person, card, self._on_card(press, person, card))
            case PressKind.FORM:
                return Allowed(person, card, (self._chosen(press, person, card),))

    def mistakes(self, press: Press, allowed: Allowed) -> dict[Blank, str]:
        """Return the mistakes in a form, by blank."""
        wording = self.rulebook.wording.chat.mistakes
        given, found = press.answers, dict[Blank, str]()
        due_on = allowed.todo[0].remediation.due_on
        if not given.text:
            found[Blank.TEXT] = wording.text
        if press.move is Move.ASK_EXTENSION and (given.until is None or given.until <= due_on):
            found[Blank.UNTIL] = wording.until.format(due_on=due_on)
        if given.files and given.kind not in self.rulebook.evidence.kind_ids:
            found[Blank.KIND] = wording.kind
        if len(given.files) > MOST_FILES:
            found[Blank.FILES] = wording.files.format(most=MOST_FILES)
        return found

    @property
    def _refusals(self) -> PressRefusals:
        return self.rulebook.wording.chat.refusals

    def _person(self, press: Press) -> Person:
        if press.team != self.itself.team:
            raise PressRefused(self._refusals.other_team)
        if press.is_bot or press.user == self.itself.user:
            raise PressRefused(self._refusals.bot)
        contacts = self.rulebook.contacts
        person = open_actions.person_of(press.user, contacts=contacts, day=self.on)
        if person is None:
            raise PressRefused(self._refusals.unknown_user.format(user=press.user))
        if press.kind is PressKind.FORM and press.opened_by != press.user:
            raise PressRefused(self._refusals.another_opened)
        return person

    def _on_card(self, press: Press, person: Person, card: Card) -> tuple[Todo, ...]:
        district = self.rulebook.district.code
        listed = remediations.referred_to(self.session, district, card.references)
        concerned = [
            remediation
            for remediation in listed
            if open_actions.is_concerned(remediation, person.units)
        ]
        if not concerned:
            raise PressRefused(self._not_theirs(person, self._refusals.this_card))
        todo = tuple(self._todo(press.move, person, concerned))
        if not todo:
            move = self.rulebook.wording.ledger.moves[press.move]
            raise PressRefused(self._refusals.nothing_left.format(move=move))
        return todo

    def _chosen(self, press: Press, person: Person, card: Card) -> Todo:
        reference = press.answers.reference
        wording = self.rulebook.wording.ledger
        try:
            remediation = remediations.numbered(
                self.session, self.rulebook.district.code, reference
            )
        except UnknownReference as error:
            sentence = wording.refusals.unknown.format(reference=reference)
            raise PressRefused(sentence) from error
        if not open_actions.is_concerned(remediation, person.units):
            raise PressRefused(self._not_theirs(person, reference), remediation=remediation)
        if reference not in card.references:
            raise PressRefused(
                self._refusals.not_on_card.format(reference=reference), remediation=remediation
            )
        todo = next(iter(self._todo(press.move, person, (remediation,))), None)
        if todo is None:
            sentence = self._refusals.no_longer.format(
                reference=reference,
                status=wording.statuses[remediation.status],
                move=wording.moves[press.move],
            )
            raise PressRefused(sentence, remediation=remediation)
        return todo

    def _todo(self, move: Move, person: Person, listed: Iterable[Remediation]) -> Iterable[Todo]:
        for remediation in listed:
            parts = open_actions.parts_left(remediation, move, units=person.units, on=self.on)
            if parts:
                yield Todo(remediation, parts)

    def _not_theirs(self, person: Person, what: str) -> str:
        units = self.rulebook.display_names("、".join(person.units), self.on)
        return self._refusals.wrong_department.format(units=units, what=what)
