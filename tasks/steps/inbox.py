"""The steps of collecting the inbox: find changed folders, mark them read, start rechecks."""

from collections.abc import Sequence

from prefect import get_run_logger
from prefect.deployments import run_deployment

from junheng import bootstrap
from junheng.domain.operations.step_names import StepName
from tasks.intake import inbox
from tasks.intake.inbox import Waiting
from tasks.steps.decorator import OF_THE_DATA, step

RECHECK = "recheck/recheck"


@step(StepName.LOOK_INTO_INBOX)
def waiting(school_year: int) -> tuple[Waiting, ...]:
    """Return the years with a changed folder; make the folder of the current year."""
    log, wording = get_run_logger(), bootstrap.rulebook().wording.runs
    if (folder := inbox.opened(school_year)) is not None:
        log.info("%s", wording.opened.format(year=school_year, folder=folder))
    found = inbox.waiting(log.warning)
    if not found:
        log.info("%s", wording.nothing_new)
    for year in found:
        log.info("%s", wording.something_new.format(year=year.year, folder=year.folder))
    return found


@step(StepName.MARK_READ)
def mark_read(one: Waiting, unread: Sequence[str]) -> None:
    """Record that a folder was read: it is not read again until it changes.

    A file that could not be read counts as changed as soon as it is readable.
    """
    inbox.mark_read(one, unread)
    wording = bootstrap.rulebook().wording.runs
    sentence = wording.read_but if unread else wording.read
    get_run_logger().info("%s", sentence.format(year=one.year, count=len(unread)))


@step(StepName.ASK_FOR_RECHECK, kept=OF_THE_DATA)
def ask_for_recheck(year: int, district: str | None) -> None:
    """Start a recheck of a year if its data have changed since it was judged; once per data."""
    log, wording = get_run_logger(), bootstrap.rulebook().wording.runs
    needed = inbox.asks_for_recheck(year)
    if not needed:
        log.info("%s", wording.folder_unchanged.format(year=year))
        return
    chosen = {} if district is None else {"district": district}
    run_deployment(
        RECHECK,
        parameters={"year": year, **chosen},
        timeout=0,
        as_subflow=False,
        idempotency_key=f"recheck-{bootstrap.rulebook().district.code}-{year}-{needed}",
    )
    log.info("%s", wording.recheck.format(year=year))
