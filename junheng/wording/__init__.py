"""What officials and operators read, as typed models: one module for each file of config/wording.

A sentence is checked when it is loaded: a missing or misspelt key, and a placeholder that the code
does not fill in, are told with file and line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from junheng import config_files
from junheng.wording.chase.cards import CardWords
from junheng.wording.chase.channels import ChannelWords
from junheng.wording.chase.chat import ChatWords
from junheng.wording.chase.contacts import ContactWords
from junheng.wording.judging.figures import FigureNames
from junheng.wording.judging.handbook import HandbookWords
from junheng.wording.judging.recognition import RecognitionWords
from junheng.wording.judging.report import ReportWords
from junheng.wording.judging.trace import TraceWords
from junheng.wording.judging.units import UnitWords
from junheng.wording.ledger.scorecards import ScorecardWords
from junheng.wording.operations.alarms import AlarmWords
from junheng.wording.operations.artifacts import ArtifactWords
from junheng.wording.operations.audit import AuditWords
from junheng.wording.operations.backups import BackupWords
from junheng.wording.operations.guard import GuardWords
from junheng.wording.operations.listings import ListingWords
from junheng.wording.operations.runs import RunWords
from junheng.wording.operations.summary import SummaryWords
from junheng.wording.words import Words

# Read by junheng/config_files.py itself, to say what is wrong with any of the others.
_READ_ELSEWHERE = frozenset({"config_mistakes"})


@dataclass(frozen=True, slots=True)
class Wording:
    """All of config/wording: a field for each file, named like it."""

    alarms: AlarmWords
    artifacts: ArtifactWords
    audit: AuditWords
    backups: BackupWords
    cards: CardWords
    channels: ChannelWords
    chat: ChatWords
    contacts: ContactWords
    duties: Mapping[str, Any]
    evidence: Mapping[str, Any]
    faults: Mapping[str, Any]
    figures: FigureNames
    guard: GuardWords
    handbook: HandbookWords
    ledger: Mapping[str, Any]
    ledger_book: Mapping[str, Any]
    listings: ListingWords
    recognition: RecognitionWords
    register: Mapping[str, Any]
    report: ReportWords
    runs: RunWords
    scorecards: ScorecardWords
    sign_off: Mapping[str, Any]
    summary: SummaryWords
    trace: TraceWords
    units: UnitWords


def load(folder: Path) -> Wording:
    """Return the wording of a folder; raises RulebookUnusable, which names file and line."""
    models = get_type_hints(Wording)
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in models and path.stem not in _READ_ELSEWHERE:
            raise config_files.unknown_file(path, known=models)
    return _loaded(folder, tuple(config_files.digest(_path(folder, name)) for name in models))


@cache
def _loaded(folder: Path, digests: tuple[str, ...]) -> Wording:
    # Read once a process for each state of the files.
    del digests
    models: dict[str, Any] = get_type_hints(Wording)
    files = {name: _file(_path(folder, name), model) for name, model in models.items()}
    return Wording(**files)


def _file(path: Path, model: Any) -> Any:
    if isinstance(model, type) and issubclass(model, Words):
        return config_files.parsed(path, model)
    return config_files.read(path)


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.yaml"


def packaged() -> Wording:
    """Return the wording that the program brings along.

    For what has to be said where no rulebook is at hand, or where the office's own copy of
    config/ cannot be read.
    """
    return load(config_files.PACKAGED / "wording")
