"""Gathers a year's figures for judging: the current ones, or those of an earlier evaluation."""

from collections.abc import Iterable, Sequence

from junheng.domain.intake.submissions import Counted, RegisteredSchool, Standing
from junheng.domain.judging import frames
from junheng.domain.people.districts import towns_in_place
from junheng.rulebook import Rulebook
from junheng.store import findings as findings_store
from junheng.store import submissions as store
from junheng.store.database.database import Session
from junheng.store.tables.evaluation import EvaluationRow
from tasks.intake.register import YearRegister


def counted_now(year_register: YearRegister) -> tuple[Counted, ...]:
    """Return the submissions of each reporter that count now."""
    return tuple(
        Counted(entry.code, entry.status is Standing.RECEIVED, entry.counted)
        for entry in year_register.entries
    )


def gathered(
    session: Session,
    rulebook: Rulebook,
    counted: Sequence[Counted],
    schools: Iterable[RegisteredSchool],
    *,
    year: int,
    rules_year: int,
) -> frames.YearData:
    """Return the data of a year for judging by the rules of a year."""
    by_code = {school.code: school for school in schools}
    numbers = [number for source in counted for number in source.submissions]
    by_submission: dict[int, dict[tuple[str, str], frames.Value]] = {}
    for figure in store.figures(session, numbers):
        value = figure.number if figure.number is not None else figure.text
        by_submission.setdefault(figure.submission_id, {})[figure.subject, figure.key] = value
    return frames.YearData(
        district_code=rulebook.district.code,
        records=tuple(
            _record(source, by_code.get(source.reporter), by_submission) for source in counted
        ),
        plan_tasks=plan_units(rulebook),
        school_form=rulebook.school_form(year, rules_year=rules_year),
        department_form=rulebook.department_form(year),
    )


def of_evaluation(
    session: Session, rulebook: Rulebook, evaluation: EvaluationRow
) -> frames.YearData:
    """Return the data that an evaluation was made from, with the register of that time."""
    schools = store.register_of(session, evaluation.register_collection_id)
    counted, year = findings_store.counted(evaluation), evaluation.school_year
    return gathered(
        session, rulebook, counted, schools, year=year, rules_year=evaluation.rules_year
    )


def _record(
    source: Counted,
    school: RegisteredSchool | None,
    by_submission: dict[int, dict[tuple[str, str], frames.Value]],
) -> frames.Record:
    values: dict[tuple[str, str], frames.Value] = {}
    for number in source.submissions:
        values |= by_submission.get(number, {})
    reported = values if source.submissions else None
    return frames.Record(source.reporter, school, source.is_received, reported)


def plan_units(rulebook: Rulebook) -> tuple[tuple[int, str], ...]:
    """Return every (plan task number, accountable unit); 各镇街 stands for every town."""
    towns: Iterable[str] = rulebook.district.towns
    return tuple(
        (task.number, unit)
        for task in rulebook.plan.tasks
        for unit in towns_in_place(task.units, towns)
    )
