"""The sentences of config/wording/doctor.yaml."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Revision = Takes("revision", "newest")


class CheckNames(Names):
    python: str
    packages: str
    home: str
    space: str
    clock: str
    tables: str
    config: str
    contacts: str
    channel: str
    secrets: str
    people: str
    alarm: str
    backup: str
    chased: str
    calendar: str
    account: str
    writable: str
    prefect: str
    page: str
    sign_in: str


class PackageWords(Words):
    missing: Annotated[str, Takes("names")]
    well: str


class HomeWords(Words):
    not_writable: Annotated[str, Takes("folder", "reason")]
    well: Annotated[str, Takes("folder")]


class SpaceWords(Words):
    too_little: Annotated[str, Takes("folder", "free", "least")]
    well: Annotated[str, Takes("free")]


class ClockWords(Words):
    no_time_zones: str
    behind: Annotated[str, Takes("last")]
    well: Annotated[str, Takes("now")]


class TableWords(Words):
    none: str
    too_new: Annotated[str, Takes("revision")]
    well: Annotated[str, _Revision]
    older: Annotated[str, _Revision]


class ChannelWords(Words):
    not_set_up: Annotated[str, Takes("names")]
    none: str
    trial: str
    well: Annotated[str, Takes("names")]


class SecretWords(Words):
    readable: Annotated[str, Takes("paths")]
    well: str


class AlarmWords(Words):
    nobody: str
    well: Annotated[str, Takes("address")]


class BackupAgeWords(Words):
    none: Annotated[str, Takes("folder")]
    old: Annotated[str, Takes("made_at")]


class ChaseWords(Words):
    never: str
    old: Annotated[str, Takes("day")]
    well: Annotated[str, Takes("day")]


class CalendarWords(Words):
    missing: Annotated[str, Takes("years")]
    well: str


class AccountWords(Words):
    root: Annotated[str, Takes("home", "owner", "install")]
    no_settings: Annotated[str, Takes("settings", "install")]
    not_ours: Annotated[str, Takes("paths", "account", "home")]
    well: Annotated[str, Takes("account")]


class WritableWords(Words):
    refused: Annotated[str, Takes("setting", "folder", "reason")]
    remedy: Annotated[str, Takes("refused", "account", "install")]
    well: Annotated[str, Takes("count", "elsewhere")]
    elsewhere: Annotated[str, Takes("names")]


class PrefectWords(Words):
    placeholder: str
    overloaded: Annotated[str, Takes("locked", "dead_letters")]
    free: Annotated[str, Takes("port")]
    running: Annotated[str, Takes("address")]
    taken: Annotated[str, Takes("port")]


class PageWords(Words):
    not_running: str
    sign_in_only: Annotated[str, Takes("address", "path")]
    broken: Annotated[str, Takes("reason")]
    no_script: Annotated[str, Takes("address")]
    redirected: Annotated[str, Takes("address")]


class SignInWords(Words):
    open_to_all: Annotated[str, Takes("address", "status")]
    well: Annotated[str, Takes("address")]


class DoctorWords(Words):
    checks: CheckNames
    old_python: Annotated[str, Takes("version")]
    packages: PackageWords
    home: HomeWords
    space: SpaceWords
    clock: ClockWords
    tables: TableWords
    config: Annotated[str, Takes("district", "count")]
    contacts: str
    channel: ChannelWords
    secrets: SecretWords
    no_users: str
    alarm: AlarmWords
    backup: BackupAgeWords
    chased: ChaseWords
    calendar: CalendarWords
    account: AccountWords
    writable: WritableWords
    prefect: PrefectWords
    page: PageWords
    sign_in: SignInWords
