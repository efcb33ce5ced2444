"""Checks a machine for everything the office needs; a failed check says what to do.

The sentences are packaged with the program, as they are needed even if config/ cannot be read.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from junheng import bootstrap, wording
from junheng.adapters import legacy_users_file as old_file
from junheng.adapters.robots import webhook_file
from junheng.domain.office_days import OFFICE_ZONE
from junheng.domain.operations.health_checks import Found, Subject, years_missing
from junheng.domain.people.routes import Channel
from junheng.store.database import database
from junheng.wording.operations.doctor import DoctorWords
from tasks.ledger import contact_gaps
from tasks.operations import backups
from tasks.people import users

OLDEST_PYTHON = (3, 11)
PACKAGES = (
    *("prefect", "great_expectations", "pandas", "narwhals", "sqlmodel", "alembic", "psycopg"),
    *("asyncpg", "python_calamine", "openpyxl", "slack_sdk", "jinja2", "expectations", "tasks"),
)
GIGABYTE = 1_000_000_000
FREE_GIGABYTES = 2
OLDEST_BACKUP, OLDEST_CHASE = timedelta(days=2), timedelta(days=1)
EIGHT_HOURS = timedelta(hours=8)
OPEN_TO_OTHERS = 0o077
Check = Callable[[datetime], Found]


def python(_now: datetime) -> Found:
    here = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Found(is_well=False, said=_words().old_python.format(version=here))
    return Found(is_well=True, said=here)


def packages(_now: datetime) -> Found:
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        said = _words().packages.missing.format(names="、".join(missing))
        return Found(is_well=False, said=said)
    return Found(is_well=True, said=_words().packages.well)


def home(_now: datetime) -> Found:
    bootstrap.prepare_home()
    folder, words = bootstrap.settings().home.absolute(), _words().home
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"1")
    except OSError as error:
        said = words.not_writable.format(folder=folder, reason=error.strerror)
        return Found(is_well=False, said=said)
    return Found(is_well=True, said=words.well.format(folder=folder))


def space(_now: datetime) -> Found:
    folder, words = bootstrap.settings().home.absolute(), _words().space
    free = shutil.disk_usage(folder).free / GIGABYTE
    if free < FREE_GIGABYTES:
        said = words.too_little.format(folder=folder, free=free, least=FREE_GIGABYTES)
        return Found(is_well=False, said=said)
    return Found(is_well=True, said=words.well.format(free=free))


def clock(now: datetime) -> Found:
    words = _words().clock
    if now.astimezone(ZoneInfo("Asia/Shanghai")).utcoffset() != EIGHT_HOURS:
        return Found(is_well=False, said=words.no_time_zones)
    last = _heartbeat().at
    if last is not None and last > now:
        return Found(is_well=False, said=words.behind.format(last=last))
    return Found(is_well=True, said=words.well.format(now=now.astimezone(OFFICE_ZONE)))


def tables(_now: datetime) -> Found:
    words = _words().tables
    revision = database.revision_at(bootstrap.settings().database)
    if not revision:
        return Found(is_well=True, said=words.none)
    if not database.is_known(revision):
        return Found(is_well=False, said=words.too_new.format(revision=revision))
    newest = database.head()
    # `why_read_only` would migrate older tables, which a check must not do.
    because = bootstrap.why_read_only() if revision == newest else None
    if because is not None:
        return Found(is_well=False, said=because)
    said = words.well if revision == newest else words.older
    return Found(is_well=True, said=said.format(revision=revision, newest=newest))


def config(_now: datetime) -> Found:
    rulebook = bootstrap.rulebook()
    said = _words().config.format(district=rulebook.district.name, count=len(rulebook.files))
    return Found(is_well=True, said=said)


def contacts(now: datetime) -> Found:
    gaps = contact_gaps.gaps(_day(now))
    if gaps:
        return Found(is_well=False, said=contact_gaps.sentence(bootstrap.rulebook(), gaps))
    return Found(is_well=True, said=_words().contacts)


def channel(now: datetime) -> Found:
    """Check that every channel that the contacts use is set up; send nothing."""
    chosen, words = bootstrap.settings(), _words().channel
    messengers = bootstrap.messengers(lambda _: None, lambda: now)
    if chosen.webhooks is not None:
        webhook_file.read(chosen.webhooks, config=chosen.config)
    people = bootstrap.rulebook().contacts.contacts
    current = [contact for contact in people if contact.is_in_force(_day(now))]
    used = {Channel(contact.channel_or(chosen.chosen_channel.value)) for contact in current}
    missing = sorted(channel for channel in used if not messengers.is_set_up(channel))
    if missing:
        return Found(is_well=False, said=words.not_set_up.format(names="、".join(missing)))
    if used <= {Channel.FILE, Channel.CONSOLE}:
        return Found(is_well=False, said=words.none)
    if not chosen.is_production:
        return Found(is_well=False, said=words.trial)
    return Found(is_well=True, said=words.well.format(names="、".join(sorted(used))))


def secrets(_now: datetime) -> Found:
    chosen = bootstrap.settings()
    listed = (chosen.users_file, old_file.set_aside_path(chosen.users_file), chosen.webhooks)
    files = [path for path in listed if path is not None]
    opened = [path for path in files if path.exists() and path.stat().st_mode & OPEN_TO_OTHERS]
    if opened:
        named = " ".join(str(path.absolute()) for path in opened)
        return Found(is_well=False, said=_words().secrets.readable.format(paths=named))
    return Found(is_well=True, said=_words().secrets.well)


def people(_now: datetime) -> Found:
    names = users.expected()
    if not names:
        return Found(is_well=False, said=_words().no_users)
    return Found(is_well=True, said="、".join(names))


def alarm(_now: datetime) -> Found:
    address = bootstrap.settings().alarm_address
    if address is None:
        return Found(is_well=False, said=_words().alarm.nobody)
    return Found(is_well=True, said=_words().alarm.well.format(address=address))


def backup(now: datetime) -> Found:
    folder = bootstrap.settings().backups_folder.absolute()
    newest = next(iter(backups.newest_first()), None)
    if newest is None:
        return Found(is_well=False, said=_words().backup.none.format(folder=folder))
    made_at = datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    if now - made_at > OLDEST_BACKUP:
        said = _words().backup.old.format(made_at=made_at.astimezone(OFFICE_ZONE))
        return Found(is_well=False, said=said)
    return Found(is_well=True, said=newest.name)


def chased(now: datetime) -> Found:
    beat, words = _heartbeat(), _words().chased
    if beat.day is None:
        return Found(is_well=False, said=words.never)
    if _day(now) - beat.day > OLDEST_CHASE:
        return Found(is_well=False, said=words.old.format(day=beat.day))
    if beat.alarm:
        return Found(is_well=False, said=beat.alarm)
    return Found(is_well=True, said=words.well.format(day=beat.day))


def calendar(now: datetime) -> Found:
    missing = years_missing(bootstrap.rulebook().calendar, _day(now))
    if missing:
        said = _words().calendar.missing.format(years="、".join(map(str, missing)))
        return Found(is_well=False, said=said)
    return Found(is_well=True, said=_words().calendar.well)


# In the order in which an operator fixes them.
CHECKS: tuple[tuple[Subject, Check], ...] = (
    (Subject.PYTHON, python),
    (Subject.PACKAGES, packages),
    (Subject.HOME, home),
    (Subject.SPACE, space),
    (Subject.CLOCK, clock),
    (Subject.TABLES, tables),
    (Subject.CONFIG, config),
    (Subject.CONTACTS, contacts),
    (Subject.CHANNEL, channel),
    (Subject.SECRETS, secrets),
    (Subject.PEOPLE, people),
    (Subject.ALARM, alarm),
    (Subject.BACKUP, backup),
    (Subject.CHASED, chased),
    (Subject.CALENDAR, calendar),
)


def _words() -> DoctorWords:
    return wording.packaged().doctor


def _day(now: datetime) -> date:
    return now.astimezone(OFFICE_ZONE).date()


class Beat(BaseModel):
    """The heartbeat of the last chase; every field is None if the file cannot be read."""

    day: date | None = None
    at: datetime | None = None
    alarm: str | None = None


def _heartbeat() -> Beat:
    path = bootstrap.settings().heartbeat
    try:
        return Beat.model_validate_json(path.read_text("utf-8")) if path.exists() else Beat()
    except ValidationError:
        return Beat()
