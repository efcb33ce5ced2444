"""The nightly audit: ledger and evidence are held against the history, and nothing is written."""

from prefect import flow

from flows import clock, forms
from flows.ending import in_words
from tasks import steps


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
        steps.note_started(by, reason, steps.frozen(clock.now()))
        steps.audit()
