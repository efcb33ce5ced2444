"""Files that could not be read: stored as submissions without content.

They have no parts of a form: they never count, and do not replace an earlier submission.
"""

from collections.abc import Iterable, Iterator

from junheng import bootstrap
from junheng.domain.intake import department_files, fault_sentences, school_reports
from junheng.domain.intake.department_files import DepartmentFile
from junheng.domain.intake.forms import Problem
from junheng.domain.intake.submissions import Fault, RegisteredSchool
from junheng.rulebook import Rulebook
from junheng.store.submissions import NewFault, NewSubmission
from tasks.intake.arrivals import Room, UnreadFile


def sentence(file: UnreadFile) -> str:
    """Return the sentence with the obstacle of a file and its consequence."""
    return fault_sentences.fault_sentence(_fault(file), bootstrap.rulebook().wording.faults)


def lines(files: Iterable[UnreadFile]) -> tuple[str, ...]:
    """Return a line about each file for the log of the collection."""
    template = bootstrap.rulebook().wording.runs.unread
    return tuple(template.format(file=file.place, sentence=sentence(file)) for file in files)


def submissions(
    files: Iterable[UnreadFile],
    schools: Iterable[RegisteredSchool],
    rulebook: Rulebook,
    *,
    year: int,
) -> tuple[NewSubmission, ...]:
    """Return each file as a submission of the reporter in its name, without parts of a form."""
    by_code = {school.code: school for school in schools}
    named = [
        (file, reporter) for file in files for reporter in _reporters(file, by_code, rulebook, year)
    ]
    # Negative positions: a report in another room may have the same name, with positions from 0.
    return tuple(
        _submission(file, -number, reporter) for number, (file, reporter) in enumerate(named, 1)
    )


def _reporters(
    file: UnreadFile, schools: school_reports.Register, rulebook: Rulebook, year: int
) -> Iterator[str]:
    """Yield the reporters in a file's name, '' if there is none; nothing for ledger copies."""
    fault, stem = _fault(file), file.stem
    match file.room:
        case Room.SCHOOLS:
            reported = school_reports.refused(fault, file_stem=stem, register=schools)
            yield reported.reporter or ""
        case Room.DEPARTMENTS:
            sent = DepartmentFile(stem, None, file.path.suffix.lower() == ".csv", fault)
            departments = rulebook.reporting_departments(year)
            form = rulebook.department_form(year)
            for report in department_files.read(sent, departments, form=form, year=year):
                yield report.reporter or ""
        case Room.LEDGERS | None:
            return


def _submission(file: UnreadFile, position: int, reporter: str) -> NewSubmission:
    return NewSubmission(
        reporter=reporter,
        is_school=file.room is Room.SCHOOLS,
        parts=frozenset(),
        file=file.name,
        position=position,
        sha256="",
        modified_at=0,
        is_correction=False,
        faults=(NewFault(Problem.DOES_NOT_OPEN, "", "", "", "", sentence(file)),),
        figures=(),
    )


def _fault(file: UnreadFile) -> Fault:
    details = {"because": file.obstacle.value, "detail": file.detail}
    return Fault(Problem.DOES_NOT_OPEN, details=details)
