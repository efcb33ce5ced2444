"""What officials and operators read, as typed models: one module for each file of config/wording.

A sentence is checked when it is loaded: a missing or misspelt key, and a placeholder that the code
does not fill in, are told with file and line.
"""

from functools import cache
from pathlib import Path
from typing import Any, cast, get_type_hints

from junheng import config_files
from junheng.wording.backups import BackupWords
from junheng.wording.operations.artifact_tables import ArtifactTables
from junheng.wording.operations.command import CommandWords
from junheng.wording.operations.doctor import DoctorWords
from junheng.wording.operations.restore import RestoreWords
from junheng.wording.operations.run_watch import RunWatchWords
from junheng.wording.operations.server import ServerWords
from junheng.wording.words import Words


class Wording(Words):
    """All of config/wording: a field for each file, named like it."""

    backups: BackupWords
    artifact_tables: ArtifactTables
    command: CommandWords
    doctor: DoctorWords
    restore: RestoreWords
    run_watch: RunWatchWords
    server: ServerWords


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


@cache
def packaged() -> Wording:
    """Return the wording that the program brings along.

    For what has to be said where no rulebook is at hand, or where the office's own copy of
    config/ cannot be read.
    """
    return cast("Wording", _Packaged())


class _Packaged:
    """The program's own wording: a file is read when one of its sentences is first needed.

    A wrong call of the command needs one sentence; reading all files takes a tenth of a second.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in Wording.__annotations__:
            raise AttributeError(name)
        model: type[Words] = get_type_hints(Wording)[name]
        path = config_files.PACKAGED / "wording" / f"{name}.yaml"
        return self.__dict__.setdefault(name, config_files.parsed(path, model))
