"""The buttons of a card: the moves that its recipient can still make."""

from collections.abc import Iterable
from datetime import date

from junheng import bootstrap
from junheng.domain.chat import buttons, open_actions
from junheng.domain.chat.buttons import ACTION_PREFIX, OFFERED, Button, Confirmation, Style
from junheng.domain.ledger.lifecycle import Move
from junheng.rulebook import Rulebook
from junheng.store import remediations, reminders
from junheng.store.database.database import Session
from junheng.wording.chase.chat import ChatWords

LINK = f"{ACTION_PREFIX}ledger"
STYLES = {Move.RECEIPT: Style.PRIMARY}


def of_notice(
    session: Session, rulebook: Rulebook, notice_id: int, *, recipient: str, on: date
) -> tuple[Button, ...]:
    """Return the buttons that a card is sent with."""
    references = reminders.references_on(session, notice_id)
    return left(session, rulebook, references, recipient=recipient, on=on)


def left(
    session: Session,
    rulebook: Rulebook,
    references: Iterable[str],
    *,
    recipient: str,
    on: date,
) -> tuple[Button, ...]:
    """Return the buttons of the moves left; none without an app token, as no press would arrive."""
    settings = bootstrap.settings()
    if settings.slack_app_token is None:
        return ()
    referred_to = remediations.referred_to(session, rulebook.district.code, references)
    units = rulebook.contacts.units_of(recipient, on)
    moves = open_actions.moves_left(referred_to, units=units, on=on, offered=OFFERED)
    wording = rulebook.wording.chat
    shown = tuple(_button(move, wording) for move in moves)
    is_linked = settings.ledger_url is not None and shown
    link = Button(LINK, wording.buttons.ledger, url=settings.ledger_url or "")
    return (*shown, link) if is_linked else shown


def _button(move: Move, wording: ChatWords) -> Button:
    words = wording.confirm
    confirmation = Confirmation(words.title, words.text, words.yes, words.no)
    return Button(
        buttons.action_id(move),
        wording.buttons[move],
        style=STYLES.get(move, Style.PLAIN),
        confirmation=confirmation if move is Move.RECEIPT else None,
    )
