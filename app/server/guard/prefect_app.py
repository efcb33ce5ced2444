"""Calls Prefect's application inside the process, with the key of our own processes."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import httpx
from starlette.types import ASGIApp

from app.server.prefect_client import SECONDS_BETWEEN_TRIES, TRIES
from junheng.domain.operations.run_requests import Asked, tag_of


class PrefectApp:
    """The guard's own requests to Prefect, besides those that it forwards."""

    def __init__(self, prefect: ASGIApp, key: str) -> None:
        self._tagging = asyncio.Lock()
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(prefect, raise_app_exceptions=False),
            base_url="http://127.0.0.1",
            headers={"authorization": key},
        )

    async def find(self, asked: Asked) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the deployment and the run of a request; {} for one that does not exist."""
        run = await self.get(f"/api/flow_runs/{asked.run}") if asked.run else {}
        deployment = asked.deployment or run.get("deployment_id")
        return await self.get(f"/api/deployments/{deployment}") if deployment else {}, run

    async def get(self, path: str) -> Mapping[str, Any]:
        """Return the JSON object at a path, {} if Prefect does not have it."""
        answer = await self._client.get(path)
        return cast("dict[str, Any]", answer.json()) if answer.is_success else {}

    async def tag(self, run: str, person: str) -> None:
        """Add a tag with the user's name to a run; the lock keeps concurrent additions."""
        path, tag = f"/api/flow_runs/{run}", tag_of(person)
        async with self._tagging:
            tags = (await self.get(path)).get("tags") or []
            if tag not in tags:
                await self.ask("PATCH", path, {"tags": [*tags, tag]})

    async def ask(self, method: str, path: str, body: object) -> httpx.Response:
        """Return Prefect's answer; retry while it answers 503."""
        answer = await self._client.request(method, path, json=body)
        for _ in range(TRIES):
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)
            answer = await self._client.request(method, path, json=body)
        return answer
