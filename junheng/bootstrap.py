"""Chooses the real things: settings, rulebook, database, chat. Everything above asks here."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from junheng import rulebook as rulebooks
from junheng.adapters.calendars import provisional_year
from junheng.adapters.channels import ChannelPhrases, Messengers
from junheng.adapters.chat import ChatClosed
from junheng.adapters.slack_desk import SlackDesk
from junheng.adapters.slack_socket import Hear, SlackSocket
from junheng.rulebook import Rulebook
from junheng.settings import Settings
from junheng.store import database
from junheng.store.database import Session

UNFINISHED_RESTORE = (
    "JUNHENG_HOME 指向 {home}，那里有一次没有做完的恢复；"
    "请删去整个文件夹（用 PostgreSQL 的，把那个数据库也重新建空），再运行 junheng restore"
)


class SettingsUnusable(Exception):
    """We cannot work, because a JUNHENG_ setting says what it cannot say."""


class HomeUnusable(Exception):
    """We cannot work, because JUNHENG_HOME is no folder that we can make and write."""


_instead: ContextVar[Settings] = ContextVar("in place of the environment's")


def settings() -> Settings:
    """Return the settings of this process, read anew: a test or a flow may have set them.

    Raises:
        SettingsUnusable: a setting says what it cannot say.

    """
    if (instead := _instead.get(None)) is not None:
        return instead
    try:
        return Settings()
    except ValidationError as error:
        names = "、".join(f"JUNHENG_{fault['loc'][0]}".upper() for fault in error.errors())
    # Out here pydantic's own error, which quotes what was set, is no longer the context.
    raise SettingsUnusable(f"设置 {names} 写得不对；可以写什么见 README.md 的设置表")


@contextmanager
def set_to(**changed: Any) -> Iterator[None]:
    """Work with some settings changed: of another district, or where nothing is kept."""
    before = _instead.set(settings().model_copy(update=changed))
    try:
        yield
    finally:
        _instead.reset(before)


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


def prepare_home() -> None:
    """Make the folder that everything is kept in; raises HomeUnusable."""
    chosen = settings()
    home = chosen.home.absolute()
    if chosen.unfinished_restore.exists():
        raise HomeUnusable(UNFINISHED_RESTORE.format(home=home))
    try:
        home.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise HomeUnusable(_refusal(home, "它或它的上级是文件，不是文件夹")) from error
    except OSError as error:
        raise HomeUnusable(_refusal(home, f"建不了这个文件夹：{error.strerror}")) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise HomeUnusable(_refusal(home, "没有权限写入"))


def _refusal(home: Path, reason: str) -> str:
    return f"JUNHENG_HOME 指向 {home}，{reason}；请把它改为一个可以写入的文件夹"


@contextmanager
def session() -> Iterator[Session]:
    """Yield a session on the real database; it commits at the end, or not at all.

    Raises:
        HomeUnusable: JUNHENG_HOME is no folder that we can make and write.
        DatabaseUnusable: the database cannot be reached, opened or read.

    """
    prepare_home()
    with database.session(settings().database) as opened:
        yield opened


def messengers(show: Callable[[str], None]) -> Messengers:
    """Return the channels of a run, guarded outside production; `show` gets what is for here."""
    book = rulebook()
    return Messengers(settings(), says=channel_phrases(book), called=book.display_names, show=show)


def channel_phrases(book: Rulebook) -> ChannelPhrases:
    return ChannelPhrases.model_validate(book.wording["channels"])


def slack_desk() -> SlackDesk:
    """Return Slack's Web API for those who act on their cards; raises ChatClosed."""
    chosen = settings()
    if chosen.slack_token is None:
        raise ChatClosed(rulebook().wording["chat"]["no_token"])
    return SlackDesk(chosen.slack_token.get_secret_value(), chosen.slack_base_url)


def slack_socket(hear: Hear, *, log: logging.Logger) -> SlackSocket:
    """Return the connection over which we hear of presses; raises ChatClosed."""
    chosen = settings()
    token = chosen.slack_app_token
    return SlackSocket(
        "" if token is None else token.get_secret_value(),
        chosen.slack_base_url,
        hear=hear,
        log=log,
        not_a_token=rulebook().wording["chat"]["no_app_token"],
    )
