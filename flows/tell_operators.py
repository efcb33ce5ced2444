"""Tells operators once of a run that failed or died."""

from typing import Annotated

from prefect import flow

from flows import clock, forms
from flows.ending import in_words
from tasks import lost_runs


@flow(name="tell-operators", description="运行失败或中断时告知值班人员，每次运行只说一次")
@in_words
def tell_operators(run: Annotated[str, forms.blank("运行", "失败或中断的那次运行的编号")]) -> None:
    """Tell operators of a run, by its id or as events name it; once however often it is asked."""
    lost_runs.tell(run, today=clock.today())
