"""What `junheng doctor` checks of an installed machine: account, places, server, page, sign-in."""

import http.client
import os
import pwd
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from app.server import library_folders
from app.server.checks import ui_probe
from app.server.checks.ui_probe import NoPage
from app.server.library_folders import Place
from app.server.prefect_client import PLACEHOLDER, PrefectNotRunning, PrefectServer, configured
from app.server.refused_writes import refused_writes
from junheng import bootstrap
from junheng.domain.operations.health_checks import Found

# Prefect itself would answer this to everybody who has no key to show, where none is set.
ASKED = "/api/admin/version"
SIGN_IN = "/sign-in"
INSTALL = "docs/operations/install.md"
# Where an installed machine keeps the settings of its services.
SETTINGS_OF_SERVICES = Path("/etc/junheng/junheng.env")

AS_ROOT = (
    "现在用的是 root，而 {home} 属于 {owner}：root 写的文件，服务用不了；"
    "请改用 sudo /usr/local/bin/junheng（{install}）"
)
UNSET = (
    "这台机器的服务按 {settings} 运行，而现在没有读到它：看到的不是服务的数据；"
    "请改用 sudo /usr/local/bin/junheng（{install}）"
)
NOT_OURS = "{paths} 不属于本账号 {account}，服务写不了；请执行 chown -R {account}: {home}"
ACCOUNT = "以 {account} 运行"
REFUSED = "{what} {folder} 写不了（{reason}）"
REMEDY = "{said}；请让 {account} 能写这些文件夹，或改设置，见 {install}"
ALL_WRITABLE = "{count} 处都可以写入{elsewhere}"
ELSEWHERE = "（另设在 JUNHENG_HOME 以外：{names}）"

FREE = "端口 {port} 没有被占用，可以启动"
OURS = "Prefect 正在 {address} 运行"
TAKEN = "端口 {port} 被别的程序占用；请结束它，或用 JUNHENG_PREFECT_PORT 换一个端口"
PLACEHOLDER_LEFT = (
    "PREFECT_API_AUTH_STRING 还是样例里的 CHANGE，谁都猜得到；"
    "请换成 openssl rand -hex 24 给出的字符，再重新启动"
)
OVERLOADED = (
    "Prefect 的数据库忙不过来：日志里有 {locked} 行 database is locked，"
    "{dead_letters} 条事件没有处理；请改用 PostgreSQL（JUNHENG_PREFECT_DATABASE_URL，"
    "见 docs/operations.md），再重新启动 Prefect"
)
NOT_RUNNING = "Prefect 没有运行，启动以后再查"
SIGN_IN_ONLY = (
    "登录页在 {address}{path}；这里没有设 PREFECT_API_AUTH_STRING，登录以后的页面请用浏览器看"
)
NO_PAGE = (
    "打不开（{reason}）；请看“可写位置”一项是否正常，"
    "再看服务日志 journalctl -u junheng-server 里有没有 UI static，改好后重新启动"
)
OPEN_TO_ALL = "{address} 不问是谁就答 {status}；请停掉它，用 junheng serve 或 junheng up 启动"
ASKS = "{address} 要求登录"


def account(_now: datetime) -> Found:
    """Say whether what this account writes can be used by the services, and the other way round."""
    if "JUNHENG_HOME" not in os.environ and SETTINGS_OF_SERVICES.exists():
        said = UNSET.format(settings=SETTINGS_OF_SERVICES, install=INSTALL)
        return Found(is_well=False, said=said)
    bootstrap.prepare_home()
    home, name = bootstrap.settings().home.absolute(), _name_of(os.geteuid())
    owner = home.stat().st_uid
    if os.geteuid() == 0 != owner:
        said = AS_ROOT.format(home=home, owner=_name_of(owner), install=INSTALL)
        return Found(is_well=False, said=said)
    closed = [path for path in _kept(home) if not os.access(path, os.W_OK)]
    if closed:
        paths = "、".join(map(str, closed))
        return Found(is_well=False, said=NOT_OURS.format(paths=paths, account=name, home=home))
    return Found(is_well=True, said=ACCOUNT.format(account=name))


def _kept(home: Path) -> Iterator[Path]:
    for folder in (home, home / "prefect"):
        if folder.is_dir():
            yield from sorted(folder.iterdir())


