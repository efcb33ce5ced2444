"""The steps around the sign-off as Prefect runs them: draft and ask, then answer and hand over."""

from datetime import date
from typing import Any

from prefect import Task, get_run_logger, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.runtime import flow_run

from junheng.domain.sign_offs import Answer, Status
from tasks import artifacts, remediation, sign_off_artifacts, sign_offs
from tasks.steps import BACKOFF, RETRIES


def _may_heal(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Say whether waiting may help: an answer that cannot be taken has to be given differently."""
    return not isinstance(state.result(raise_on_failure=False), sign_offs.AnswerRefused)


@task(name="起草整改", retries=RETRIES, retry_delay_seconds=BACKOFF)
def draft(year: int, today: date, despite_gaps: str | None = None) -> None:
    """Settle the ledger by a year and put up who owes what; nothing goes to anybody."""
    settled = remediation.draft(year=year, today=today, despite_gaps=despite_gaps)
    get_run_logger().info("%s", remediation.drafted_sentence(settled))
    artifacts.show_ledger(year, today)


@task(name="请求签批", retries=RETRIES, retry_delay_seconds=BACKOFF)
def ask(year: int, today: date) -> None:
    """Ask the office for what is drafted and put up what would be handed over."""
    asked = sign_offs.ask(year=year, today=today, flow_run_id=_run_id())
    get_run_logger().info("%s", sign_offs.asking(asked))
    if asked is not None:
        sign_off_artifacts.show(asked.number, today)


@task(
    name="交办整改",
    retries=RETRIES,
    retry_delay_seconds=BACKOFF,
    retry_condition_fn=_may_heal,
)
def hand_over(number: int | None, given: Answer, today: date) -> bool:
    """Take the office's answer and hand over what it lets go; return whether it lets any go."""
    answered = sign_offs.answer(number, given, on=today, answer_run_id=_run_id())
    get_run_logger().info("%s", sign_offs.sentence(answered))
    sign_off_artifacts.show(answered.sign_off.number, today)
    return answered.sign_off.status is Status.APPROVED


def _run_id() -> str:
    """Return which run this is: run again, it has the same number."""
    return str(flow_run.id or "")
