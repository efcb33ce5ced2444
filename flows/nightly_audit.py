"""The nightly audit: compares ledger and evidence with the history, and changes nothing."""

from junheng.adapters import clock
from tasks.steps import forms, steps
from tasks.steps.deployed import deployed


@deployed(
    "nightly-audit", description="核查历史记录、台账和佐证文件是否一致；不符就失败，并说明在哪里"
)
def nightly_audit(asked: forms.OfTheOffice) -> None:
    """Fail if the ledger differs from its history."""
    now = steps.frozen(clock.now())
    steps.note_started(asked.by, asked.reason, now)
    # Before the audit, because a failing audit ends the run.
    steps.tidy(now)
    steps.audit()
