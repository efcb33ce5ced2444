"""The texts for officials and operators, as typed models: a module for each config/wording file.

Texts are checked when they are loaded: misspelt keys and unknown placeholders are reported with
file and line. Keys missing in an office's own copy of a file, such as one made for an earlier
version, are taken from the packaged file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, get_type_hints

from junheng import config_files
from junheng.wording.chase.cards import CardWords
from junheng.wording.chase.channels import ChannelWords
from junheng.wording.chase.chat import ChatWords
from junheng.wording.chase.contacts import ContactWords
from junheng.wording.chase.mail import MailWords
from junheng.wording.chase.network import NetworkWords
from junheng.wording.chase.outbox import OutboxWords
from junheng.wording.chase.people import PeopleWords
from junheng.wording.chase.robots import RobotWords
from junheng.wording.chase.slack import SlackWords
from junheng.wording.chase.withdrawals import WithdrawalWords
from junheng.wording.intake.arrivals import ArrivalWords
from junheng.wording.intake.faults import FaultWords
from junheng.wording.intake.register import RegisterWords
from junheng.wording.intake.samples import SampleWords
from junheng.wording.intake.school_register import SchoolRegisterWords
from junheng.wording.judging.figures import FigureNames
from junheng.wording.judging.handbook import HandbookWords
from junheng.wording.judging.judging import JudgingWords
from junheng.wording.judging.pages import PageWords
from junheng.wording.judging.recognition import RecognitionWords
from junheng.wording.judging.report import ReportWords
from junheng.wording.judging.trace import TraceWords
from junheng.wording.judging.units import UnitWords
from junheng.wording.ledger.duties import DutyWords
from junheng.wording.ledger.evidence import EvidenceWords
from junheng.wording.ledger.ledger import LedgerWords
from junheng.wording.ledger.ledger_book import BookWords
from junheng.wording.ledger.milestones import MilestoneWords
from junheng.wording.ledger.scorecards import ScorecardWords
from junheng.wording.ledger.sign_off import SignOffWords
from junheng.wording.ledger.workdays import WorkdayWords
from junheng.wording.machine.archives import ArchiveWords
from junheng.wording.machine.database import DatabaseWords
from junheng.wording.machine.disk import DiskWords
from junheng.wording.machine.run_locks import RunLockWords
from junheng.wording.machine.settings import SettingsWords
from junheng.wording.machine.users_file import UsersFileWords
from junheng.wording.operations.alarms import AlarmWords
from junheng.wording.operations.artifact_tables import ArtifactTables
from junheng.wording.operations.artifacts import ArtifactWords
from junheng.wording.operations.audit import AuditWords
from junheng.wording.operations.backups import BackupWords
from junheng.wording.operations.command import CommandWords
from junheng.wording.operations.doctor import DoctorWords
from junheng.wording.operations.guard import GuardWords
from junheng.wording.operations.listings import ListingWords
from junheng.wording.operations.restore import RestoreWords
from junheng.wording.operations.run_watch import RunWatchWords
from junheng.wording.operations.runs import RunWords
from junheng.wording.operations.server import ServerWords
from junheng.wording.operations.summary import SummaryWords
from junheng.wording.words import Words

# Read by junheng/config_files.py itself, to report mistakes in all other files.
_READ_ELSEWHERE = frozenset({"config_mistakes"})
_PACKAGED = config_files.PACKAGED / "wording"


@dataclass(frozen=True, slots=True)
class Wording:
    """All of config/wording: a field for each file, with the same name."""

    alarms: AlarmWords
    archives: ArchiveWords
    arrivals: ArrivalWords
    artifact_tables: ArtifactTables
    artifacts: ArtifactWords
    audit: AuditWords
    backups: BackupWords
    cards: CardWords
    channels: ChannelWords
    chat: ChatWords
    command: CommandWords
    contacts: ContactWords
    database: DatabaseWords
    disk: DiskWords
    doctor: DoctorWords
    duties: DutyWords
    evidence: EvidenceWords
    faults: FaultWords
    figures: FigureNames
    guard: GuardWords
    handbook: HandbookWords
    judging: JudgingWords
    ledger: LedgerWords
    ledger_book: BookWords
    listings: ListingWords
    mail: MailWords
    milestones: MilestoneWords
    network: NetworkWords
    outbox: OutboxWords
    pages: PageWords
    people: PeopleWords
    recognition: RecognitionWords
    register: RegisterWords
    report: ReportWords
    restore: RestoreWords
    robots: RobotWords
    run_locks: RunLockWords
    run_watch: RunWatchWords
    runs: RunWords
    samples: SampleWords
    school_register: SchoolRegisterWords
    scorecards: ScorecardWords
    server: ServerWords
    settings: SettingsWords
    sign_off: SignOffWords
    slack: SlackWords
    summary: SummaryWords
    trace: TraceWords
    units: UnitWords
    users_file: UsersFileWords
    withdrawals: WithdrawalWords
    workdays: WorkdayWords


MODELS: Mapping[str, type[Words]] = get_type_hints(Wording)


def load(folder: Path) -> Wording:
    """Return the wording of a folder; raises RulebookUnusable, which names file and line."""
    _check_files(folder)
    return _loaded(folder, tuple(config_files.digest(_path(folder, name)) for name in MODELS))


def readers(folder: Path) -> Iterator[Callable[[], object]]:
    """Yield a reader for each single file, so that a mistake in one hides none in another."""
    yield partial(_check_files, folder)
    for name, model in MODELS.items():
        yield partial(_parsed, folder, name, model)


def _check_files(folder: Path) -> None:
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in MODELS and path.stem not in _READ_ELSEWHERE:
            raise config_files.unknown_file(path)


@cache
def _loaded(folder: Path, digests: tuple[str, ...]) -> Wording:
    # Read once per process for each state of the files.
    del digests
    files: dict[str, Any] = {name: _parsed(folder, name, model) for name, model in MODELS.items()}
    return Wording(**files)


def _parsed(folder: Path, name: str, model: type[Words]) -> Words:
    own, packaged = _path(folder, name), _path(_PACKAGED, name)
    return config_files.parsed(own, model, completed_by=None if own == packaged else packaged)


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.yaml"


@cache
def packaged() -> Wording:
    """Return the packaged wording.

    For texts that are needed without a rulebook, or when the office's copy of config/ is invalid.
    """
    return object.__new__(_Packaged)


class _Packaged(Wording):
    # Reads a file when one of its sentences is first needed: a wrong command call needs only one,
    # and reading all files takes a tenth of a second.
    def __getattr__(self, name: str) -> Words:
        if name not in MODELS:
            raise AttributeError(name)
        read = config_files.parsed(_path(_PACKAGED, name), MODELS[name])
        object.__setattr__(self, name, read)
        return read
