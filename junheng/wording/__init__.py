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
from junheng.wording.operations.audit import AuditWords
from junheng.wording.operations.backups import BackupWords
from junheng.wording.words import Words

# Read by junheng/config_files.py itself, to say what is wrong with any of the others.
_READ_ELSEWHERE = frozenset({"config_mistakes"})


@dataclass(frozen=True, slots=True)
class Wording:
    """All of config/wording: a field for each file, named like it."""

    alarms: Mapping[str, Any]
    artifacts: Mapping[str, Any]
    audit: AuditWords
    backups: BackupWords
    cards: Mapping[str, Any]
    channels: Mapping[str, Any]
    chat: Mapping[str, Any]
    contacts: Mapping[str, Any]
    duties: Mapping[str, Any]
    evidence: Mapping[str, Any]
    faults: Mapping[str, Any]
    figures: Mapping[str, Any]
    guard: Mapping[str, Any]
    handbook: Mapping[str, Any]
    ledger: Mapping[str, Any]
    ledger_book: Mapping[str, Any]
    listings: Mapping[str, Any]
    recognition: Mapping[str, Any]
    register: Mapping[str, Any]
    report: Mapping[str, Any]
    runs: Mapping[str, Any]
    scorecards: Mapping[str, Any]
    sign_off: Mapping[str, Any]
    summary: Mapping[str, Any]
    trace: Mapping[str, Any]
    units: Mapping[str, Any]


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
