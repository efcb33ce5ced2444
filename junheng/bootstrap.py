"""Builds the real dependencies (settings, rulebook, database, chat) for all layers above."""

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
from junheng.settings import overriding_settings
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
    """Override some settings within the block, such as the district or the home folder."""
    token = overriding_settings.set(settings().model_copy(update=changed))
    try:
        yield
    finally:
        overriding_settings.reset(token)


def districts() -> tuple[str, ...]:
    """Return the names of the configured districts."""
    return rulebooks.districts(settings().config)


def rulebook(config: Path | None = None) -> Rulebook:
    """Return the rulebook of the district, read from `config` instead of our config/ if given.

    Raises:
        RulebookUnusable: a file is missing or invalid.

    """
    chosen = settings()
    loaded = rulebooks.load(config or chosen.config, chosen.district)
    # Due dates may fall into years whose holidays are not announced yet: they are provisional.
    return replace(loaded, foresee=provisional_year)


@contextmanager
def session() -> Iterator[Session]:
    """Yield a session on the real database; it commits at the end or rolls back on an error.

    Raises:
        HomeUnusable: JUNHENG_HOME cannot be created or written.
        DatabaseUnusable: the database cannot be reached, opened or read.
        DatabaseReadOnly: the block wrote to a database that is read-only.

    """
    prepare_home()
    with database.session(settings().database, read_only_because=why_read_only()) as opened:
        yield opened


@contextmanager
def users_session() -> Iterator[Session]:
    """Yield a session for users and sign-ins; it commits at the end or rolls back on an error.

    It can write even if the ledger is read-only, so that people can still sign in.

    Raises:
        HomeUnusable: JUNHENG_HOME cannot be created or written.
        DatabaseUnusable: the database cannot be reached, opened or read.

    """
    prepare_home()
    with database.session(settings().database) as opened:
        yield opened


@contextmanager
def reading_session() -> Iterator[Session]:
    """Yield a session for queries only, which does not wait while a run writes.

    Raises:
        HomeUnusable: JUNHENG_HOME cannot be created or written.
        DatabaseUnusable: the database cannot be reached, opened or read.

    """
    prepare_home()
    with database.reading(settings().database) as opened:
        yield opened


def why_read_only() -> str | None:
    """Return why the database is read-only, or None: sample data must not be used as real data."""
    contents = sample_data.settled(settings().database, samples.schools())
    if contents is Holds.BOTH:
        return _logged_once(wording.packaged().samples.mixed)
    if contents is Holds.SAMPLE and settings().is_production:
        return _logged_once(wording.packaged().samples.kept_in_production)
    return None


@cache
def _logged_once(reason: str) -> str:
    """Return a reason and log it once per process, so that read-only commands show it too."""
    logging.getLogger(__name__).warning("%s", reason)
    return reason


def messengers(show: Callable[[str], None], clock: Clock) -> "Messengers":
    """Return the channels of a run, restricted outside production.

    `show` receives the messages that are printed here instead of sent.
    """
    from junheng.adapters.channels import Messengers

    book = rulebook()
    wording = book.wording.channels
    return Messengers(
        settings(), wording=wording, called=book.display_names, show=show, clock=clock
    )


def slack_desk() -> "SlackDesk":
    """Return the Slack Web API client for actions on cards; raises ChatClosed."""
    from junheng.adapters.messaging.messenger import ChatClosed
    from junheng.adapters.slack.web_api import SlackDesk

    chosen = settings()
    if chosen.slack_token is None:
        raise ChatClosed(rulebook().wording.chat.no_token)
    return SlackDesk(chosen.slack_token.get_secret_value(), chosen.slack_base_url)


def slack_socket(hear: "Hear", *, log: logging.Logger) -> "SlackSocket":
    """Return the Socket Mode connection that receives presses; raises ChatClosed."""
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
