"""Collects a year's folder: files are archived as sent, read, and stored in the database."""

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
    """The result of a collection: of each copy of the ledger, and the files not read."""

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
    """Archive and read everything in a year's folder.

    Replies in copies of the ledger count on the day `on`, by default the day of `now`: a copy that
    arrived on Friday may be read on Monday. An unreadable file is reported and skipped; an earlier
    version of it still counts.

    Raises:
        FolderUnusable: the folder, a register, or every room is missing.
        SampleRefused: sample and real data would mix in one database.
        FileHeld: the first register of a year, or a whole room, cannot be read.

    """
    rulebook = bootstrap.rulebook()
    found = arrivals.received(folder)
    arrived = arrivals.sort_out(found, rulebook.wording.ledger_book, show)
    # A folder may contain only copies of the ledger; an empty folder is a mistake.
    if not arrived.is_ledgers_only or _register_files(folder):
        arrived = _keep_reports(folder, arrived, rulebook, year, now)
    arrived = _archived(arrived)
    day = on or now.astimezone(OFFICE_ZONE).date()
    taken = tuple(replies.take(copy, on=day, now=now) for _, copy in arrived.copies)
    return Taken((*taken, *_lost(arrived.unplaced, rulebook)), arrived.unread)


def _lost(
    unplaced: Iterable[tuple[ReceivedFile, Opened | None]], rulebook: Rulebook
) -> Iterator[CopyTaken]:
    """Yield a sentence for each file among the copies that was not accepted."""
    evidence = bootstrap.settings().evidence_folder
    wording = rulebook.wording.ledger.book
    for file, opened in unplaced:
        # Evidence that was entered from a copy may stay in the folder.
        if evidence_files.verify(evidence, file.sha256):
            continue
        sentence = wording.unplaced.format(file=file.name)
        if opened is not None and opened.sheets is None:
            fault = fault_sentences.fault_sentence(_does_not_open(opened), rulebook.wording.faults)
            sentence = wording.shut.format(file=file.name, sentence=fault)
        yield CopyTaken(file.name, "", 0, (sentence,))


def _keep_reports(
    folder: Path, arrived: Sorted, rulebook: Rulebook, year: int, now: datetime
) -> Sorted:
    """Store the reports; return `arrived` without the files that became unreadable meanwhile."""
    schools, unread = _register(folder, rulebook, year)
    with bootstrap.session() as session:
        # Checked before any file is archived, and again in the transaction that writes the rows.
        samples.refuse_mixing(session, schools)
    reports = (file for file, _ in arrived.reports)
    samples.refuse_stray(reports, schools, has_register=bool(_register_files(folder)))
    arrived = _archived(arrived.without(unread))
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
    """Return the schools that must report, and the register file if it could not be read."""
    found = _register_files(folder)
    if not found:
        return _known_register(rulebook, year, folder), ()
    if found[0].is_symlink():
        return _register_before(found[0], Opened(None, Obstacle.NOT_A_FILE), rulebook, year)
    (opened,) = workbooks.open_all(found[:1])
    if opened.obstacle.is_unread:
        return _register_before(found[0], opened, rulebook, year)
    if not opened.sheets:
        fault = fault_sentences.fault_sentence(_does_not_open(opened), rulebook.wording.faults)
        raise FolderUnusable(f"{found[0]}：{fault}")
    try:
        return register.read(opened.sheets[0], form=rulebook.school_form(year)), ()
    except register.RegisterUnusable as error:
        raise FolderUnusable(f"{found[0]}：{error}") from error


def _register_before(
    path: Path, opened: Opened, rulebook: Rulebook, year: int
) -> tuple[tuple[RegisteredSchool, ...], tuple[UnreadFile, ...]]:
    """Return the stored register of the year; raises FileHeld if there is none."""
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
    """Return the stored register of the year: a folder of corrections needs none of its own."""
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


def _archived(arrived: Sorted) -> Sorted:
    """Archive each file as sent; return `arrived` without those that became unreadable."""
    files = (file for file, _ in (*arrived.reports, *arrived.copies))
    return arrived.without(tuple(lost for file in files if (lost := _archive(file))))


def _archive(file: ReceivedFile) -> UnreadFile | None:
    """Archive a file under its hash, atomically and once; return it as unread if that fails."""
    folder = bootstrap.settings().received_folder
    kept = folder / file.sha256[:2] / f"{file.sha256}{file.path.suffix.lower()}"
    if kept.exists():
        return None
    try:
        content = file.path.read_bytes()
    except OSError as error:
        return arrivals.unread(file, workbooks.obstacle_of_error(error), error.strerror or "")
    # The file was saved again meanwhile: the next collection reads it.
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return arrivals.unread(file, Obstacle.HELD)
    with pages.written_whole(kept) as partial:
        partial.write_bytes(content)
    return None


def _read_all(
    reports: Sequence[tuple[ReceivedFile, Opened]],
    schools: Iterable[RegisteredSchool],
    rulebook: Rulebook,
    year: int,
) -> tuple[NewSubmission, ...]:
    by_code = {school.code: school for school in schools}
    # Two rooms may contain files of the same name: the positions of their reports continue.
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
    fault = None if opened.sheets is not None else _does_not_open(opened)
    if not file.is_school:
        return department_files.read(
            DepartmentFile(stem, opened.sheets, is_csv, fault),
            rulebook.reporting_departments(year),
            form=rulebook.department_form(year),
            year=year,
        )
    if opened.sheets is None:
        does_not_open = _does_not_open(opened)
        return (school_reports.refused(does_not_open, file_stem=stem, register=schools),)
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
