"""Presses: each is stored before Slack is answered, then carried out once, then shown."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from junheng import bootstrap
from junheng.adapters.messaging.messenger import CardRefused, NotDelivered
from junheng.adapters.slack.socket_mode import Envelope
from junheng.adapters.slack.web_api import BotIdentity, SlackDesk
from junheng.domain.chat import interactions as presses_of
from junheng.domain.chat import open_actions
from junheng.domain.chat.interactions import Blank, Press, PressKind, PressStatus
from junheng.domain.history.hash_chain import EventKind, Happening
from junheng.domain.office_days import OFFICE_ZONE
from junheng.rulebook import Rulebook
from junheng.store import presses as store
from junheng.store.database.database import Session
from junheng.store.presses import Kept
from junheng.wording.chase.chat import ChatWords
from tasks.chase import card_buttons
from tasks.chat import dialogs, interaction_moves
from tasks.chat.interaction_checks import Checking, PressRefused
from tasks.ledger.acts import ActRefused
from tasks.ledger.ledger import Ledger

log = logging.getLogger("junheng.presses")
# The maximum of lines below a card; earlier ones are replaced by their number.
MOST_LINES = 30


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of an envelope: a new press, or the mistakes of a form that stays open."""

    press_id: int | None = None
    opens_a_form: bool = False
    mistakes: Mapping[Blank, str] = field(default_factory=dict)


