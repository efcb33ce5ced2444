"""Backs everything up into one file, and restores it into an empty home and database."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from junheng import bootstrap, wording
from junheng.adapters import sending_marks
from junheng.adapters.files import archives, pages, private_files
from junheng.adapters.files.archives import ArchiveUnusable
from junheng.adapters.sending_marks import LostDays
from junheng.domain.history.hash_chain import BEGINNING
from junheng.domain.office_days import day_of
from junheng.domain.operations import backups
from junheng.domain.operations.backups import FORM, Manifest
from junheng.refusals import Refusal
from junheng.settings import Settings
from junheng.store import dumps
from junheng.store.database import database
from tasks.history import auditing
from tasks.operations import restored_config, restored_inbox

# The data that cannot be recreated. Prefect's database is left out: it only logs past runs.
INBOX = "inbox"
FOLDERS = ("received", "evidence", INBOX, "reports", "ledgers", "outbox")
HEARTBEAT, TABLES, CONFIG, DISTRICT = "heartbeat.json", "tables", "config", "district"
NAME = "junheng-{district}-{moment:%Y%m%d-%H%M%S}.tar.gz"
NAMES = "junheng-{district}-*.tar.gz"
HALF = ".part"


class RestoreRefused(Refusal):
    """We cannot restore, because the target is not empty, or the backup has another format."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup and its manifest."""

    path: Path
    manifest: Manifest

    @property
    def sentence(self) -> str:
        manifest = self.manifest
        wording = bootstrap.rulebook().wording.backups
        sentence = wording.broken if manifest.breaks else wording.made
        return sentence.format(path=self.path, size=_megabytes(self.path), **_counts(manifest))


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore; `breaks` are the faults that the audit found in its history."""

    home: Path
    manifest: Manifest
    breaks: tuple[str, ...]
    inbox: Path
    kept_aside: tuple[Path, ...]

    @property
    def of_inbox(self) -> tuple[str, ...]:
        """Return the sentences about where the inbox was restored, none for an empty inbox."""
        if not any(name.startswith(f"{INBOX}/") for name in self.manifest.members):
            return ()
        wording = bootstrap.rulebook().wording.backups
        values = {"folder": self.inbox, "count": len(self.kept_aside), "aside": self.home / INBOX}
        aside = (wording.inbox_aside,) if self.kept_aside else ()
        return tuple(sentence.format(**values) for sentence in (wording.inbox, *aside))

    @property
    def sentence(self) -> str:
        wording = bootstrap.rulebook().wording.backups.restored
        sentence = wording.not_sound if self.breaks else wording.sound
        return sentence.format(home=self.home, day=self.manifest.day, **_counts(self.manifest))


def back_up(target: Path | None, *, now: datetime, today: date) -> BackedUp:
    """Write a backup of everything; without a target, into the folder of backups.

    Raises:
        NotWritten: the archive cannot be written.

    """
    chosen, rulebook = bootstrap.settings(), bootstrap.rulebook()
    name = NAME.format(district=rulebook.district.code, moment=now)
    path = (target or chosen.backups_folder / name).absolute()
    bootstrap.prepare_home()
    breaks = len(auditing.verify().breaks)
    with tempfile.TemporaryDirectory(dir=chosen.home, prefix=".backup-") as folder:
        # Rows first: a file is stored before the row that names it, so every named file is there.
        snapshot = dumps.dump(chosen.database, Path(folder))
        with archives.written(path) as writer:
            for name_in_archive, member in (*_below(Path(folder), TABLES), *_kept(chosen)):
                with suppress(FileNotFoundError):  # deleted meanwhile
                    writer.add(name_in_archive, member)
            manifest = Manifest(
                form=FORM,
                version=version("junheng"),
                district=rulebook.district.code,
                day=today,
                made_at=now,
                revision=snapshot.revision,
                counts=dict(snapshot.counts),
                heads=dict(snapshot.heads),
                breaks=breaks,
                members=writer.members,
            )
            writer.close_with(manifest.model_dump_json(indent=1))
    return BackedUp(path, manifest)


def drop_old(kept: int) -> tuple[Path, ...]:
    """Delete all but the `kept` newest backups of the folder of backups; return the deleted."""
    old = newest_first()[kept:]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def newest_first() -> tuple[Path, ...]:
    """Return the backups of the folder of backups; their names sort by time."""
    district = bootstrap.rulebook().district.code
    found = bootstrap.settings().backups_folder.glob(NAMES.format(district=district))
    return tuple(sorted(found, reverse=True))


def _kept(chosen: Settings) -> Iterator[tuple[str, Path]]:
    for name in FOLDERS:
        yield from _below(chosen.inbox_folder if name == INBOX else chosen.home / name, name)
    if chosen.heartbeat.exists():
        yield HEARTBEAT, chosen.heartbeat
    yield from _below(chosen.config, CONFIG)
    own = Path(chosen.district)
    if not (chosen.config / chosen.district).is_dir() and own.is_dir():
        yield from _below(own, DISTRICT)


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != HALF:
            yield f"{name}/{path.relative_to(folder).as_posix()}", path


def restore(path: Path, *, now: datetime) -> Restored:
    """Restore a backup into the home and the database of the settings, which must be empty.

    The days since the backup are recorded as lost: the next chase looks for their cards.

    Raises:
        ArchiveUnusable: the file is no backup, or was changed since it was written.
        RestoreRefused: the home or the database is not empty, or the backup is too new.

    """
    chosen = bootstrap.settings()
    _must_be_empty(chosen)
    manifest = _manifest(path)
    home, marker = chosen.home.absolute(), chosen.unfinished_restore
    pages.put(marker, f"{path}\n")
    folder = home / f".{TABLES}"
    archives.unpack(path, lambda name: _place(name, chosen, tables=folder))
    # The database is filled last and as a whole: until then it is empty, and a restore can restart.
    found = dumps.fill(
        chosen.database, folder / TABLES, revision=manifest.revision, made_at=manifest.made_at
    )
    shutil.rmtree(folder)
    for name, listed, counted in backups.differences(manifest.snapshot, found):
        differs = wording.packaged().restore.differs
        raise RestoreRefused(differs.format(name=name, listed=listed, found=counted))
    with database.session(chosen.database) as session:
        audit = auditing.of_database(session, bootstrap.rulebook())
    restored_config.complete(home / CONFIG)
    lost = LostDays(first=day_of(manifest.made_at), last=day_of(now))
    sending_marks.put(chosen.lost_days, lost)
    private_files.tighten(home, shared={chosen.inbox_folder.absolute()})
    marker.unlink()
    aside = restored_inbox.kept_aside(chosen)
    return Restored(home, manifest, audit.breaks, chosen.inbox_folder.absolute(), aside)


def _must_be_empty(chosen: Settings) -> None:
    if chosen.unfinished_restore.exists():
        raise RestoreRefused(bootstrap.unfinished_restore(chosen.home.absolute()))
    if chosen.home.exists() and (not chosen.home.is_dir() or any(chosen.home.iterdir())):
        not_empty = wording.packaged().restore.not_empty
        raise RestoreRefused(not_empty.format(home=chosen.home.absolute()))
    if not dumps.is_empty(chosen.database):
        raise RestoreRefused(wording.packaged().database.not_empty)


def _manifest(path: Path) -> Manifest:
    fields, words = archives.checked(path), wording.packaged().restore
    if fields.get("form") != FORM:
        raise RestoreRefused(words.too_new.format(path=path, version=fields.get("version")))
    try:
        manifest = Manifest.model_validate(fields)
    except ValidationError as error:
        raise ArchiveUnusable(words.no_manifest.format(path=path)) from error
    if not database.is_known(manifest.revision):
        raise RestoreRefused(words.too_new.format(path=path, version=manifest.version))
    for name in manifest.members:
        if PurePosixPath(name).parts[0] not in {*FOLDERS, HEARTBEAT, TABLES, CONFIG, DISTRICT}:
            raise ArchiveUnusable(words.no_place.format(path=path, name=ascii(name)))
    return manifest


def _place(name: str, chosen: Settings, *, tables: Path) -> Path:
    first = PurePosixPath(name).parts[0]
    if first == INBOX:
        return restored_inbox.place(name, chosen)
    return (tables if first == TABLES else chosen.home.absolute()) / name


def _counts(manifest: Manifest) -> Mapping[str, Any]:
    kept = [name for name in manifest.members if not name.startswith(f"{TABLES}/")]
    return {
        "tables": len(manifest.counts),
        "rows": sum(manifest.counts.values()),
        "files": len(kept),
        "head": manifest.heads.get(manifest.district, BEGINNING)[:16],
        "breaks": manifest.breaks,
    }


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1_000_000:.1f}"
