"""Asks Prefect's application within the process, with the key of our own processes."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import httpx
from starlette.types import ASGIApp

from app.server.prefect_client import SECONDS_BETWEEN_TRIES, TRIES
from junheng.domain.operations.run_requests import Asked, tag_of


class Inside:
    """What the guard asks of Prefect, beside what it hands on."""

    def __init__(self, prefect: ASGIApp, key: str) -> None:
        self._tagging = asyncio.Lock()
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(prefect, raise_app_exceptions=False),
            base_url="http://127.0.0.1",
            headers={"authorization": key},
        )

    async def known(self, asked: Asked) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the deployment and the run that are meant, as far as there are any."""
        run = await self.told(f"/api/flow_runs/{asked.run}") if asked.run else {}
        deployment = asked.deployment or run.get("deployment_id")
        return await self.told(f"/api/deployments/{deployment}") if deployment else {}, run

    async def told(self, path: str) -> Mapping[str, Any]:
        """Return what Prefect knows of one thing, nothing where it does not know it."""
        answer = await self._client.get(path)
        return cast("dict[str, Any]", answer.json()) if answer.is_success else {}

    async def sign(self, run: str, person: str) -> None:
        """Write into a run's tags who did something to it; one after the other, or one is lost."""
        path, tag = f"/api/flow_runs/{run}", tag_of(person)
        async with self._tagging:
            tags = (await self.told(path)).get("tags") or []
            if tag not in tags:
                await self.ask("PATCH", path, {"tags": [*tags, tag]})

    async def ask(self, method: str, path: str, body: object) -> httpx.Response:
        """Return Prefect's answer; where it was too busy to do a thing, it is asked again."""
        answer = await self._client.request(method, path, json=body)
        for _ in range(TRIES):
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)
            answer = await self._client.request(method, path, json=body)
        return answer
