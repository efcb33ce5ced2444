"""The nightly audit: ledger and evidence are held against the history, which is not touched."""

from prefect import flow

from junheng.adapters import clock
from tasks.steps import forms, steps
from tasks.steps.failures import in_words
from tasks.steps.hooks import watched


@watched
@forms.as_form
@flow(
    name="nightly-audit",
    description="核查历史记录、台账和佐证文件是否一致；不符就失败，并说明在哪里",
)
@in_words
def night_audit(
    *, district: forms.District = None, by: forms.By = "", reason: forms.Reason = ""
) -> None:
    """Fail where the ledger is not what its history tells of."""
    with forms.of_district(district):
        now = steps.frozen(clock.now())
        steps.note_started(by, reason, now)
        # First, for an audit that finds something ends the run.
        steps.tidy(now)
        steps.audit()
