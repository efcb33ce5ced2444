"""The steps as Prefect runs them: each does its work, then shows the operator what came of it."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from prefect import Task, get_run_logger, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import exponential_backoff

from junheng import bootstrap
from junheng.settings import OFFICE_ZONE
from junheng.store import submissions as submissions_store
from tasks import (
    artifacts,
    chasing,
    contact_gaps,
    evaluation,
    ledger_replies,
    register,
    report,
    submissions,
    upkeep,
    watching,
)

# The folder may lie on a share, the database on another machine: both come back by themselves.
RETRIES = 3
BACKOFF = exponential_backoff(backoff_factor=5)
# Chat that fails, or asks us to slow down, wants longer.
SLOW_BACKOFF = exponential_backoff(backoff_factor=30)


def _may_heal(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Say whether waiting may help: a folder that is not there has to be put there by somebody."""
    return not isinstance(state.result(raise_on_failure=False), submissions.FolderUnusable)


@task(name="核对联系人")
def check_contacts(today: date, despite_gaps: str | None) -> None:
    """Stop the round where units have nobody who could be told; waiting would not help."""
    contact_gaps.check(today, despite=despite_gaps)


@task(
    name="收取报送",
    retries=RETRIES,
    retry_delay_seconds=BACKOFF,
    retry_jitter_factor=0.5,
    retry_condition_fn=_may_heal,
)
def collect(folder: str, year: int, now: datetime, on: date) -> None:
    """Take in a year's folder and put the register up."""
    for copy in submissions.collect(Path(folder), year=year, now=now, on=on):
        for line in ledger_replies.sentences(copy):
            get_run_logger().info("%s", line)
    with bootstrap.session() as session:
        if not register.is_collected(session, bootstrap.rulebook(), year):
            return
        year_register = register.of_year(session, bootstrap.rulebook(), year)
    artifacts.show_register(year_register, year, now.astimezone(OFFICE_ZONE).date())


@task(name="确定学年", retries=RETRIES, retry_delay_seconds=BACKOFF)
def years_in_hand(school_year: int) -> list[int]:
    """Return the one year to look at again: the newest collected; none before the first round.

    In September the new year's forms are not in yet: the year before is still in hand.
    """
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        newest = submissions_store.newest_year(session, district, until=school_year)
    if newest is None:
        get_run_logger().info("还没有收到过报送，本次没有要复核的。")
        return []
    return [newest]


@task(name="评估判定", retries=1, retry_delay_seconds=10)
def evaluate(year: int, now: datetime) -> None:
    """Judge a year and put the verdicts up; a line that broke is a warning, not a failure."""
    evaluated = evaluation.evaluate(year=year, now=now)
    for indicator, reason in evaluated.broken.items():
        get_run_logger().warning("指标 %s 未能判定，其他指标不受影响：%s", indicator, reason)
    artifacts.show_verdicts(year)


@task(name="判定报告", retries=RETRIES, retry_delay_seconds=BACKOFF)
def write_report(year: int, today: date) -> None:
    """Write the verdict report and put the overall answer up, with where the report lies."""
    path = report.write(year, today)
    get_run_logger().info("判定报告：%s", path)
    artifacts.show_answer(year, today, path)


@task(name="例行事项", retries=RETRIES, retry_delay_seconds=BACKOFF)
def keep_up(today: date) -> None:
    """Open what returns, end the waivers that ran out, and count assumed due dates again."""
    for said in upkeep.keep_up(today):
        get_run_logger().info("%s", said)


class CardsStillOwed(Exception):
    """We cannot end the sending, because chat is failing and cards still wait."""


class CardsRefused(Exception):
    """We cannot end the sending, because chat refuses cards until an operator mends something."""


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return not isinstance(state.result(raise_on_failure=False), CardsRefused)


@task(name="起草卡片", retries=RETRIES, retry_delay_seconds=BACKOFF)
def owe_cards(today: date) -> None:
    """Owe everyone the card of the day."""
    log = get_run_logger()
    log.info("起草卡片 %d 张", chasing.owe_cards(today, say=log.warning))


@task(
    name="发送卡片",
    retries=RETRIES,
    retry_delay_seconds=SLOW_BACKOFF,
    retry_jitter_factor=0.5,
    retry_condition_fn=_may_pass,
)
def send_cards(today: date, now: datetime | None) -> None:
    """Send what is owed and put the day's cards up; what chat failed to take is tried again.

    Nothing goes out where `now` is outside the send window; a replayed day has no hour.

    Raises:
        CardsStillOwed: chat is failing; a later try may do better.
        CardsRefused: chat will not take some cards as they are addressed, or none of ours.
    """
    log = get_run_logger()
    sendings = chasing.send_cards(show=log.info, now=now)
    for problem in sendings.problems:
        log.warning("%s", problem)
    log.info("%s", sendings.summary)
    alarm = watching.watch(sendings, today=today)
    if alarm is not None:
        log.error("%s", alarm)
    artifacts.show_cards(today)
    if sendings.waiting:
        raise CardsStillOwed(sendings.summary)
    if sendings.refused:
        raise CardsRefused(sendings.summary)
