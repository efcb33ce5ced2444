"""The checks of `junheng doctor` on a machine: account, folders, server, page and sign-in."""

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
from junheng import bootstrap, wording
from junheng.domain.operations.health_checks import Found, Subject
from junheng.wording.operations.doctor import DoctorWords

# Prefect without a key answers this to everybody.
PROTECTED_PATH = "/api/admin/version"
SIGN_IN = "/sign-in"
INSTALL = "docs/operations/install.md"
# The settings file of the services on an installed machine.
SETTINGS_OF_SERVICES = Path("/etc/junheng/junheng.env")


def account(_now: datetime) -> Found:
    """Check that this account and the services can use each other's files."""
    words = _words().account
    if "JUNHENG_HOME" not in os.environ and SETTINGS_OF_SERVICES.exists():
        said = words.no_settings.format(settings=SETTINGS_OF_SERVICES, install=INSTALL)
        return Found(is_well=False, said=said)
    bootstrap.prepare_home()
    home, name = bootstrap.settings().home.absolute(), _name_of(os.geteuid())
    owner = home.stat().st_uid
    if os.geteuid() == 0 != owner:
        said = words.root.format(home=home, owner=_name_of(owner), install=INSTALL)
        return Found(is_well=False, said=said)
    closed = [path for path in _files_in(home) if not os.access(path, os.W_OK)]
    if closed:
        paths = "、".join(map(str, closed))
        return Found(
            is_well=False, said=words.not_ours.format(paths=paths, account=name, home=home)
        )
    return Found(is_well=True, said=words.well.format(account=name))


def _files_in(home: Path) -> Iterator[Path]:
    for folder in (home, home / "prefect"):
        if folder.is_dir():
            yield from sorted(folder.iterdir())


def writable(_now: datetime) -> Found:
    """Check that every folder that our processes write into is writable."""
    words = _words().writable
    places = [*library_folders.libraries(), *_our_own()]
    refused = library_folders.unwritable(iter(places))
    if refused:
        said = "；".join(
            words.refused.format(setting=place.setting, folder=place.folder, reason=reason)
            for place, reason in refused.items()
        )
        account_name = _name_of(os.geteuid())
        return Found(
            is_well=False,
            said=words.remedy.format(refused=said, account=account_name, install=INSTALL),
        )
    home = bootstrap.settings().home.resolve()
    outside = [place for place in places if not place.folder.resolve().is_relative_to(home)]
    names = "、".join(f"{place.setting}={place.folder}" for place in outside)
    elsewhere = words.elsewhere.format(names=names) if outside else ""
    return Found(is_well=True, said=words.well.format(count=len(places), elsewhere=elsewhere))


def _our_own() -> Iterator[Place]:
    settings = bootstrap.settings()
    yield Place("JUNHENG_HOME", settings.home)
    yield Place("JUNHENG_INBOX", settings.inbox_folder)
    yield Place("JUNHENG_BACKUPS", settings.backups_folder)


def prefect(_now: datetime) -> Found:
    """Check that the server runs, or that its port is free."""
    words = _words().prefect
    try:
        server = configured()
    except PrefectNotRunning as error:
        return Found(is_well=False, said=str(error))
    if server.auth is not None and server.auth.endswith(f":{PLACEHOLDER}"):
        return Found(is_well=False, said=words.placeholder)
    # The remedy for an overloaded SQLite is PostgreSQL.
    is_sqlite = not os.environ.get("JUNHENG_PREFECT_DATABASE_URL")
    if is_sqlite and (refused := refused_writes(Path(os.environ[library_folders.PREFECT_HOME]))):
        said = words.overloaded.format(locked=refused.locked, dead_letters=refused.dead_letters)
        return Found(is_well=False, said=said)
    if server.is_port_free():
        return Found(is_well=True, said=words.free.format(port=server.port))
    is_ours = server.is_healthy()
    said = (
        words.running.format(address=server.address)
        if is_ours
        else words.taken.format(port=server.port)
    )
    return Found(is_well=is_ours, said=said)


def page(_now: datetime) -> Found:
    """Check that the running server shows its UI."""
    try:
        server = configured()
        if not server.is_healthy():
            return Found(is_well=True, said=_words().page.not_running)
        shown = ui_probe.check(server) if server.auth else _sign_in_page(server)
        return Found(is_well=True, said=shown)
    except PrefectNotRunning as error:
        return Found(is_well=False, said=str(error))
    except NoPage as error:
        return Found(is_well=False, said=_words().page.broken.format(reason=error))


def _sign_in_page(server: PrefectServer) -> str:
    """Return the sentence that names the sign-in page, the only page shown without a sign-in."""
    page = ui_probe.get(server, SIGN_IN)
    if page.status != http.client.OK or not page.kind.startswith("text/html"):
        raise NoPage(f"{server.address}{page.path}：{page.status} {page.kind}")
    return _words().page.sign_in_only.format(address=server.address, path=page.path)


def sign_in(_now: datetime) -> Found:
    """Check that the running server requires a sign-in."""
    try:
        server = configured()
        if not server.is_healthy():
            return Found(is_well=True, said=_words().page.not_running)
        stranger = PrefectServer(server.port, server.host)
        # A browser that asks for HTML would be redirected to the sign-in page.
        answer = ui_probe.get(stranger, PROTECTED_PATH, takes="application/json")
    except PrefectNotRunning as error:
        return Found(is_well=False, said=str(error))
    except NoPage as error:
        return Found(is_well=False, said=_words().page.broken.format(reason=error))
    is_well = answer.status == http.client.UNAUTHORIZED
    said = _words().sign_in.well if is_well else _words().sign_in.open_to_all
    return Found(is_well=is_well, said=said.format(address=server.address, status=answer.status))


def _words() -> DoctorWords:
    return wording.packaged().doctor


def _name_of(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


CHECKS = (
    (Subject.ACCOUNT, account),
    (Subject.WRITABLE, writable),
    (Subject.PREFECT, prefect),
    (Subject.PAGE, page),
    (Subject.SIGN_IN, sign_in),
)
