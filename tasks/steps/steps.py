"""The steps as Prefect runs them: each does its work, then shows the operator what came of it."""

from datetime import date, datetime
from pathlib import Path
from typing import TypedDict

from prefect import get_run_logger
from prefect.runtime import deployment, flow_run
from prefect.settings import get_current_settings

from junheng import bootstrap
from junheng.adapters import alarm_marks, run_locks
from junheng.domain.office_days import OFFICE_ZONE, Clock
from junheng.domain.operations.step_names import StepName
from junheng.domain.people.routes import Channel
from junheng.refusals import Refusal, Transient
from junheng.store import submissions as submissions_store
from tasks.chase import cards, watchdog
from tasks.history import auditing
from tasks.intake import arrivals, register, submissions, unread_files
from tasks.intake.arrivals import FileHeld
from tasks.judging import evaluation, report
from tasks.ledger import contact_gaps, upkeep
from tasks.operations import rehearsals, result_retention, run_requests
from tasks.steps import artifacts, run_words, sample_deployment
from tasks.steps.decorator import (
    OF_THE_VERDICTS,
    ONCE_A_RUN,
    SLOW_BACKOFF_SECONDS,
    is_last_try,
    step,
)
from tasks.workbook import replies


@step(StepName.FREEZE_TIME, kept=ONCE_A_RUN)
def frozen(now: datetime) -> datetime:
    """Return when the run first began: a retry goes on with the day that it began with."""
    return now


@step(StepName.NOTE_STARTED)
def note_started(by: str, reason: str, now: datetime) -> None:
    """Write into the history who began this run, and why; nothing where the timetable did."""
    get_run_logger().info("%s", run_words.begun(by, reason))
    run_requests.note_started(
        by,
        reason,
        work=str(deployment.name or flow_run.flow_name or ""),
        run=str(flow_run.name or ""),
        run_id=str(flow_run.id or ""),
        now=now,
    )


@step(StepName.CHECK_CONTACTS)
def check_contacts(today: date, despite_gaps: str | None, *, clock: Clock) -> None:
    """Stop the round where units have nobody who could be told; waiting would not help."""
    contact_gaps.check(today, now=clock(), despite=despite_gaps)
    get_run_logger().info("%s", run_words.contacts(today, despite_gaps))


class Collected(TypedDict):
    """What a collection left: one hash of what counts now, and where the unread files lie.

    What steps give is kept for a retry, which a newer version may make: plain values only.
    """

    data_hash: str
    unread: list[str]


@step(StepName.COLLECT)
def collect(folder: str, year: int, now: datetime, on: date) -> Collected:
    """Take in a year's folder and put the register up.

    What another program holds is waited for; at the last try the others are taken as they are.

    Raises:
        FileHeld: a file cannot be read now, and there are tries left.

    """
    log = get_run_logger()
    wording = bootstrap.rulebook().wording.runs
    log.info("%s", wording.collecting.format(year=year, folder=folder))
    for file in arrivals.being_edited(Path(folder)):
        log.warning("%s", wording.being_edited.format(file=file))
    show = artifacts.progress("collect", year)
    taken = submissions.collect(Path(folder), year=year, now=now, on=on, show=show)
    if not rehearsals.is_on():
        sample_deployment.withdraw()
    _wait_for_held(taken)
    unread = [one.place for one in taken.unread]
    with bootstrap.session() as session:
        if not register.is_collected(session, bootstrap.rulebook(), year):
            return Collected(data_hash="", unread=unread)
        year_register = register.of_year(session, bootstrap.rulebook(), year)
    today = now.astimezone(OFFICE_ZONE).date()
    for line in run_words.reporting(year_register, today):
        log.info("%s", line)
    artifacts.show_register(year_register, year, today)
    return Collected(data_hash=year_register.data_hash, unread=unread)


def _wait_for_held(taken: submissions.Taken) -> None:
    """Say what came of copies and which files were not read; raises FileHeld to be tried again."""
    log = get_run_logger()
    # What copies did is done, whether or not the step is tried again.
    for copy in taken.copies:
        for line in replies.sentences(copy):
            log.info("%s", line)
    held = [one.place for one in taken.unread if one.obstacle.may_pass]
    if held and not is_last_try():
        sentence = bootstrap.rulebook().wording.runs.held
        raise FileHeld(sentence.format(file="、".join(held)))
    for line in unread_files.lines(taken.unread):
        log.warning("%s", line)


@step(StepName.CHOOSE_YEAR)
def years_in_hand(school_year: int) -> list[int]:
    """Return the one year to look at again: the newest collected; none before the first round.

    In September the new year's forms are not in yet: the year before is still in hand.
    """
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        newest = submissions_store.newest_year(session, district, until=school_year)
    if newest is None:
        get_run_logger().info("%s", bootstrap.rulebook().wording.runs.no_year)
        return []
    get_run_logger().info("%s", bootstrap.rulebook().wording.runs.year.format(year=newest))
    return [newest]


