"""Presses: each is written down before Slack is answered, then done once, then shown."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from junheng import bootstrap
from junheng.adapters.messaging.messenger import CardRefused, NotDelivered
from junheng.adapters.slack.socket_mode import Envelope
from junheng.adapters.slack.web_api import Itself, SlackDesk
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
# So many lines below a card; of what was done earlier only the number is said.
MOST_LINES = 30


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an envelope: a press that is new, or the mistakes of a form that stays open."""

    press_id: int | None = None
    opens_a_form: bool = False
    mistakes: Mapping[Blank, str] = field(default_factory=dict)


class _SettledMeanwhile(Exception):
    """We cannot do a press, because another listener has done it just now."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where presses are taken and done: Slack's own side of it, who we are there, and the clock."""

    slack: SlackDesk
    itself: Itself
    now: Callable[[], datetime]

    def take(self, envelope: Envelope) -> Taken:
        """Write down what an envelope tells of; handed over again, nothing comes of it."""
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
        """Do a press that was written down, and show what came of it, each once.

        Raises:
            NotDelivered: Slack does not answer today; what is left is done by a later call.

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
            # It is written down and refused like any other press.
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
        """Open the form that a button asks for; nothing has changed by that."""
        with bootstrap.session() as session:
            checking = self._checking(session, rulebook)
            allowed = checking.allowed(kept.press)
        form = dialogs.form_of(kept.press, allowed, rulebook, on=checking.on)
        try:
            self.slack.open(form, trigger=kept.press.trigger)
        except NotDelivered as error:
            # It is open for some seconds only: later is too late.
            raise PressRefused(rulebook.wording.chat.refusals.expired) from error
        with bootstrap.session() as session:
            store.settle(session, kept.id, status=PressStatus.DONE, outcome="", now=self.now())
            store.mark_shown(session, kept.id, now=self.now())

    def _fetched(self, press: Press, rulebook: Rulebook, folder: Path) -> tuple[Path, ...]:
        """Return the files of a form: fetched before the ledger is opened, that others may write.

        Nothing is fetched for whom nothing would be done.
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
        """Do a press: its moves, and that they were done, in one transaction."""
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
                held = allowed.todo[0].held
                raise PressRefused(str(refused.args[0]), held=held) from refused
            store.settle(session, kept.id, status=PressStatus.DONE, outcome=outcome, now=self.now())

    def _refuse(
        self, session: Session, rulebook: Rulebook, kept: Kept, refused: PressRefused
    ) -> None:
        """Write down, in the history too, what somebody asked for that was not done."""
        now, press = self.now(), kept.press
        ledger = Ledger.of(session, rulebook, now=now)
        if not store.settle(
            session, kept.id, status=PressStatus.REFUSED, outcome=refused.sentence, now=now
        ):
            return
        held = refused.held
        status = "" if held is None else held.status.value
        day = now.astimezone(OFFICE_ZONE).date()
        ledger.history.tell(
            Happening(
                kind=EventKind.REFUSED,
                day=day,
                by=self._called(rulebook, press),
                reason=refused.sentence,
                reference="" if held is None else held.reference,
                move=press.move.value,
                was=status,
                became=status,
                details={"press": kept.id, "team": press.team, "user": press.user},
            )
        )

    def _called(self, rulebook: Rulebook, press: Press) -> str:
        """Return who pressed, as far as anybody knows."""
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
            # The card or the person is gone from Slack: what was done stands in the ledger.
            log.warning("press %s cannot be shown: %s", kept.id, error)
        with bootstrap.session() as session:
            store.mark_shown(session, kept.id, now=self.now())

    def _rewrite(self, kept: Kept) -> None:
        """Let the card say everything that was done from it, and offer what is left."""
        rulebook = bootstrap.rulebook()
        district, receipt = rulebook.district.code, kept.press.card
        with bootstrap.session() as session:
            card = store.card_at(session, district, receipt)
            if card is None:
                return
            done = [one.outcome for one in store.done_on(session, district, receipt)]
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
    """Return the presses that are still to be done, or to be shown, oldest first."""
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        return tuple(kept.id for kept in store.unfinished(session, district))


def _newest(done: list[str], wording: ChatWords) -> list[str]:
    earlier = len(done) - MOST_LINES
    if earlier <= 0:
        return done
    return [wording.earlier.format(count=earlier), *done[-MOST_LINES:]]
