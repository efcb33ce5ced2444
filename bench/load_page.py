"""Simulates a browser on Prefect's pages: the same requests at the same intervals."""

import json
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from urllib.error import HTTPError

from tests.app.server.an_office import RunningOffice

# Prefect's pages poll every 30 s; the page of an active run, every 5 s.
POLL_SECONDS = 30.0
RUN_POLL_SECONDS = 5.0
NO_ANSWER = 0
WINDOW = timedelta(days=1)


@dataclass(slots=True)
class Page:
    """One person's open pages: the dashboard, the lists, and the active run."""

    office: RunningOffice
    # The factor by which the hour is compressed.
    pace: float
    _answers: Counter[int] = field(default_factory=Counter)

    def look_until(self, ended: Event) -> str:
        """Poll as the pages do until the end, and return the number of responses by status."""
        beats = round(POLL_SECONDS / RUN_POLL_SECONDS)
        beat = 0
        while not ended.is_set():
            began = time.monotonic()
            if beat % beats == 0:
                self._look_at_lists()
            self._look_at_run()
            beat += 1
            ended.wait(max(0.0, RUN_POLL_SECONDS * self.pace - (time.monotonic() - began)))
        return "page " + ", ".join(f"{n} x {code}" for code, n in sorted(self._answers.items()))

    def _look_at_lists(self) -> None:
        since, until = datetime.now(UTC) - WINDOW, datetime.now(UTC)
        runs = {"flow_runs": {"expected_start_time": {"after_": since.isoformat()}}}
        history = {
            "history_start": since.isoformat(),
            "history_end": until.isoformat(),
            "history_interval_seconds": 3600,
        }
        for path, body in (
            ("/flow_runs/filter", runs | {"limit": 200, "sort": "START_TIME_DESC"}),
            ("/flow_runs/count", runs),
            ("/ui/flow_runs/history", runs | {"limit": 1000}),
            ("/task_runs/count", runs),
            ("/task_runs/history", runs | history),
            ("/work_pools/filter", {"limit": 200}),
            ("/work_pools/junheng/queues/filter", {"offset": 0}),
            ("/work_pools/junheng/workers/filter", {"offset": 0}),
            ("/flow_runs/lateness", runs),
            ("/flow_runs/paginate", runs | {"limit": 100, "page": 1}),
            ("/flows/paginate", {"limit": 10, "page": 1}),
            ("/deployments/paginate", {"limit": 50, "page": 1}),
            ("/deployments/count", {}),
            ("/ui/flows/next-runs", {"flow_ids": []}),
            ("/artifacts/latest/filter", {"limit": 100}),
            ("/events/filter", {"limit": 50}),
            ("/automations/filter", {"limit": 100}),
        ):
            self._ask(path, body)

    def _look_at_run(self) -> None:
        at_work = {"flow_runs": {"state": {"type": {"any_": ["RUNNING"]}}}}
        found = self._ask("/flow_runs/filter", at_work | {"limit": 1}) or []
        for number in (run["id"] for run in found):
            of_run = {"flow_runs": {"id": {"any_": [number]}}}
            self._ask(f"/flow_runs/{number}")
            self._ask(f"/flow_runs/{number}/graph-v2")
            self._ask("/logs/filter", {"logs": {"flow_run_id": {"any_": [number]}}, "limit": 50})
            self._ask("/task_runs/paginate", of_run | {"limit": 20})
            self._ask("/ui/flow_runs/count-task-runs", {"flow_run_ids": [number]})
            self._ask("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [number]}}})

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the response, None for an error; pages do not retry."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.office.port}/api{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
                self._answers[answer.status] += 1
                return json.load(answer)
        except HTTPError as error:
            self._answers[error.code] += 1
        except OSError:  # closed, or no answer in time
            self._answers[NO_ANSWER] += 1
        return None
