"""Settles the ledger by a year's newest evaluation; again, and nothing is doubled."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from junheng import bootstrap
from junheng.domain import remediation as remediations_of
from junheng.domain import settling, shortfalls
from junheng.domain.lifecycle import Move, Status
from junheng.domain.remediation import Remediation
from junheng.domain.settling import Judged, Key
from junheng.domain.shortfalls import Order
from junheng.rulebook import Rulebook
from junheng.store import findings as findings_store
from junheng.store import remediations as store
from junheng.store import submissions as submissions_store
from junheng.store.database import Session
from junheng.store.tables import EvaluationRow
from tasks import contact_gaps
from tasks.ledger import SYSTEM, Ledger


class NothingEvaluated(LookupError):
    """We cannot open remediations, because the year has not been evaluated."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How many remediations an evaluation opened, reopened, carried over and closed."""

    opened: int
    relapsed: int
    carried_over: int
    closed: int


def remediate(
    *, year: int, today: date, by: str | None = None, despite_gaps: str | None = None
) -> Settlement:
    """Settle the ledger by a year and hand over what is drafted, signed by `by` or the office.

    `despite_gaps` says why to go on although units have nobody who could be told.

    Raises:
        NobodyToContact: units have nobody who could be told, and no reason is given.
        NothingEvaluated: the year has not been evaluated.
        DutyMissing: nobody is named for a line.

    """
    rulebook = bootstrap.rulebook()
    contact_gaps.check(today, despite=despite_gaps, by=by)
    with bootstrap.session() as session:
        evaluation = findings_store.latest(session, rulebook.district.code, year, rules_year=year)
        if evaluation is None:
            raise NothingEvaluated(f"{year}年还没有评估，请先运行：junheng evaluate --year {year}")
        ledger = Ledger.of(session, rulebook, now=datetime.now(UTC))
        settlement = _settle(ledger, evaluation, today)
        for drafted in ledger.drafts():
            ledger.hand_over(drafted, by=by or rulebook.contacts.office, on=today)
        return settlement


def _settle(ledger: Ledger, evaluation: EvaluationRow, today: date) -> Settlement:
    session, district = ledger.session, ledger.district
    number = findings_store.number_of(evaluation)
    known = [one for one in store.ledger(session, district) if not one.period]
    settled = settling.settle(
        known,
        _judged(session, ledger.rulebook, evaluation, known),
        by=SYSTEM,
        today=today,
        newest_year=store.newest_year(session, district),
    )
    first = store.next_number(session, district, evaluation.school_year)
    for offset, order in enumerate(settled.drafts):
        reference = f"{district}-{evaluation.school_year}-{first + offset:04d}"
        drafted = _drafted(ledger, order, reference, evaluation.school_year, today)
        ledger.draft(drafted, by=SYSTEM, on=today, evaluation_id=number)
    for before, act in settled.acts:
        ledger.act(before, act, evaluation_id=number)
    made = [act.move for _, act in settled.acts]
    return Settlement(
        opened=len(settled.drafts),
        relapsed=made.count(Move.REOPEN),
        carried_over=made.count(Move.CARRY_OVER),
        closed=made.count(Move.CLOSE_BY_DATA),
    )


def _judged(
    session: Session,
    rulebook: Rulebook,
    evaluation: EvaluationRow,
    known: list[Remediation],
) -> Judged:
    lines = {line.id: line for line in rulebook.standard.lines}
    found = findings_store.of_evaluation(session, findings_store.number_of(evaluation))
    return Judged(
        school_year=evaluation.school_year,
        failing=_orders(session, rulebook, shortfalls.shortfalls(found, lines), evaluation),
        put_right=findings_store.put_right(session, evaluation),
        same_data=_of_same_data(session, evaluation, known),
    )


def _orders(
    session: Session,
    rulebook: Rulebook,
    found: tuple[shortfalls.Shortfall, ...],
    evaluation: EvaluationRow,
) -> tuple[Order, ...]:
    schools = submissions_store.register(session, rulebook.district.code, evaluation.school_year)
    return shortfalls.orders(
        found,
        roster=rulebook.roster,
        towns={school.code: school.town for school in schools},
        names={school.code: school.name for school in schools}
        | {rulebook.district.code: rulebook.district.name},
    )


def _of_same_data(
    session: Session, evaluation: EvaluationRow, known: list[Remediation]
) -> frozenset[Key]:
    """Return those whose last evaluation was made of the very data that this one was made of."""
    followed = store.evaluations_followed(session, evaluation.district_code)
    same = findings_store.with_data(session, evaluation.district_code, evaluation.data_hash)
    return frozenset(
        (one.indicator, one.unit) for one in known if followed.get(one.reference) in same
    )


def _drafted(
    ledger: Ledger, order: Order, reference: str, school_year: int, today: date
) -> Remediation:
    blank = Remediation(
        reference=reference,
        indicator=order.line.id,
        unit=order.unit,
        period="",
        unit_name=order.unit_name,
        town=order.town,
        school_year=school_year,
        followed_year=school_year,
        lead=order.assigned.lead,
        basis=order.assigned.basis,
        items=order.items,
        status=Status.DRAFTED,
        opened_on=today,
        receipt_due_on=today,
        due_on=today,
    )
    terms = ledger.terms(order.line)
    return remediations_of.drafted(blank, order.assigned, terms=terms, on=today)


def sentence(settled: Settlement) -> str:
    """Return what became of the ledger, in one sentence."""
    says = bootstrap.rulebook().wording["ledger"]["settled"]
    return str(says.format(**asdict(settled)))
