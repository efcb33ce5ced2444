"""The steps of the sign-off: draft and ask, then answer and hand over."""

from datetime import date

from prefect import get_run_logger
from prefect.runtime import flow_run

from junheng.domain.ledger.sign_offs import Answer, Status
from junheng.domain.office_days import Clock
from junheng.domain.operations.step_names import StepName
from tasks.ledger import remediation, sign_offs
from tasks.steps import artifacts, sign_off_artifacts
from tasks.steps.decorator import OF_THE_VERDICTS, step


@step(StepName.DRAFT_REMEDIATIONS, kept=OF_THE_VERDICTS)
def draft(year: int, today: date, despite_gaps: str | None = None, *, clock: Clock) -> None:
    """Update the ledger by a year and publish it; remediations are only drafted."""
    settled = remediation.draft(year=year, today=today, now=clock(), despite_gaps=despite_gaps)
    get_run_logger().info("%s", remediation.drafted_sentence(settled))
    artifacts.show_ledger(year, today)


@step(StepName.ASK_FOR_SIGN_OFF)
def ask(year: int, today: date, *, clock: Clock) -> None:
    """Request a sign-off of the drafts from the office and publish the request."""
    asked = sign_offs.ask(year=year, today=today, now=clock(), flow_run_id=_run_id())
    get_run_logger().info("%s", sign_offs.asking(asked))
    if asked is not None:
        for line in sign_off_artifacts.show(asked.number, today):
            get_run_logger().info("%s", line)


@step(StepName.HAND_OVER)
def hand_over(number: int | None, given: Answer, today: date, *, clock: Clock) -> bool:
    """Accept the office's answer and hand over approved drafts; return whether it approves."""
    answered = sign_offs.answer(number, given, on=today, now=clock(), answer_run_id=_run_id())
    get_run_logger().info("%s", sign_offs.sentence(answered))
    sign_off_artifacts.show(answered.sign_off.number, today)
    return answered.sign_off.status is Status.APPROVED


def _run_id() -> str:
    """Return the id of this run, which a retry keeps."""
    return str(flow_run.id or "")
