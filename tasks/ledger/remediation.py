"""Updates the ledger by a year's newest evaluation; idempotent."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from junheng import bootstrap, wording
from junheng.domain.ledger import remediation as remediations_of
from junheng.domain.ledger import settling, shortfalls
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Remediation, Subject
from junheng.domain.ledger.settling import Judged, Key
from junheng.domain.ledger.shortfalls import Order
from junheng.refusals import Refusal
from junheng.rulebook import Rulebook
from junheng.store import findings as findings_store
from junheng.store import remediations as store
from junheng.store import submissions as submissions_store
from junheng.store.database.database import Session
from junheng.store.rows import stored_id
from junheng.store.tables.evaluation import EvaluationRow
from tasks.ledger import contact_gaps, sign_offs
from tasks.ledger.ledger import SYSTEM, Ledger


class NothingEvaluated(Refusal):
    """We cannot open remediations, because the year has not been evaluated."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How many remediations an evaluation opened, reopened, carried over and closed."""

    opened: int
    relapsed: int
    carried_over: int
    closed: int
    lapsed: int = 0


def remediate(
    *,
    year: int,
    today: date,
    now: datetime,
    by: str | None = None,
    despite_gaps: str | None = None,
) -> Settlement:
    """Update the ledger by a year and hand over all drafts, signed by `by` or the office.

    For a signer who is present; otherwise use `draft` and `sign_offs.ask`. `despite_gaps` is the
    reason to continue although units have neither contact nor substitute.

    Raises:
        NobodyToContact: units have neither contact nor substitute, and no reason is given.
        NothingEvaluated: the year has not been evaluated.
        DutyMissing: a line has no accountable unit.

    """
    rulebook = bootstrap.rulebook()
    contact_gaps.check(today, now=now, despite=despite_gaps, by=by)
    signed_by = by or rulebook.contacts.office
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        settlement = _settle_by(ledger, year, today)
        for drafted in ledger.drafts():
            ledger.hand_over(drafted, by=signed_by, on=today)
        sign_offs.signed_by_hand(ledger, by=signed_by, on=today)
        return settlement


def draft(*, year: int, today: date, now: datetime, despite_gaps: str | None = None) -> Settlement:
    """Update the ledger by a year; new and relapsed remediations are drafted, not handed over.

    `despite_gaps` is the reason to continue although units have neither contact nor substitute.

    Raises:
        NobodyToContact: units have neither contact nor substitute, and no reason is given.
        NothingEvaluated: the year has not been evaluated.
        DutyMissing: a line has no accountable unit.

    """
    contact_gaps.check(today, now=now, despite=despite_gaps)
    with bootstrap.session() as session:
        ledger = Ledger.of(session, bootstrap.rulebook(), now=now)
        return _settle_by(ledger, year, today)


def _settle_by(ledger: Ledger, year: int, today: date) -> Settlement:
    district = ledger.rulebook.district.code
    evaluation = findings_store.latest(ledger.session, district, year, rules_year=year)
    if evaluation is None:
        raise NothingEvaluated(_nothing_evaluated(year))
    return _settle(ledger, evaluation, today)


def _settle(ledger: Ledger, evaluation: EvaluationRow, today: date) -> Settlement:
    session, district = ledger.session, ledger.district
    number = stored_id(evaluation)
    known = [item for item in store.ledger(session, district) if not item.period]
    settled = settling.settle(
        known,
        _judged(session, ledger.rulebook, evaluation),
        by=SYSTEM,
        today=today,
        newest_year=max((remediation.followed_year for remediation in known), default=0),
    )
    first = store.next_number(session, district, evaluation.school_year)
    for offset, order in enumerate(settled.drafts):
        reference = f"{district}-{evaluation.school_year}-{first + offset:04d}"
        drafted = _drafted(ledger, order, reference, evaluation.school_year, today)
        ledger.draft(drafted, by=SYSTEM, on=today, evaluation_id=number)
    for remediation, acts in settled.acts:
        for act in acts:
            remediation = ledger.act(remediation, act, evaluation_id=number)  # noqa: PLW2901
    made = [act.move for _, acts in settled.acts for act in acts]
    return Settlement(
        opened=len(settled.drafts),
        relapsed=made.count(Move.REOPEN),
        lapsed=made.count(Move.LAPSE),
        carried_over=made.count(Move.CARRY_OVER),
        closed=made.count(Move.CLOSE_BY_DATA),
    )


