"""The worker reports a dead run when its process ends, and not again after its hooks."""

import asyncio
from typing import Any

import pytest
from prefect.workers.process import ProcessWorker

from app.server import worker_reports

FIRST = "Process exited with status code: -9. Process exited due to a SIGKILL signal."


def test_only_the_second_report_is_omitted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reports: list[str] = []

    async def record(_worker: Any, _run: Any, message: str, **_named: Any) -> None:
        reports.append(message)

    monkeypatch.setattr(ProcessWorker, "_propose_crashed_state", record)
    worker_reports.install()
    report: Any = ProcessWorker._propose_crashed_state

    for message in (FIRST, f"{worker_reports.SECOND} -9. Process exited.", "could not start"):
        asyncio.run(report(None, None, message, client=None))

    assert reports == [FIRST, "could not start"]


def test_prefect_still_uses_these_messages() -> None:
    from inspect import getsource

    from prefect.runner._flow_run_executor import FlowRunExecutor
    from prefect.workers.base import BaseWorker

    assert worker_reports.SECOND in getsource(BaseWorker)
    assert "Process exited with status code" in getsource(FlowRunExecutor)
