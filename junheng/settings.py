"""What differs between machines: JUNHENG_HOME, where the database is, how chat is reached."""

import os
import re
from contextvars import ContextVar
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from junheng import wording
from junheng.domain.operations.disk_errors import why
from junheng.domain.people.routes import Channel, Route, route_of
from junheng.refusals import Refusal
from junheng.wording.machine.settings import HomeWords

# The rights of all accounts but our own.
_OTHERS = 0o077

PROJECT_ROOT = Path(__file__).resolve().parents[1]
PREFIX = "JUNHENG_"


class EmailSecurity(StrEnum):
    """How the way to the mail server is closed to others."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


class Home(BaseSettings):
    """The one setting that is needed before the others are known to be right."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    home: Path = Path("var")

    @property
    def running_folder(self) -> Path:
        """Where each run's process holds a lock while it lives."""
        return self.home / "running"


class Settings(Home):
    """Read from the environment, `JUNHENG_…`; everything has a default that works."""

    config: Path = PROJECT_ROOT / "config"
    district: str = "taierzhuang"
    database_url: str | None = None
    slack_token: SecretStr | None = None
    slack_base_url: str | None = None
    # With it, cards have buttons, and `junheng chat` hears of them.
    slack_app_token: SecretStr | None = None
    # Where people read the ledger, for the card and its button. Slack takes no card at all whose
    # button leads to something else than an address of the web.
    ledger_url: str | None = Field(default=None, pattern=r"^https?://[!-~]{1,200}$")
    channel: Channel | None = None
    # Anything but "production" is a trial, in which nothing reaches anybody who is not allowed.
    environment: str = "trial"
    allowed_addresses: str = ""
    dingtalk_webhook: SecretStr | None = None
    dingtalk_secret: SecretStr | None = None
    wecom_webhook: SecretStr | None = None
    feishu_webhook: SecretStr | None = None
    feishu_secret: SecretStr | None = None
    email_host: str | None = None
    email_port: int | None = None
    email_security: EmailSecurity = EmailSecurity.STARTTLS
    email_user: str | None = None
    email_password: SecretStr | None = None
    email_from: str | None = None
    # A file with the robots of groups of their own; it holds secrets, so it is not in config/.
    webhooks: Path | None = None
    # Best on another disk than what it is a backup of.
    backups: Path | None = None
    # A folder that colleagues may write into, while the home is closed to them.
    inbox: Path | None = None
    # Where it is said that cards were due and none went out: best not where the cards go.
    alarm_address: str | None = None
    # The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: nobody else's are.
    trusted_proxies: str = ""
    # Who could sign in before users were rows: imported once.
    users: Path | None = None

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, listed: str) -> str:
        for address in _listed(listed):
            ip_network(address)
        return listed

    @property
    def proxies(self) -> tuple[str, ...]:
        """Return the addresses and networks of the proxies in front of the server."""
        return _listed(self.trusted_proxies)

    @property
    def is_production(self) -> bool:
        return self.environment.strip() == "production"

    @property
    def allowed(self) -> frozenset[str]:
        """Return the addresses that a card may reach outside production."""
        return frozenset(_listed(self.allowed_addresses))

    @property
    def chosen_channel(self) -> Channel:
        """Return where cards go: as it is set, else Slack where there is a token, else files."""
        if self.channel is not None:
            return self.channel
        return Channel.FILE if self.slack_token is None else Channel.SLACK

    @property
    def alarm_route(self) -> Route | None:
        """Return where an alarm goes; `email:…` names another channel than the cards'."""
        if self.alarm_address is None:
            return None
        return route_of(self.alarm_address, chosen=self.chosen_channel)

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address of the database, the embedded one by default."""
        if self.database_url is None:
            return f"sqlite:///{self.home.resolve() / 'junheng.db'}"
        # People write postgresql://; the driver we bring is psycopg 3.
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def users_file(self) -> Path:
        """Where older versions kept who may sign in; it is imported into the database once."""
        return self.users or self.home / "users.yaml"

    @property
    def told_folder(self) -> Path:
        """Where it is marked what operators were told while there was no database."""
        return self.home / "told"

    @property
    def received_folder(self) -> Path:
        """Where every file is kept as it was sent, under its hash."""
        return self.home / "received"

    @property
    def evidence_folder(self) -> Path:
        """Where evidence is kept, each file under its hash."""
        return self.home / "evidence"

    @property
    def ledgers_folder(self) -> Path:
        """Where the ledger's workbooks lie, for the office to hand out."""
        return self.home / "ledgers"

    @property
    def inbox_folder(self) -> Path:
        """Where an office lays what is sent in, a folder a year, for the scheduled round."""
        return self.inbox or self.home / "inbox"

    @property
    def outbox_folder(self) -> Path:
        """Where messages lie that no chat takes."""
        return self.home / "outbox"

    @property
    def heartbeat(self) -> Path:
        """What the last chase did, for an outside monitor."""
        return self.home / "heartbeat.json"

    @property
    def backups_folder(self) -> Path:
        """Where backups lie that are given no place of their own."""
        return self.backups or self.home / "backups"

    @property
    def unfinished_restore(self) -> Path:
        """What lies in a home while it is restored, and no longer."""
        return self.home / "restore-unfinished.txt"

    @property
    def reports_folder(self) -> Path:
        """Where the verdict reports lie, for whoever opens them in a browser."""
        return self.home / "reports"


class SettingsUnusable(Refusal):
    """We cannot work, because a JUNHENG_ setting says what it cannot say."""


class HomeUnusable(Refusal):
    """We cannot work, because JUNHENG_HOME is no folder that we can make and write."""


instead: ContextVar[Settings] = ContextVar("in place of the environment's")


def settings() -> Settings:
    """Return the settings of the present environment, which a test or a flow may have changed.

    Raises:
        SettingsUnusable: a setting says what it cannot say.

    """
    if (changed := instead.get(None)) is not None:
        return changed
    given = (item for item in os.environ.items() if item[0].upper().startswith(PREFIX))
    try:
        return _parsed(frozenset(given))
    except ValidationError as error:
        names = "、".join(f"JUNHENG_{fault['loc'][0]}".upper() for fault in error.errors())
    # Out here pydantic's own error, which quotes what was set, is no longer the context.
    raise SettingsUnusable(wording.packaged().settings.not_understood.format(names=names))


@lru_cache(maxsize=8)
def _parsed(_environment: frozenset[tuple[str, str]]) -> Settings:
    """Parse each environment once: pydantic takes 4 ms, and every session asks three times."""
    return Settings()


def prepare_home() -> None:
    """Make the folder that everything is kept in; raises HomeUnusable.

    From then on, only our account may read what this process writes.
    """
    chosen = settings()
    home = chosen.home.absolute()
    if chosen.unfinished_restore.exists():
        raise HomeUnusable(unfinished_restore(home))
    try:
        home.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise HomeUnusable(_refusal(home, _home_words().is_a_file)) from error
    except OSError as error:
        reason = _home_words().not_made.format(reason=why(error))
        raise HomeUnusable(_refusal(home, reason)) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise HomeUnusable(_refusal(home, _home_words().not_writable))
    os.umask(_OTHERS)


def unfinished_restore(home: Path) -> str:
    """Return what is said of a home that a restore was left in the middle of."""
    return wording.packaged().settings.unfinished_restore.format(home=home)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for listed in re.split(r"[,，]", text) if (part := listed.strip()))


def _refusal(home: Path, reason: str) -> str:
    return _home_words().unusable.format(home=home, reason=reason)


def _home_words() -> HomeWords:
    return wording.packaged().settings.home
