"""Takes in a folder of what schools and departments sent: kept as sent, read, and stored."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path, PurePosixPath

from junheng import bootstrap, wording
from junheng.adapters.files import evidence_files, pages, workbooks
from junheng.adapters.files.workbooks import Opened
from junheng.domain.intake import (
    department_files,
    fault_sentences,
    file_names,
    register,
    school_reports,
)
from junheng.domain.intake.department_files import DepartmentFile
from junheng.domain.intake.forms import Problem
from junheng.domain.intake.sheets import Obstacle
from junheng.domain.intake.submissions import Fault, RegisteredSchool, Reported
from junheng.domain.office_days import OFFICE_ZONE
from junheng.rulebook import Rulebook
from junheng.store import submissions as store
from junheng.store.submissions import NewFault, NewSubmission
from tasks.intake import arrivals, samples, unread_files
from tasks.intake.arrivals import FolderUnusable as FolderUnusable
from tasks.intake.arrivals import ReceivedFile, Sorted, UnreadFile
from tasks.progress import Progress, unseen
from tasks.workbook import replies
from tasks.workbook.replies import CopyTaken

CORRECTION_MARK = "更正"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a collection: of each copy of the ledger, and the files nobody could read."""

    copies: tuple[CopyTaken, ...]
    unread: tuple[UnreadFile, ...] = ()


def collect(
    folder: Path,
    *,
    year: int,
    now: datetime,
    on: date | None = None,
    show: Progress = unseen,
) -> Taken:
    """Keep and read everything in a year's folder; return what came of it.

    What copies answer counts on the day `on`, that of `now` where none is said: a copy that came
    on Friday may be read on Monday. A file that cannot be read stops no other: it is named, and
    what came of it before goes on counting.

    Raises:
        FolderUnusable: there is no such folder, no register, or nothing a year's folder holds.
        SampleRefused: sample and real reports would meet in one database.
        FileHeld: the register of a year that has none yet, or a whole room, cannot be read.

    """
    rulebook = bootstrap.rulebook()
    found = arrivals.received(folder)
    arrived = arrivals.sort_out(found, rulebook.wording.ledger_book, show)
    # A folder may hold copies of the ledger and nothing else; one with nothing at all is a mistake.
    if not arrived.is_ledgers_only or _register_files(folder):
        arrived = _keep_reports(folder, arrived, rulebook, year, now)
    arrived = _kept(arrived)
    day = on or now.astimezone(OFFICE_ZONE).date()
    taken = tuple(replies.take(copy, on=day, now=now) for _, copy in arrived.copies)
    return Taken((*taken, *_lost(arrived.unplaced, rulebook)), arrived.unread)


def _lost(
    unplaced: Iterable[tuple[ReceivedFile, Opened | None]], rulebook: Rulebook
) -> Iterator[CopyTaken]:
    """Yield what is said of each file that lies among the copies and was not taken."""
    evidence = bootstrap.settings().evidence_folder
    wording = rulebook.wording.ledger.book
    for file, opened in unplaced:
        # What was entered when a copy named it may go on lying there.
        if evidence_files.verify(evidence, file.sha256):
            continue
        said = wording.unplaced.format(file=file.name)
        if opened is not None and opened.sheets is None:
            shut = fault_sentences.fault_sentence(_does_not_open(opened), rulebook.wording.faults)
            said = wording.shut.format(file=file.name, sentence=shut)
        yield CopyTaken(file.name, "", 0, (said,))


def _keep_reports(
    folder: Path, arrived: Sorted, rulebook: Rulebook, year: int, now: datetime
) -> Sorted:
    """Keep what schools and departments sent; return what arrived, less what got lost meanwhile."""
    schools, unread = _register(folder, rulebook, year)
    with bootstrap.session() as session:
        # Before anything of it is kept, and once more when its rows are.
        samples.refuse_mixing(session, schools)
    reports = (file for file, _ in arrived.reports)
    samples.refuse_stray(reports, schools, has_register=bool(_register_files(folder)))
    arrived = _kept(arrived.without(unread))
    submissions = (
        *_read_all(arrived.reports, schools, rulebook, year),
        *unread_files.submissions(arrived.unread, schools, rulebook, year=year),
    )
    with bootstrap.session() as session:
        samples.refuse_mixing(session, schools)
        store.keep(
            session,
            district_code=rulebook.district.code,
            school_year=year,
            folder=file_names.readable(str(folder.resolve())),
            digest=_digest(arrived, schools, rulebook, year),
            received_at=now,
            register=schools,
            submissions=submissions,
        )
    return arrived


def _register(
    folder: Path, rulebook: Rulebook, year: int
) -> tuple[tuple[RegisteredSchool, ...], tuple[UnreadFile, ...]]:
    """Return who must report, and the register itself where it could not be read now."""
    found = _register_files(folder)
    if not found:
        return _known_register(rulebook, year, folder), ()
    if found[0].is_symlink():
        return _register_before(found[0], Opened(None, Obstacle.NOT_A_FILE), rulebook, year)
    (opened,) = workbooks.open_all(found[:1])
    if opened.obstacle.is_unread:
        return _register_before(found[0], opened, rulebook, year)
    if not opened.sheets:
        said = fault_sentences.fault_sentence(_does_not_open(opened), rulebook.wording.faults)
        raise FolderUnusable(f"{found[0]}：{said}")
    try:
        return register.read(opened.sheets[0], form=rulebook.school_form(year)), ()
    except register.RegisterUnusable as error:
        raise FolderUnusable(f"{found[0]}：{error}") from error