class _SettledMeanwhile(Exception):
    """We cannot carry out a press, because another listener has just done it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Receives and carries out presses, with Slack, our own identity there, and the clock."""

    slack: SlackDesk
    itself: BotIdentity
    now: Callable[[], datetime]

    def take(self, envelope: Envelope) -> Taken:
        """Store the press of an envelope; a redelivered envelope is ignored."""
        press = presses_of.read(envelope.payload)
        if press is None:
            return Taken()
        rulebook, now = bootstrap.rulebook(), self.now()
        district = rulebook.district.code
        with bootstrap.session() as session:
            known = store.keyed(session, press.key)
            if known is not None:
                if known.envelope == envelope.id or envelope.is_again:
                    return Taken()
                again = press.model_copy(update={"key": f"{press.key}:{envelope.id}"})
                kept = store.write_down(session, district, again, envelope=envelope.id, now=now)
                if kept is not None:
                    replayed = PressRefused(rulebook.wording.chat.refusals.replayed)
                    self._refuse(session, rulebook, kept, replayed)
                return Taken(None if kept is None else kept.id)
            mistakes = self._mistakes(session, rulebook, press)
            if mistakes:
                return Taken(mistakes=mistakes)
            kept = store.write_down(session, district, press, envelope=envelope.id, now=now)
            return Taken(None if kept is None else kept.id, press.opens_a_form)

    def finish(self, press_id: int) -> None:
        """Carry out a stored press, and show its outcome, each once.

        Raises:
            NotDelivered: Slack does not answer; a later call continues.

        """
        with bootstrap.session() as session:
            kept = store.one(session, press_id)
        if kept.status is PressStatus.RECEIVED:
            self._do(kept)
            with bootstrap.session() as session:
                kept = store.one(session, press_id)
        if kept.shown_at is None:
            self._show(kept)

    def _mistakes(self, session: Session, rulebook: Rulebook, press: Press) -> Mapping[Blank, str]:
        if press.kind is not PressKind.FORM:
            return {}
        checking = self._checking(session, rulebook)
        try:
            return checking.mistakes(press, checking.allowed(press))
        except PressRefused:
            # The press is stored and refused like any other.
            return {}

    def _checking(self, session: Session, rulebook: Rulebook) -> Checking:
        today = self.now().astimezone(OFFICE_ZONE).date()
        return Checking(session, rulebook, self.itself, today)

    def _do(self, kept: Kept) -> None:
        rulebook = bootstrap.rulebook()
        try:
            if kept.press.opens_a_form:
                self._open(kept, rulebook)
            else:
                with TemporaryDirectory(prefix="junheng-") as folder:
                    self._act(kept, rulebook, self._fetched(kept.press, rulebook, Path(folder)))
        except PressRefused as refused:
            with bootstrap.session() as session:
                self._refuse(session, rulebook, kept, refused)
        except _SettledMeanwhile:
            return

    def _open(self, kept: Kept, rulebook: Rulebook) -> None:
        """Open the form of a button; this changes nothing in the ledger."""
        with bootstrap.session() as session:
            checking = self._checking(session, rulebook)
            allowed = checking.allowed(kept.press)
        form = dialogs.form_of(kept.press, allowed, rulebook, on=checking.on)
        try:
            self.slack.open(form, trigger=kept.press.trigger)
        except NotDelivered as error:
            # A trigger is valid for a few seconds only, so a retry is useless.
            raise PressRefused(rulebook.wording.chat.refusals.expired) from error
        with bootstrap.session() as session:
            store.settle(session, kept.id, status=PressStatus.DONE, outcome="", now=self.now())
            store.mark_shown(session, kept.id, now=self.now())

    def _fetched(self, press: Press, rulebook: Rulebook, folder: Path) -> tuple[Path, ...]:
        """Download the files of a form before the ledger is locked, so that others can write.

        The press is checked first: nothing is downloaded for a press that would be refused.
        """
        if not press.answers.files:
            return ()
        with bootstrap.session() as session:
            self._checking(session, rulebook).allowed(press)
        largest = rulebook.evidence.largest_bytes
        try:
            return tuple(
                self.slack.fetch(file, folder / str(number), largest_bytes=largest)
                for number, file in enumerate(press.answers.files)
            )
        except CardRefused as error:
            sentence = rulebook.wording.chat.refusals.file
            raise PressRefused(sentence.format(reason=error)) from error

    def _act(self, kept: Kept, rulebook: Rulebook, files: tuple[Path, ...]) -> None:
        """Carry out a press and record its outcome in one transaction."""
        with bootstrap.session() as session:
            ledger = Ledger.of(session, rulebook, now=self.now())
            if store.one(session, kept.id).status is not PressStatus.RECEIVED:
                raise _SettledMeanwhile
            checking = self._checking(session, rulebook)
            allowed = checking.allowed(kept.press)
            try:
                outcome = interaction_moves.carry_out(
                    ledger, kept.press, allowed, files=files, on=checking.on
                )
            except ActRefused as refused:
                remediation = allowed.todo[0].remediation
                raise PressRefused(str(refused.args[0]), remediation=remediation) from refused
            store.settle(session, kept.id, status=PressStatus.DONE, outcome=outcome, now=self.now())

    def _refuse(
        self, session: Session, rulebook: Rulebook, kept: Kept, refused: PressRefused
    ) -> None:
        """Record a refused press, also in the history."""
        now, press = self.now(), kept.press
        ledger = Ledger.of(session, rulebook, now=now)
        if not store.settle(
            session, kept.id, status=PressStatus.REFUSED, outcome=refused.sentence, now=now
        ):
            return
        remediation = refused.remediation
        status = "" if remediation is None else remediation.status.value
        day = now.astimezone(OFFICE_ZONE).date()
        ledger.history.tell(
            Happening(
                kind=EventKind.REFUSED,
                day=day,
                by=self._called(rulebook, press),
                reason=refused.sentence,
                reference="" if remediation is None else remediation.reference,
                move=press.move.value,
                was=status,
                became=status,
                details={"press": kept.id, "team": press.team, "user": press.user},
            )
        )

    def _called(self, rulebook: Rulebook, press: Press) -> str:
        """Return the name of the person who pressed, or the Slack user id if unknown."""
        wording = rulebook.wording.chat
        day = self.now().astimezone(OFFICE_ZONE).date()
        person = open_actions.person_of(press.user, contacts=rulebook.contacts, day=day)
        if person is None or press.team != self.itself.team:
            return wording.nobody.format(user=press.user)
        units = rulebook.display_names("、".join(person.units), day)
        return wording.by.format(name=person.name, units=units)

    def _show(self, kept: Kept) -> None:
        try:
            if kept.status is PressStatus.DONE:
                self._rewrite(kept)
            elif kept.press.team == self.itself.team:
                press = kept.press
                self.slack.tell(channel=press.channel, user=press.user, text=kept.outcome)
        except CardRefused as error:
            # The card or the user is gone from Slack; the ledger has the outcome anyway.
            log.warning("press %s cannot be shown: %s", kept.id, error)
        with bootstrap.session() as session:
            store.mark_shown(session, kept.id, now=self.now())

    def _rewrite(self, kept: Kept) -> None:
        """Update a card: the outcomes of its presses, and buttons for the moves that are left."""
        rulebook = bootstrap.rulebook()
        district, receipt = rulebook.district.code, kept.press.card
        with bootstrap.session() as session:
            card = store.card_at(session, district, receipt)
            if card is None:
                return
            done = [press.outcome for press in store.done_on(session, district, receipt)]
            buttons = card_buttons.left(
                session,
                rulebook,
                card.references,
                recipient=card.recipient,
                on=self._checking(session, rulebook).on,
            )
        self.slack.rewrite(
            receipt=receipt,
            key=card.key,
            text=card.text,
            done=_newest(done, rulebook.wording.chat),
            buttons=buttons,
        )


def unfinished() -> tuple[int, ...]:
    """Return the ids of presses not yet carried out or not yet shown, oldest first."""
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        return tuple(kept.id for kept in store.unfinished(session, district))


def _newest(done: list[str], wording: ChatWords) -> list[str]:
    earlier = len(done) - MOST_LINES
    if earlier <= 0:
        return done
    return [wording.earlier.format(count=earlier), *done[-MOST_LINES:]]
