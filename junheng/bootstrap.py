"""Chooses the real things: settings, rulebook, database, chat. Everything above asks here."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from junheng import rulebook as rulebooks
from junheng import wording
from junheng.adapters import samples
from junheng.adapters.provisional_calendars import provisional_year
from junheng.domain.intake.sample_data import Holds
from junheng.domain.office_days import Clock
from junheng.rulebook import Rulebook
from junheng.settings import HomeUnusable as HomeUnusable
from junheng.settings import SettingsUnusable as SettingsUnusable
from junheng.settings import instead
from junheng.settings import prepare_home as prepare_home
from junheng.settings import settings as settings
from junheng.settings import unfinished_restore as unfinished_restore
from junheng.store import sample_data
from junheng.store.database import database
from junheng.store.database.database import Session

if TYPE_CHECKING:
    from junheng.adapters.channels import Messengers
    from junheng.adapters.slack.socket_mode import Hear, SlackSocket
    from junheng.adapters.slack.web_api import SlackDesk

# Channels are imported by the functions that use them: slack_sdk and httpx take a quarter of a
# second, which a listing need not spend.


@contextmanager
def set_to(**changed: Any) -> Iterator[None]:
    """Work with some settings changed: of another district, or where nothing is kept."""
    before = instead.set(settings().model_copy(update=changed))
    try:
        yield
    finally:
        instead.reset(before)


def districts() -> tuple[str, ...]:
    """Return the names of the districts that are configured."""
    return rulebooks.districts(settings().config)


def rulebook(config: Path | None = None) -> Rulebook:
    """Return the rulebook of the district, out of another copy of config/ where one is named.

    Raises:
        RulebookUnusable: a file is missing, or does not say what it must.

    """
    chosen = settings()
    loaded = rulebooks.load(config or chosen.config, chosen.district)
    # Due dates reach into years whose holidays are not announced yet: known as provisional.
    return replace(loaded, foresee=provisional_year)


@contextmanager
def session() -> Iterator[Session]:
    """Yield a session on the real database; it commits at the end, or not at all.

    Raises:
        HomeUnusable: JUNHENG_HOME is no folder that we can make and write.
        DatabaseUnusable: the database cannot be reached, opened or read.
        DatabaseReadOnly: something was written into a database that may only be read.

    """
    prepare_home()
    with database.session(settings().database, read_only_because=why_read_only()) as opened:
        yield opened


@contextmanager
def users_session() -> Iterator[Session]:
    """Yield a session for users and their sign-ins; it commits at the end, or not at all.

    People sign in also to a ledger that may only be read.

    Raises:
        HomeUnusable: JUNHENG_HOME is no folder that we can make and write.
        DatabaseUnusable: the database cannot be reached, opened or read.

    """
    prepare_home()
    with database.session(settings().database) as opened:
        yield opened


@contextmanager
def reading_session() -> Iterator[Session]:
    """Yield a session for queries alone, which does not wait while a round writes.

    Raises:
        HomeUnusable: JUNHENG_HOME is no folder that we can make and write.
        DatabaseUnusable: the database cannot be reached, opened or read.

    """
    prepare_home()
    with database.reading(settings().database) as opened:
        yield opened


def why_read_only() -> str | None:
    """Return why a database may only be read: the sample must never be worked with as real."""
    held = sample_data.settled(settings().database, samples.schools())
    if held is Holds.BOTH:
        return _said_once(wording.packaged().samples.mixed)
    if held is Holds.SAMPLE and settings().is_production:
        return _said_once(wording.packaged().samples.kept_in_production)
    return None


@cache
def _said_once(reason: str) -> str:
    """Return a reason, and log it once a process: a list that is only read shows it too."""
    logging.getLogger(__name__).warning("%s", reason)
    return reason


def messengers(show: Callable[[str], None], clock: Clock) -> "Messengers":
    """Return the channels of a run, guarded outside production; `show` gets what is for here."""
    from junheng.adapters.channels import Messengers

    book = rulebook()
    wording = book.wording.channels
    return Messengers(
        settings(), wording=wording, called=book.display_names, show=show, clock=clock
    )


def slack_desk() -> "SlackDesk":
    """Return Slack's Web API for those who act on their cards; raises ChatClosed."""
    from junheng.adapters.messaging.messenger import ChatClosed
    from junheng.adapters.slack.web_api import SlackDesk

    chosen = settings()
    if chosen.slack_token is None:
        raise ChatClosed(rulebook().wording.chat.no_token)
    return SlackDesk(chosen.slack_token.get_secret_value(), chosen.slack_base_url)


def slack_socket(hear: "Hear", *, log: logging.Logger) -> "SlackSocket":
    """Return the connection over which we hear of presses; raises ChatClosed."""
    from junheng.adapters.slack.socket_mode import SlackSocket

    chosen = settings()
    token = chosen.slack_app_token
    return SlackSocket(
        "" if token is None else token.get_secret_value(),
        chosen.slack_base_url,
        hear=hear,
        log=log,
        not_a_token=rulebook().wording.chat.no_app_token,
    )
