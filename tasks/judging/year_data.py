"""A year's figures, gathered for judging: of what counts now, or of what counted once."""

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
    """Return what counts of each reporter today."""
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
    """Return everything that a year is judged by, under the rules of a year."""
    by_code = {school.code: school for school in schools}
    numbers = [number for one in counted for number in one.submissions]
    by_submission: dict[int, dict[tuple[str, str], frames.Value]] = {}
    for figure in store.figures(session, numbers):
        value = figure.number if figure.number is not None else figure.text
        by_submission.setdefault(figure.submission_id, {})[figure.subject, figure.key] = value
    return frames.YearData(
        district_code=rulebook.district.code,
        records=tuple(_record(one, by_code.get(one.reporter), by_submission) for one in counted),
        plan_tasks=plan_units(rulebook),
        school_form=rulebook.school_form(year, rules_year=rules_year),
        department_form=rulebook.department_form(year),
    )


def of_evaluation(
    session: Session, rulebook: Rulebook, evaluation: EvaluationRow
) -> frames.YearData:
    """Return what an evaluation was made from: what counted then, under the register of then."""
    schools = store.register_of(session, evaluation.register_collection_id)
    counted, year = findings_store.counted(evaluation), evaluation.school_year
    return gathered(
        session, rulebook, counted, schools, year=year, rules_year=evaluation.rules_year
    )


def _record(
    one: Counted,
    school: RegisteredSchool | None,
    by_submission: dict[int, dict[tuple[str, str], frames.Value]],
) -> frames.Record:
    values: dict[tuple[str, str], frames.Value] = {}
    for number in one.submissions:
        values |= by_submission.get(number, {})
    return frames.Record(one.reporter, school, one.is_received, values if one.submissions else None)


def plan_units(rulebook: Rulebook) -> tuple[tuple[int, str], ...]:
    """Return every (plan task, unit that answers for it), 各镇街 being every town."""
    towns: Iterable[str] = rulebook.district.towns
    return tuple(
        (task.number, unit)
        for task in rulebook.plan.tasks
        for unit in towns_in_place(task.units, towns)
    )
