"""Checks a machine: everything the office needs, each with what to do where it is missing.

What it says stands here, for it is said also where config/ cannot be read.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from junheng import bootstrap
from junheng.adapters import legacy_users_file as old_file
from junheng.adapters.robots import webhook_file
from junheng.domain.office_days import OFFICE_ZONE
from junheng.domain.operations.health_checks import Found, years_missing
from junheng.domain.people.routes import Channel
from junheng.store.database import database
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
FULL = "怎样腾出空间见 docs/operations/disk-full.md"
OLDEST_BACKUP, OLDEST_CHASE = timedelta(days=2), timedelta(days=1)
EIGHT_HOURS = timedelta(hours=8)
OPEN_TO_OTHERS = 0o077
Check = Callable[[datetime], Found]


def python(_now: datetime) -> Found:
    here = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Found(
            is_well=False, said=f"现在是 {here}，需要 3.11 以上；请换一个 Python 再运行 make setup"
        )
    return Found(is_well=True, said=here)


def packages(_now: datetime) -> Found:
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        return Found(is_well=False, said=f"缺少 {'、'.join(missing)}；请运行 make setup")
    return Found(is_well=True, said="依赖齐全")


def home(_now: datetime) -> Found:
    bootstrap.prepare_home()
    folder = bootstrap.settings().home.absolute()
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"1")
    except OSError as error:
        return Found(is_well=False, said=f"{folder} 写不了（{error.strerror}）；请检查权限和磁盘")
    return Found(is_well=True, said=f"{folder} 可以写入")


def space(_now: datetime) -> Found:
    folder = bootstrap.settings().home.absolute()
    free = shutil.disk_usage(folder).free / GIGABYTE
    if free < FREE_GIGABYTES:
        said = f"{folder} 只剩 {free:.1f} GB，至少要 {FREE_GIGABYTES} GB；{FULL}"
        return Found(is_well=False, said=said)
    return Found(is_well=True, said=f"剩余 {free:.0f} GB")


def clock(now: datetime) -> Found:
    if now.astimezone(ZoneInfo("Asia/Shanghai")).utcoffset() != EIGHT_HOURS:
        return Found(is_well=False, said="时区数据不对；请运行 make setup，或安装系统的 tzdata")
    last = _heartbeat().at
    if last is not None and last > now:
        return Found(
            is_well=False, said=f"本机时钟比上次催办（{last}）还早；请校准时钟（如 timedatectl）"
        )
    return Found(
        is_well=True, said=f"北京时间 {now.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}，请与手表核对"
    )


def tables(_now: datetime) -> Found:
    revision = database.revision_at(bootstrap.settings().database)
    if not revision:
        return Found(is_well=True, said="还没有数据表，第一次使用时自动建立")
    if not database.is_known(revision):
        said = f"数据表是 {revision}，由较新版本的程序建立；请升级本程序，或从备份恢复"
        return Found(is_well=False, said=said)
    newest = database.head()
    # Asking it would bring older tables up to date, which is not for a check to do.
    because = bootstrap.why_read_only() if revision == newest else None
    if because is not None:
        return Found(is_well=False, said=because)
    return Found(
        is_well=True,
        said=f"可以连接，数据表 {revision}"
        + ("" if revision == newest else f"，将升级到 {newest}"),
    )


def config(_now: datetime) -> Found:
    rulebook = bootstrap.rulebook()
    return Found(
        is_well=True, said=f"{rulebook.district.name}，配置文件 {len(rulebook.files)} 个都读得出来"
    )


def contacts(now: datetime) -> Found:
    gaps = contact_gaps.gaps(_day(now))
    if gaps:
        return Found(is_well=False, said=contact_gaps.sentence(bootstrap.rulebook(), gaps))
    return Found(is_well=True, said="每个单位都有可联系的人")


def channel(now: datetime) -> Found:
    """Say whether every channel that cards go by is set up; nothing is sent."""
    chosen = bootstrap.settings()
    messengers = bootstrap.messengers(lambda _: None, lambda: now)
    if chosen.webhooks is not None:
        webhook_file.read(chosen.webhooks, config=chosen.config)
    people = bootstrap.rulebook().contacts.contacts
    ours = [one for one in people if one.is_in_force(_day(now))]
    used = {Channel(one.channel_or(chosen.chosen_channel.value)) for one in ours}
    missing = sorted(one for one in used if not messengers.is_set_up(one))
    if missing:
        said = f"{'、'.join(missing)} 还没有设置；README.md 的设置表写明要设置什么"
        return Found(is_well=False, said=said)
    if used <= {Channel.FILE, Channel.CONSOLE}:
        return Found(
            is_well=False, said="没有设置任何渠道，卡片只放在 outbox 里；请设置 JUNHENG_CHANNEL"
        )
    if not chosen.is_production:
        said = "现在是试运行，卡片到不了各单位；正式运行请设置 JUNHENG_ENVIRONMENT=production"
        return Found(is_well=False, said=said)
    return Found(is_well=True, said=f"{'、'.join(sorted(used))} 已设置")


def secrets(_now: datetime) -> Found:
    chosen = bootstrap.settings()
    listed = (chosen.users_file, old_file.set_aside_path(chosen.users_file), chosen.webhooks)
    files = [path for path in listed if path is not None]
    opened = [path for path in files if path.exists() and path.stat().st_mode & OPEN_TO_OTHERS]
    if opened:
        named = " ".join(str(path.absolute()) for path in opened)
        return Found(is_well=False, said=f"别人也能读，其中有密钥；请执行 chmod 600 {named}")
    return Found(is_well=True, said="只有本账号能读")


def people(_now: datetime) -> Found:
    names = users.expected()
    if not names:
        said = "还没有，谁也登录不了操作界面；请运行 junheng users add 姓名"
        return Found(is_well=False, said=said)
    return Found(is_well=True, said="、".join(names))


def alarm(_now: datetime) -> Found:
    address = bootstrap.settings().alarm_address
    if address is None:
        said = "运行失败或中断了没有人知道；请设置 JUNHENG_ALARM_ADDRESS"
        return Found(is_well=False, said=said)
    return Found(is_well=True, said=f"出了事告知 {address}")


def backup(now: datetime) -> Found:
    folder = bootstrap.settings().backups_folder.absolute()
    newest = next(iter(backups.newest_first()), None)
    if newest is None:
        return Found(
            is_well=False,
            said=f"{folder} 里还没有备份；请运行 junheng backup，并设好每天的定时备份",
        )
    made_at = datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    if now - made_at > OLDEST_BACKUP:
        said = (
            f"最近一份是 {made_at.astimezone(OFFICE_ZONE):%Y-%m-%d} 的；"
            "请运行 junheng backup，并查明定时备份为什么没有运行"
        )
        return Found(is_well=False, said=said)
    return Found(is_well=True, said=newest.name)


def chased(now: datetime) -> Found:
    beat = _heartbeat()
    if beat.day is None:
        said = "还没有催办过；Prefect 运行时每天 8:30 自动催办，也可以手动运行 junheng chase"
        return Found(is_well=False, said=said)
    if _day(now) - beat.day > OLDEST_CHASE:
        said = f"最近一次催办是 {beat.day}；请查看 Prefect 里 daily-chase 的运行记录"
        return Found(is_well=False, said=said)
    if beat.alarm:
        return Found(is_well=False, said=beat.alarm)
    return Found(is_well=True, said=f"最近一次催办是 {beat.day}")


def calendar(now: datetime) -> Found:
    missing = years_missing(bootstrap.rulebook().calendar, _day(now))
    if missing:
        years = "、".join(map(str, missing))
        said = (
            f"没有 {years} 年的节假日安排；请按国务院办公厅通知写入 config/calendar，"
            "见 docs/operations/calendar-missing.md"
        )
        return Found(is_well=False, said=said)
    return Found(is_well=True, said="节假日安排齐全")


# In the order in which they are put right.
CHECKS: tuple[tuple[str, Check], ...] = (
    ("Python", python),
    ("程序", packages),
    ("工作文件夹", home),
    ("磁盘", space),
    ("时钟", clock),
    ("数据库", tables),
    ("配置", config),
    ("联系人", contacts),
    ("渠道", channel),
    ("密钥文件", secrets),
    ("登录用户", people),
    ("值班人员", alarm),
    ("备份", backup),
    ("催办", chased),
    ("节假日", calendar),
)


def _day(now: datetime) -> date:
    return now.astimezone(OFFICE_ZONE).date()


class Beat(BaseModel):
    """What the last chase wrote down of itself, as far as it can be read."""

    day: date | None = None
    at: datetime | None = None
    alarm: str | None = None


def _heartbeat() -> Beat:
    path = bootstrap.settings().heartbeat
    try:
        return Beat.model_validate_json(path.read_text("utf-8")) if path.exists() else Beat()
    except ValidationError:
        return Beat()
