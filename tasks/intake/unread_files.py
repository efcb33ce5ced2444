"""Files that could not be read: kept as what lies there, beside what their senders sent before.

Nothing is known of their content, so they have no part of a form: they never count, and take the
place of nothing that counts.
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
    """Return what keeps a file from being read, and what comes of it."""
    return fault_sentences.fault_sentence(_fault(file), bootstrap.rulebook().wording.faults)


def lines(files: Iterable[UnreadFile]) -> tuple[str, ...]:
    """Return what is said of each file to whoever collects."""
    template = bootstrap.rulebook().wording.runs.unread
    return tuple(template.format(file=one.place, sentence=sentence(one)) for one in files)


def submissions(
    files: Iterable[UnreadFile],
    schools: Iterable[RegisteredSchool],
    rulebook: Rulebook,
    *,
    year: int,
) -> tuple[NewSubmission, ...]:
    """Return each file as a submission of whom its name names, without any part of a form."""
    by_code = {school.code: school for school in schools}
    read = [(file, one) for file in files for one in _reporters(file, by_code, rulebook, year)]
    # A report of another room may have the same name: its positions begin at 0.
    return tuple(_submission(file, -at, reporter) for at, (file, reporter) in enumerate(read, 1))


def _reporters(
    file: UnreadFile, schools: school_reports.Register, rulebook: Rulebook, year: int
) -> Iterator[str]:
    """Yield whom a file's name names, '' for nobody; copies of the ledger are told of elsewhere."""
    fault, stem = _fault(file), file.stem
    match file.room:
        case Room.SCHOOLS:
            shut = school_reports.refused(fault, file_stem=stem, register=schools)
            yield shut.reporter or ""
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