def _judged(session: Session, rulebook: Rulebook, evaluation: EvaluationRow) -> Judged:
    lines = {line.id: line for line in rulebook.standard.lines}
    found = findings_store.of_evaluation(session, stored_id(evaluation))
    return Judged(
        school_year=evaluation.school_year,
        failing=_orders(session, rulebook, shortfalls.shortfalls(found, lines), evaluation),
        put_right=frozenset(
            key
            for key in findings_store.put_right(session, evaluation)
            # A verdict of an attested line is a unit's own statement: it closes on evidence only.
            if not rulebook.evidence.is_attested(key[0])
        ),
        same_data=_by_rule(session, evaluation),
        passed_since=_passed_since(session, evaluation),
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


def _passed_since(session: Session, evaluation: EvaluationRow) -> frozenset[Key]:
    """Return the keys that pass in the newest evaluation of a later year, by its own rules."""
    passed: set[Key] = set()
    for year in findings_store.years_after(session, evaluation):
        newest = findings_store.latest(session, evaluation.district_code, year, rules_year=year)
        if newest is not None:
            passed |= findings_store.put_right(session, newest)
    return frozenset(passed)


def _by_rule(session: Session, evaluation: EvaluationRow) -> frozenset[Key]:
    """Return the keys that pass because of changed rules: they last failed with the same data."""
    by_rule: set[Key] = set()
    failed_later: frozenset[Key] = frozenset()
    newer = evaluation
    for older in _earlier(session, evaluation):
        failed = findings_store.failing(session, older) - failed_later
        if older.data_hash == newer.data_hash:
            by_rule |= failed
        failed_later |= failed
        newer = older
    return frozenset(by_rule)


def _earlier(session: Session, evaluation: EvaluationRow) -> list[EvaluationRow]:
    """Return the evaluations of the same year by its own rules before this one, newest first."""
    every = findings_store.history(session, evaluation.district_code, evaluation.school_year)
    return [
        row
        for row in reversed(every)
        if row.rules_year == evaluation.rules_year and row.sequence < evaluation.sequence
    ]


def _drafted(
    ledger: Ledger, order: Order, reference: str, school_year: int, today: date
) -> Remediation:
    subject = Subject(order.line.id, order.unit, order.unit_name, order.town, items=order.items)
    return remediations_of.first_draft(
        reference,
        subject,
        order.assigned,
        school_year=school_year,
        terms=ledger.terms(order.line),
        on=today,
    )


@dataclass(frozen=True, slots=True)
class DeadCorner:
    """An (indicator, unit) that has failed in consecutive years, with its remediation if any."""

    indicator: str
    unit: str
    years: int
    remediation: Remediation | None


def dead_corners(*, year: int, at_least: int = 3) -> tuple[DeadCorner, ...]:
    """Return the dead corners up to a year, longest first.

    Raises:
        NothingEvaluated: the year has not been evaluated.

    """
    rulebook = bootstrap.rulebook()
    district = rulebook.district.code
    with bootstrap.session() as session:
        years = _years_failing(session, district, year)
        by_key = {remediation.key: remediation for remediation in store.ledger(session, district)}
    long_enough = [(key, count) for key, count in years.items() if count >= at_least]
    order = {line.id: place for place, line in enumerate(rulebook.standard.lines)}
    long_enough.sort(
        key=lambda corner: (-corner[1], order.get(corner[0][0], len(order)), corner[0])
    )
    return tuple(
        DeadCorner(indicator, unit, count, by_key.get((indicator, unit, "")))
        for (indicator, unit), count in long_enough
    )


def _years_failing(session: Session, district: str, until: int) -> Mapping[Key, int]:
    """Return the consecutive failing years of each key, each year by its newest evaluation."""
    failing: dict[int, frozenset[Key]] = {}
    year = until
    while row := findings_store.latest(session, district, year, rules_year=year):
        failing[year] = findings_store.failing(session, row)
        year -= 1
    if not failing:
        raise NothingEvaluated(_nothing_evaluated(until))
    return settling.years_failing(failing, until=until)


def _nothing_evaluated(year: int) -> str:
    return wording.packaged().judging.nothing_evaluated.format(year=year)


def sentence(settled: Settlement) -> str:
    """Return the changes of the ledger with hand-over, in one sentence."""
    return _formatted(bootstrap.rulebook().wording.ledger.settled, settled)


def drafted_sentence(settled: Settlement) -> str:
    """Return the changes of the ledger with drafts, in one sentence."""
    return _formatted(bootstrap.rulebook().wording.ledger.drafted, settled)


def _formatted(sentence: str, settled: Settlement) -> str:
    return sentence.format(**asdict(settled))