def _register_before(
    path: Path, opened: Opened, rulebook: Rulebook, year: int
) -> tuple[tuple[RegisteredSchool, ...], tuple[UnreadFile, ...]]:
    """Return the year's register as it was known before; raises FileHeld where there is none."""
    with bootstrap.session() as session:
        known = store.register(session, rulebook.district.code, year)
    if not known:
        raise arrivals.held(path)
    return known, (
        UnreadFile(path, file_names.readable(path.name), None, opened.obstacle, opened.detail),
    )


def _register_files(folder: Path) -> list[Path]:
    beside = (path for path in folder.glob("*") if path.suffix.lower() in workbooks.SUFFIXES)
    return sorted(path for path in beside if _is_register(path.name))


def _is_register(name: str) -> bool:
    return file_names.readable(name).startswith(f"{register.TITLE}.")


def _known_register(rulebook: Rulebook, year: int, folder: Path) -> tuple[RegisteredSchool, ...]:
    """Return the year's register as collected before: a folder of corrections needs no other."""
    with bootstrap.session() as session:
        known = store.register(session, rulebook.district.code, year)
    if not known:
        without = wording.packaged().arrivals.without_register
        raise FolderUnusable(without.format(folder=folder, register=register.TITLE))
    return known


def _digest(
    arrived: Sorted, schools: Iterable[RegisteredSchool], rulebook: Rulebook, year: int
) -> str:
    digest = hashlib.sha256()
    for file, _ in arrived.reports:
        digest.update(f"{file.is_school}\0{file.name}\0{file.sha256}\n".encode())
    for unread in arrived.unread:
        digest.update(f"{unread.place}\0{unread.obstacle}\n".encode())
    for school in schools:
        digest.update(repr(school).encode())
    for form in (rulebook.school_form(year), rulebook.department_form(year)):
        digest.update(form.model_dump_json().encode())
    return digest.hexdigest()


def _kept(arrived: Sorted) -> Sorted:
    """Keep each file as it was sent, and leave out what cannot be read any more."""
    files = (file for file, _ in (*arrived.reports, *arrived.copies))
    return arrived.without(tuple(file for one in files if (file := _lost_in_keeping(one))))


def _lost_in_keeping(file: ReceivedFile) -> UnreadFile | None:
    """Keep a file under its hash: whole or not at all, and only once."""
    folder = bootstrap.settings().received_folder
    kept = folder / file.sha256[:2] / f"{file.sha256}{file.path.suffix.lower()}"
    if kept.exists():
        return None
    try:
        content = file.path.read_bytes()
    except OSError as error:
        return arrivals.unread(file, workbooks.unread(error), error.strerror or "")
    # What was saved again since is another file: the next collection reads it.
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return arrivals.unread(file, Obstacle.HELD)
    with pages.written_whole(kept) as half:
        half.write_bytes(content)
    return None


def _read_all(
    reports: Sequence[tuple[ReceivedFile, Opened]],
    schools: Iterable[RegisteredSchool],
    rulebook: Rulebook,
    year: int,
) -> tuple[NewSubmission, ...]:
    by_code = {school.code: school for school in schools}
    # Two rooms may hold files of the same name: their reports are counted on.
    positions: defaultdict[str, Iterator[int]] = defaultdict(count)
    return tuple(
        _submission(file, next(positions[file.name]), reported, rulebook)
        for file, content in reports
        for reported in _reports(file, content, by_code, rulebook, year)
    )


def _reports(
    file: ReceivedFile,
    opened: Opened,
    schools: school_reports.Register,
    rulebook: Rulebook,
    year: int,
) -> tuple[Reported, ...]:
    stem = file.stem
    is_csv = file.path.suffix.lower() == ".csv"
    shut = None if opened.sheets is not None else _does_not_open(opened)
    if not file.is_school:
        return department_files.read(
            DepartmentFile(stem, opened.sheets, is_csv, shut),
            rulebook.reporting_departments(year),
            form=rulebook.department_form(year),
            year=year,
        )
    if opened.sheets is None:
        refused = _does_not_open(opened)
        return (school_reports.refused(refused, file_stem=stem, register=schools),)
    return school_reports.read(
        opened.sheets,
        file_stem=stem,
        form=rulebook.school_form(year),
        register=schools,
        year=year,
    )


def _does_not_open(opened: Opened) -> Fault:
    details = {"because": opened.obstacle.value, "detail": opened.detail}
    return Fault(Problem.DOES_NOT_OPEN, details=details)


def _submission(
    file: ReceivedFile,
    position: int,
    reported: Reported,
    rulebook: Rulebook,
) -> NewSubmission:
    return NewSubmission(
        reporter=reported.reporter or "",
        is_school=file.is_school,
        parts=reported.parts,
        file=file.name,
        position=position,
        sha256=file.sha256,
        modified_at=file.modified_at,
        is_correction=CORRECTION_MARK in PurePosixPath(file.name).name,
        faults=tuple(
            NewFault(
                fault.problem,
                fault.sheet,
                fault.cell,
                fault.item,
                fault.found,
                fault_sentences.fault_sentence(fault, rulebook.wording.faults),
            )
            for fault in reported.faults
        ),
        figures=reported.figures,
    )