def writable(_now: datetime) -> Found:
    """Say whether every place that somebody writes into can be written into."""
    found = [*library_folders.libraries(), *_our_own()]
    refused = library_folders.unwritable(iter(found))
    if refused:
        said = "；".join(
            REFUSED.format(what=place.setting, folder=place.folder, reason=reason)
            for place, reason in refused.items()
        )
        who = _name_of(os.geteuid())
        return Found(is_well=False, said=REMEDY.format(said=said, account=who, install=INSTALL))
    home = bootstrap.settings().home.resolve()
    named = [place for place in found if not place.folder.resolve().is_relative_to(home)]
    names = "、".join(f"{place.setting}={place.folder}" for place in named)
    elsewhere = ELSEWHERE.format(names=names) if named else ""
    return Found(is_well=True, said=ALL_WRITABLE.format(count=len(found), elsewhere=elsewhere))


def _our_own() -> Iterator[Place]:
    chosen = bootstrap.settings()
    yield Place("JUNHENG_HOME", chosen.home)
    yield Place("JUNHENG_INBOX", chosen.inbox_folder)
    yield Place("JUNHENG_BACKUPS", chosen.backups_folder)


def prefect(_now: datetime) -> Found:
    """Say whether the server runs, or its port is free for it."""
    try:
        server = configured()
    except PrefectNotRunning as error:
        return Found(is_well=False, said=str(error))
    if server.auth is not None and server.auth.endswith(f":{PLACEHOLDER}"):
        return Found(is_well=False, said=PLACEHOLDER_LEFT)
    # PostgreSQL is what is advised where SQLite cannot keep up.
    is_sqlite = not os.environ.get("JUNHENG_PREFECT_DATABASE_URL")
    if is_sqlite and (refused := refused_writes(Path(os.environ[library_folders.PREFECT_HOME]))):
        said = OVERLOADED.format(locked=refused.locked, dead_letters=refused.dead_letters)
        return Found(is_well=False, said=said)
    if server.is_port_free():
        return Found(is_well=True, said=FREE.format(port=server.port))
    is_ours = server.is_healthy()
    said = OURS.format(address=server.address) if is_ours else TAKEN.format(port=server.port)
    return Found(is_well=is_ours, said=said)


def page(_now: datetime) -> Found:
    """Say whether the running server shows its UI."""
    try:
        server = configured()
        if not server.is_healthy():
            return Found(is_well=True, said=NOT_RUNNING)
        shown = ui_probe.check(server) if server.auth else _sign_in_page(server)
        return Found(is_well=True, said=shown)
    except PrefectNotRunning as error:
        return Found(is_well=False, said=str(error))
    except NoPage as error:
        return Found(is_well=False, said=NO_PAGE.format(reason=error))


def _sign_in_page(server: PrefectServer) -> str:
    """Say where people sign in: more is shown to nobody without a name or a key."""
    page = ui_probe.get(server, SIGN_IN)
    if page.status != http.client.OK or not page.kind.startswith("text/html"):
        raise NoPage(f"{server.address}{page.path}：{page.status} {page.kind}")
    return SIGN_IN_ONLY.format(address=server.address, path=page.path)


def sign_in(_now: datetime) -> Found:
    """Say whether the running server asks who somebody is."""
    try:
        server = configured()
        if not server.is_healthy():
            return Found(is_well=True, said=NOT_RUNNING)
        stranger = PrefectServer(server.port, server.host)
        # Not as a browser that opens a page: it would be sent to the one to sign in at.
        answer = ui_probe.get(stranger, ASKED, takes="application/json")
    except PrefectNotRunning as error:
        return Found(is_well=False, said=str(error))
    except NoPage as error:
        return Found(is_well=False, said=NO_PAGE.format(reason=error))
    is_well = answer.status == http.client.UNAUTHORIZED
    said = ASKS if is_well else OPEN_TO_ALL
    return Found(is_well=is_well, said=said.format(address=server.address, status=answer.status))


def _name_of(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


CHECKS = (
    ("账号", account),
    ("可写位置", writable),
    ("Prefect", prefect),
    ("操作界面", page),
    ("登录", sign_in),
)
