"""What a person does through the gate: written into the history first, then handed on."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from flows import clock
from flows.gate_proxy import Upstream
from junheng.domain import operations
from junheng.domain.operations import Asked, Operation
from tasks import operations as history

log = logging.getLogger("junheng.gate")
REASON = "x-junheng-reason"


class NotJson(ValueError):
    """We cannot tell what is asked, because the body of the request is no JSON."""


@dataclass(frozen=True, slots=True)
class Acts:
    """Writes down who does what, and hands it on under that name."""

    upstream: Upstream

    async def do(self, request: Request, person: str) -> Response:
        """Hand a request on; one that changes something is in the history before.

        Raises:
            NotJson: nobody can say what it asks for.
            Exception: whatever keeps the history from being written; then nothing is done.

        """
        body = await request.body()
        method, path = request.method, request.scope["path"]
        asked = operations.asked(method, path, _read(body) if _may_change(method) else None)
        if asked is None:
            return await self.upstream.pass_on(request, body)
        asked = replace(asked, reason=unquote(request.headers.get(REASON, "")) or asked.reason)
        deployment, run = await self._known(asked)
        names = {"work": _text(deployment.get("name")), "run": _text(run.get("name"))}
        request_line = f"{method} {path}"
        await _write_down(asked, person, request_line, names)
        if asked.operation is Operation.RUN:
            signed = _signed(body, person, takes_by=_takes_by(deployment))
            response = await self.upstream.pass_on(request, signed)
            return await self._with_run(response, asked, person, request_line, names)
        if run:
            await self._sign(asked.run, run, person)
        return await self.upstream.pass_on(request, body)

    async def _known(self, asked: Asked) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the deployment and the run that are meant, as far as there are any."""
        run = await self.upstream.told(f"/api/flow_runs/{asked.run}") if asked.run else {}
        deployment_id = asked.deployment or run.get("deployment_id")
        if not deployment_id:
            return {}, run
        return await self.upstream.told(f"/api/deployments/{deployment_id}"), run

    async def _sign(self, run_id: str, run: Mapping[str, Any], person: str) -> None:
        tag, tags = operations.tag_of(person), list(run.get("tags") or ())
        if tag not in tags:
            await self.upstream.change(f"/api/flow_runs/{run_id}", {"tags": [*tags, tag]})

    async def _with_run(
        self,
        response: Response,
        asked: Asked,
        person: str,
        request_line: str,
        names: Mapping[str, str],
    ) -> Response:
        """Write down which run an order became, and hand Prefect's answer back."""
        content = b"".join([chunk async for chunk in response.body_iterator])  # type: ignore[attr-defined]
        for run in _runs(content):
            begun = replace(asked, operation=Operation.BEGUN, run=_text(run.get("id")), reason="")
            named = {**names, "run": _text(run.get("name"))}
            try:
                await _write_down(begun, person, request_line, named)
            except Exception:
                # Who ordered it stands there already; what runs, runs.
                log.exception("run %s", begun.run)
        handed_back = Response(content, response.status_code)
        handed_back.raw_headers = response.raw_headers
        return handed_back


async def _write_down(
    asked: Asked, person: str, request_line: str, names: Mapping[str, str]
) -> None:
    now = clock.now()

    def write() -> None:
        history.write_down(
            asked, by=person, request=request_line, day=clock.day_of(now), now=now, **names
        )

    await to_thread.run_sync(write)


def _may_change(method: str) -> bool:
    return method not in operations.HARMLESS_METHODS


def _read(body: bytes) -> object:
    try:
        return json.loads(body) if body else None
    except ValueError as error:
        raise NotJson from error


def _signed(body: bytes, person: str, *, takes_by: bool) -> bytes:
    """Return the order of one run, or of several, with who gives it."""
    order = _read(body) or {}
    sign = operations.with_person
    if isinstance(order, list):
        return json.dumps([sign(one, person, takes_by=takes_by) for one in order]).encode()
    if not isinstance(order, dict):
        raise NotJson
    return json.dumps(sign(order, person, takes_by=takes_by)).encode()


def _takes_by(deployment: Mapping[str, Any]) -> bool:
    schema = deployment.get("parameter_openapi_schema") or {}
    return "by" in (schema.get("properties") or {})


def _runs(content: bytes) -> list[Mapping[str, Any]]:
    """Return the runs that an answer tells of."""
    try:
        told = json.loads(content)
    except ValueError:
        return []
    runs = told.get("results", [told]) if isinstance(told, dict) else []
    return [run for run in runs if isinstance(run, dict) and "id" in run]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
