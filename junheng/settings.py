"""The settings that differ between machines, read from JUNHENG_… environment variables."""

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
    """How the connection to the mail server is encrypted."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


class Home(BaseSettings):
    """The one setting that is needed before the others are validated."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    home: Path = Path("var")

    @property
    def running_folder(self) -> Path:
        """The folder in which each run's process holds a lock while it is alive."""
        return self.home / "running"


class Settings(Home):
    """Read from the environment, `JUNHENG_…`; every setting has a working default."""

    config: Path = PROJECT_ROOT / "config"
    district: str = "taierzhuang"
    database_url: str | None = None
    slack_token: SecretStr | None = None
    slack_base_url: str | None = None
    # How many seconds a new message may be missing from a channel's history.
    slack_history_lag: float = Field(default=90.0, ge=0, le=3600)
    # With this token, cards have buttons and `junheng chat` receives the presses.
    slack_app_token: SecretStr | None = None
    # The address of the ledger, linked from the card and its button. Slack rejects a whole card
    # whose button does not lead to a web address.
    ledger_url: str | None = Field(default=None, pattern=r"^https?://[!-~]{1,200}$")
    channel: Channel | None = None
    # Anything but "production" is a trial: messages go to `allowed_addresses` only.
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
    # A file with the robots of single groups; it contains secrets, so it is not in config/.
    webhooks: Path | None = None
    # Best on another disk than the home.
    backups: Path | None = None
    # A folder that colleagues may write to; they have no access to the home.
    inbox: Path | None = None
    # Receives the alarm that cards were due but not sent: best not on the channel of the cards.
    alarm_address: str | None = None
    # The only proxies whose X-Forwarded-For and X-Forwarded-Proto headers are trusted.
    trusted_proxies: str = ""
    # The users file of older versions, which had no users table: imported once.
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
        """Return the addresses to which cards may be sent outside production."""
        return frozenset(_listed(self.allowed_addresses))

    @property
    def chosen_channel(self) -> Channel:
        """Return the channel of the cards: as set, else Slack if there is a token, else files."""
        if self.channel is not None:
            return self.channel
        return Channel.FILE if self.slack_token is None else Channel.SLACK

    @property
    def alarm_route(self) -> Route | None:
        """Return the route of alarms; `email:…` names another channel than the cards'."""
        if self.alarm_address is None:
            return None
        return route_of(self.alarm_address, chosen=self.chosen_channel)

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address of the database, the embedded one by default."""
        if self.database_url is None:
            return f"sqlite:///{self.home.resolve() / 'junheng.db'}"
        # People write postgresql://; our driver is psycopg 3.
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def users_file(self) -> Path:
        """The users file of older versions, which is imported into the database once."""
        return self.users or self.home / "users.yaml"

    @property
    def told_folder(self) -> Path:
        """The marks of alarms that were sent to operators without a database."""
        return self.home / "told"

    @property
    def received_folder(self) -> Path:
        """Every received file as it was sent, under its hash."""
        return self.home / "received"

    @property
    def evidence_folder(self) -> Path:
        """Evidence, each file under its hash."""
        return self.home / "evidence"

    @property
    def ledgers_folder(self) -> Path:
        """The ledger's workbooks, for the office to hand out."""
        return self.home / "ledgers"

    @property
    def inbox_folder(self) -> Path:
        """Submitted files, one folder per year, which the scheduled run collects."""
        return self.inbox or self.home / "inbox"

    @property
    def outbox_folder(self) -> Path:
        """Messages that cannot be sent by any chat."""
        return self.home / "outbox"

    @property
    def heartbeat(self) -> Path:
        """The result of the last chase, for an external monitor."""
        return self.home / "heartbeat.json"

    @property
    def backups_folder(self) -> Path:
        """The default folder of backups."""
        return self.backups or self.home / "backups"

    @property
    def unfinished_restore(self) -> Path:
        """A marker that exists in a home only during a restore."""
        return self.home / "restore-unfinished.txt"

    @property
    def last_claim(self) -> Path:
        """The card that was claimed last; a database without that claim is an older one."""
        return self.home / "last-claim.json"

    @property
    def lost_days(self) -> Path:
        """The days whose sent cards a restored database does not contain."""
        return self.home / "lost-days.json"

    @property
    def reports_folder(self) -> Path:
        """The verdict reports, as pages for the browser."""
        return self.home / "reports"


class SettingsUnusable(Refusal):
    """We cannot work, because a JUNHENG_ setting is invalid."""


class HomeUnusable(Refusal):
    """We cannot work, because JUNHENG_HOME cannot be created or written."""


overriding_settings: ContextVar[Settings] = ContextVar("overriding_settings")


def settings() -> Settings:
    """Return the settings of the current environment, unless a test or a flow overrides them.

    Raises:
        SettingsUnusable: a setting is invalid.

    """
    if (changed := overriding_settings.get(None)) is not None:
        return changed
    given = (item for item in os.environ.items() if item[0].upper().startswith(PREFIX))
    try:
        return _parsed(frozenset(given))
    except ValidationError as error:
        names = "、".join(f"JUNHENG_{fault['loc'][0]}".upper() for fault in error.errors())
    # Raised outside of the except block: pydantic's error quotes the value, which may be secret,
    # and must not become the context of this one.
    raise SettingsUnusable(wording.packaged().settings.not_understood.format(names=names))


@lru_cache(maxsize=8)
def _parsed(_environment: frozenset[tuple[str, str]]) -> Settings:
    """Parse each environment once: pydantic takes 4 ms, and every session reads it three times."""
    return Settings()


def prepare_home() -> None:
    """Create the home folder; raises HomeUnusable.

    From then on, only our account can read what this process writes.
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
    """Return the sentence about a home whose restore was interrupted."""
    return wording.packaged().settings.unfinished_restore.format(home=home)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for listed in re.split(r"[,，]", text) if (part := listed.strip()))


def _refusal(home: Path, reason: str) -> str:
    return _home_words().unusable.format(home=home, reason=reason)


def _home_words() -> HomeWords:
    return wording.packaged().settings.home
