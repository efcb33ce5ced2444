"""Tells operators once of a run that failed or died."""

from prefect import flow

from flows import clock
from flows.ending import in_words
from tasks import lost_runs


@flow(name="tell-operators", description="运行失败或中断时告知值班人员，每次运行只说一次")
@in_words
def tell_operators(run: str) -> None:
    """Tell operators of a run, once however often it is asked.

    Args:
        run: the run that failed, by its id, or as events name it.

    """
    lost_runs.tell(run, today=clock.today())
