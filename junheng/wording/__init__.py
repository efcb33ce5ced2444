"""What officials and operators read, as typed models: one module for each file of config/wording.

A sentence is checked when it is loaded: a missing or misspelt key, and a placeholder that the code
does not fill in, are told with file and line.
"""

from functools import cache
from pathlib import Path

from junheng import config_files
from junheng.wording.backups import BackupWords
from junheng.wording.chase.mail import MailWords
from junheng.wording.chase.network import NetworkWords
from junheng.wording.chase.outbox import OutboxWords
from junheng.wording.chase.people import PeopleWords
from junheng.wording.chase.robots import RobotWords
from junheng.wording.chase.withdrawals import WithdrawalWords
from junheng.wording.intake.arrivals import ArrivalWords
from junheng.wording.intake.samples import SampleWords
from junheng.wording.intake.school_register import SchoolRegisterWords
from junheng.wording.judging.judging import JudgingWords
from junheng.wording.judging.pages import PageWords
from junheng.wording.ledger.milestones import MilestoneWords
from junheng.wording.ledger.workdays import WorkdayWords
from junheng.wording.machine.archives import ArchiveWords
from junheng.wording.machine.database import DatabaseWords
from junheng.wording.machine.disk import DiskWords
from junheng.wording.machine.run_locks import RunLockWords
from junheng.wording.machine.settings import SettingsWords
from junheng.wording.machine.users_file import UsersFileWords
from junheng.wording.words import Words


class Wording(Words):
    """All of config/wording: a field for each file, named like it."""

    archives: ArchiveWords
    arrivals: ArrivalWords
    backups: BackupWords
    database: DatabaseWords
    disk: DiskWords
    judging: JudgingWords
    mail: MailWords
    milestones: MilestoneWords
    network: NetworkWords
    outbox: OutboxWords
    pages: PageWords
    people: PeopleWords
    robots: RobotWords
    run_locks: RunLockWords
    samples: SampleWords
    school_register: SchoolRegisterWords
    settings: SettingsWords
    users_file: UsersFileWords
    withdrawals: WithdrawalWords
    workdays: WorkdayWords


def load(folder: Path) -> Wording:
    """Return the wording of a folder; raises RulebookUnusable, which names file and line."""
    paths = {name: folder / f"{name}.yaml" for name in Wording.model_fields}
    return _loaded(folder, tuple(config_files.digest(path) for path in paths.values()))


@cache
def _loaded(folder: Path, digests: tuple[str, ...]) -> Wording:
    # Read once a process for each state of the files.
    del digests
    files = {
        name: config_files.parsed(folder / f"{name}.yaml", field.annotation)
        for name, field in Wording.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Words)
    }
    return Wording.model_validate(files)


def packaged() -> Wording:
    """Return the wording that the program brings along.

    For what has to be said where no rulebook is at hand, or where the office's own copy of
    config/ cannot be read.
    """
    return load(config_files.PACKAGED / "wording")