@step(StepName.EVALUATE)
def evaluate(year: int, now: datetime, collected: str = "") -> None:
    """Judge a year and put the verdicts up; a line that broke is a warning of the evaluation's.

    `collected` is what the run took in. What came in since then counts too: a retry of an old run
    must not judge by less than is known.
    """
    show = artifacts.progress("evaluate", year)
    evaluated = evaluation.evaluate(year=year, now=now, show=show)
    if collected and collected != evaluated.data_hash:
        get_run_logger().info("%s", bootstrap.rulebook().wording.runs.newer_data)
    get_run_logger().info("%s", artifacts.show_verdicts(year))


@step(StepName.WRITE_REPORT, kept=OF_THE_VERDICTS)
def write_report(year: int, today: date) -> None:
    """Write the verdict report and put the overall answer up, with where the report lies."""
    path = report.write(year, today)
    # What a rehearsal writes is thrown away with it.
    data_docs = None if rehearsals.is_on() else report.write_data_docs(year)
    get_run_logger().info("%s", artifacts.show_answer(year, today, path, data_docs))
    if data_docs is not None:
        sentence = bootstrap.rulebook().wording.recognition.report
        get_run_logger().info("%s", sentence.format(path=path.resolve()))


@step(StepName.KEEP_UP)
def keep_up(today: date, *, clock: Clock) -> None:
    """Open what returns, end the waivers that ran out, and count assumed due dates again."""
    done = upkeep.keep_up(today, now=clock()) or (bootstrap.rulebook().wording.runs.nothing_due,)
    for said in done:
        get_run_logger().info("%s", said)


class CardsStillOwed(Transient):
    """We cannot end the sending, because chat is failing and cards still wait."""


class CardsRefused(Refusal):
    """We cannot end the sending, because chat refuses cards until an operator mends something."""


@step(StepName.DRAFT_CARDS)
def owe_cards(today: date, *, clock: Clock) -> None:
    """Owe everyone the card of the day."""
    log = get_run_logger()
    sentence = bootstrap.rulebook().wording.runs.owed_cards
    log.info("%s", sentence.format(count=cards.owe_cards(today, clock=clock, say=log.warning)))


@step(StepName.SEND_CARDS, waits=SLOW_BACKOFF_SECONDS)
def send_cards(today: date, now: datetime | None, *, clock: Clock) -> None:
    """Send what is owed and put the day's cards up; what chat failed to take is tried again.

    Nothing goes out where `now` is outside the send window; a replayed day has no hour. A rehearsal
    only shows the cards.

    Raises:
        CardsStillOwed: chat is failing; a later try may do better.
        CardsRefused: chat will not take some cards as they are addressed, or none of ours.
    """
    log = get_run_logger()
    if rehearsals.is_on():
        log.info("%s", bootstrap.rulebook().wording.runs.not_rehearsed)
        artifacts.show_cards(today)
        return
    show = artifacts.progress("send", today)
    sendings = cards.send_cards(show=_show_card, clock=clock, now=now, progress=show)
    for problem in sendings.problems:
        log.warning("%s", problem)
    log.info("%s", sendings.summary)
    log.info("%s", run_words.cards(today))
    alarm = watchdog.watch(sendings, today=today, clock=clock)
    if alarm is not None:
        log.error("%s", alarm)
    artifacts.show_cards(today)
    if sendings.waiting:
        raise CardsStillOwed(sendings.summary)
    if sendings.refused:
        raise CardsRefused(sendings.summary)


def _show_card(card: str) -> None:
    """Show a card that is shown nowhere else: those of other channels lie in the outbox."""
    if bootstrap.settings().chosen_channel is Channel.CONSOLE:
        get_run_logger().info("%s", card)


class LedgerBroken(Refusal):
    """We cannot vouch for the ledger, because it is not what its history tells of."""


@step(StepName.AUDIT)
def audit() -> None:
    """Hold ledger and evidence against the history and put up where they differ.

    Raises:
        LedgerBroken: they differ; a person has to find out why.
    """
    found = auditing.verify()
    artifacts.show_audit(found)
    if found.breaks:
        sentence = bootstrap.rulebook().wording.runs.audit_broken
        raise LedgerBroken(sentence.format(count=len(found.breaks), first=found.breaks[0]))
    get_run_logger().info("%s", found.summary)


@step(StepName.TIDY)
def tidy(now: datetime) -> None:
    """Let go of what steps gave that nobody will go on from any more."""
    folder = get_current_settings().results.local_storage_path
    if folder is not None:
        dropped = result_retention.drop_old(folder, now=now)
        sentence = bootstrap.rulebook().wording.runs.tidied
        get_run_logger().info("%s", sentence.format(count=dropped))
    result_retention.drop_left(bootstrap.settings().home, now=now)
    run_locks.forget_old(bootstrap.settings().running_folder, now=now)
    alarm_marks.forget_old(bootstrap.settings().told_folder, now=now)
