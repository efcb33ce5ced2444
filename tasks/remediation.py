"""Opens a remediation for each shortfall of a year's evaluation; again, and nothing is doubled."""

from datetime import date

from junheng import bootstrap
from junheng.domain import remediation
from junheng.rulebook import Rulebook
from junheng.store import findings as findings_store
from junheng.store import remediations as store
from junheng.store import submissions as submissions_store
from junheng.store.database import Session


class NothingEvaluated(LookupError):
    """We cannot open remediations, because the year has not been evaluated."""


def remediate(*, year: int, today: date) -> int:
    """Return how many remediations were opened; raises NothingEvaluated, DutyMissing."""
    rulebook = bootstrap.rulebook()
    district = rulebook.district.code
    with bootstrap.session() as session:
        evaluation = findings_store.latest(session, district, year, rules_year=year)
        if evaluation is None or evaluation.id is None:
            raise NothingEvaluated(f"{year}年还没有评估，请先运行：junheng evaluate --year {year}")
        found = remediation.shortfalls(
            findings_store.of_evaluation(session, evaluation.id),
            {line.id: line for line in rulebook.standard.lines},
        )
        orders = _orders(session, rulebook, found, year, today)
        return store.open_all(
            session,
            orders,
            district_code=district,
            school_year=year,
            evaluation_id=evaluation.id,
        )


def _orders(
    session: Session,
    rulebook: Rulebook,
    found: tuple[remediation.Shortfall, ...],
    year: int,
    today: date,
) -> tuple[remediation.Order, ...]:
    schools = submissions_store.register(session, rulebook.district.code, year)
    return remediation.orders(
        found,
        roster=rulebook.roster,
        towns={school.code: school.town for school in schools},
        names={school.code: school.name for school in schools}
        | {rulebook.district.code: rulebook.district.name},
        limits=rulebook.ladder.time_limits,
        calendar=rulebook.calendar,
        today=today,
    )
