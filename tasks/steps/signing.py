"""The steps around the sign-off as Prefect runs them: draft and ask, then answer and hand over."""

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
    """Settle the ledger by a year and put up who owes what; nothing goes to anybody."""
    settled = remediation.draft(year=year, today=today, now=clock(), despite_gaps=despite_gaps)
    get_run_logger().info("%s", remediation.drafted_sentence(settled))
    artifacts.show_ledger(year, today)


@step(StepName.ASK_FOR_SIGN_OFF)
def ask(year: int, today: date, *, clock: Clock) -> None:
    """Ask the office for what is drafted and put up what would be handed over."""
    asked = sign_offs.ask(year=year, today=today, now=clock(), flow_run_id=_run_id())
    get_run_logger().info("%s", sign_offs.asking(asked))
    if asked is not None:
        for line in sign_off_artifacts.show(asked.number, today):
            get_run_logger().info("%s", line)


@step(StepName.HAND_OVER)
def hand_over(number: int | None, given: Answer, today: date, *, clock: Clock) -> bool:
    """Take the office's answer and hand over what it lets go; return whether it lets any go."""
    answered = sign_offs.answer(number, given, on=today, now=clock(), answer_run_id=_run_id())
    get_run_logger().info("%s", sign_offs.sentence(answered))
    sign_off_artifacts.show(answered.sign_off.number, today)
    return answered.sign_off.status is Status.APPROVED


def _run_id() -> str:
    """Return which run this is: run again, it has the same number."""
    return str(flow_run.id or "")
