"""The nightly audit: ledger and evidence are held against the history, which is not touched."""

from junheng.adapters import clock
from tasks.steps import forms, steps
from tasks.steps.deployed import deployed


@deployed(
    "nightly-audit", description="核查历史记录、台账和佐证文件是否一致；不符就失败，并说明在哪里"
)
def nightly_audit(asked: forms.OfTheOffice) -> None:
    """Fail where the ledger is not what its history tells of."""
    now = steps.frozen(clock.now())
    steps.note_started(asked.by, asked.reason, now)
    # First, for an audit that finds something ends the run.
    steps.tidy(now)
    steps.audit()
