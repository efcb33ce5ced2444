"""The steps as Prefect tasks: each does its work, then logs and publishes the result."""

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
    """Return the time when the run first began: a retry continues with the same day."""
    return now


@step(StepName.NOTE_STARTED)
def note_started(by: str, reason: str, now: datetime) -> None:
    """Record in the history the person who started this run; nothing for a scheduled run."""
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
    """Stop the run if units have neither contact nor substitute; not retried."""
    contact_gaps.check(today, now=clock(), despite=despite_gaps)
    get_run_logger().info("%s", run_words.contacts(today, despite_gaps))


class Collected(TypedDict):
    """The result of a collection: the hash of the current data, the places of unread files.

    Only plain values: a newer version may read this cached result in a retry.
    """

    data_hash: str
    unread: list[str]


@step(StepName.COLLECT)
def collect(folder: str, year: int, now: datetime, on: date) -> Collected:
    """Collect a year's folder and publish the register.

    A file that another program has open causes a retry; the last try continues without it.

    Raises:
        FileHeld: a file cannot be read now, and there are retries left.

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
    unread = [file.place for file in taken.unread]
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
    """Log the results of copies and the unread files; raises FileHeld for a retry."""
    log = get_run_logger()
    # The copies are already processed, even if the step is retried.
    for copy in taken.copies:
        for line in replies.sentences(copy):
            log.info("%s", line)
    held = [file.place for file in taken.unread if file.obstacle.may_pass]
    if held and not is_last_try():
        sentence = bootstrap.rulebook().wording.runs.held
        raise FileHeld(sentence.format(file="、".join(held)))
    for line in unread_files.lines(taken.unread):
        log.warning("%s", line)


@step(StepName.CHOOSE_YEAR)
def years_in_hand(school_year: int) -> list[int]:
    """Return the newest collected year as a list; empty before the first collection.

    In September this is still the year before, because the new year has no reports yet.
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
    """Judge a year and publish the verdicts; the evaluation logs a warning for a broken line.

    `collected` is the hash of the data that this run collected. Later data count too: a retry of
    an old run must not judge by outdated data.
    """
    show = artifacts.progress("evaluate", year)
    evaluated = evaluation.evaluate(year=year, now=now, show=show)
    if collected and collected != evaluated.data_hash:
        get_run_logger().info("%s", bootstrap.rulebook().wording.runs.newer_data)
    get_run_logger().info("%s", artifacts.show_verdicts(year))


@step(StepName.WRITE_REPORT, kept=OF_THE_VERDICTS)
def write_report(year: int, today: date) -> None:
    """Write the verdict report and publish the overall answer with the report's path."""
    path = report.write(year, today)
    # A dry run discards the files that it writes.
    data_docs = None if rehearsals.is_on() else report.write_data_docs(year)
    get_run_logger().info("%s", artifacts.show_answer(year, today, path, data_docs))
    if data_docs is not None:
        sentence = bootstrap.rulebook().wording.recognition.report
        get_run_logger().info("%s", sentence.format(path=path.resolve()))


@step(StepName.KEEP_UP)
def keep_up(today: date, *, clock: Clock) -> None:
    """Open recurring duties, end expired waivers, and recalculate provisional due dates."""
    changes = upkeep.keep_up(today, now=clock())
    for line in changes or (bootstrap.rulebook().wording.runs.nothing_due,):
        get_run_logger().info("%s", line)


class CardsStillOwed(Transient):
    """We cannot end the sending, because chat is failing and cards are still owed."""


class CardsRefused(Refusal):
    """We cannot end the sending, because chat refuses cards; an operator must correct this."""


@step(StepName.DRAFT_CARDS)
def owe_cards(today: date, *, clock: Clock) -> None:
    """Store the day's card for each recipient, to be sent later."""
    log = get_run_logger()
    sentence = bootstrap.rulebook().wording.runs.owed_cards
    log.info("%s", sentence.format(count=cards.owe_cards(today, clock=clock, say=log.warning)))


@step(StepName.SEND_CARDS, waits=SLOW_BACKOFF_SECONDS)
def send_cards(today: date, now: datetime | None, *, clock: Clock) -> None:
    """Send the owed cards and publish the day's cards; transient failures are retried.

    Outside the send window, by `now`, nothing is sent; `now` is None for a replayed day. A dry run
    only shows the cards.

    Raises:
        CardsStillOwed: chat is failing; a retry may succeed.
        CardsRefused: chat refuses some recipients, or our credentials.
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
    """Log a card of the channel console; cards of other channels are in the outbox."""
    if bootstrap.settings().chosen_channel is Channel.CONSOLE:
        get_run_logger().info("%s", card)


class LedgerBroken(Refusal):
    """We cannot vouch for the ledger, because it differs from its history."""


@step(StepName.AUDIT)
def audit() -> None:
    """Compare ledger and evidence with the history and publish the differences.

    Raises:
        LedgerBroken: there are differences; a person must find the cause.
    """
    found = auditing.verify()
    artifacts.show_audit(found)
    if found.breaks:
        sentence = bootstrap.rulebook().wording.runs.audit_broken
        raise LedgerBroken(sentence.format(count=len(found.breaks), first=found.breaks[0]))
    get_run_logger().info("%s", found.summary)


@step(StepName.TIDY)
def tidy(now: datetime) -> None:
    """Purge old results of steps, old locks and old marks."""
    folder = get_current_settings().results.local_storage_path
    if folder is not None:
        dropped = result_retention.drop_old(folder, now=now)
        sentence = bootstrap.rulebook().wording.runs.tidied
        get_run_logger().info("%s", sentence.format(count=dropped))
    result_retention.drop_left(bootstrap.settings().home, now=now)
    run_locks.forget_old(bootstrap.settings().running_folder, now=now)
    alarm_marks.forget_old(bootstrap.settings().told_folder, now=now)
