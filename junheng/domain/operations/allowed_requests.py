"""Allow-list and parser of requests to Prefect's API; all other requests are refused.

The routes are those of the OpenAPI document of Prefect 3.8; a new route is refused.
"""

import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from junheng.domain.operations.run_requests import BY, Asked, Operation, tag_of

# Read-only routes. Without block documents, variables and settings: they contain passwords.
READ_ONLY_ROUTES = """
GET  health  version  hello  ready  csrf-token  admin/version
GET  flows/*  flows/name/*
GET  flow_runs/*  flow_runs/*/graph  flow_runs/*/graph-v2  flow_runs/*/logs/download
GET  task_runs/*  ui/task_runs/*  flow_run_states  flow_run_states/*
GET  task_run_states  task_run_states/*
GET  deployments/*  deployments/name/*/*  deployments/*/work_queue_check  deployments/*/schedules
GET  saved_searches/*  artifacts/*  artifacts/*/latest
GET  concurrency_limits/*  concurrency_limits/tag/*  v2/concurrency_limits/*
GET  work_pools/*  work_pools/*/queues/*  work_queues/*  work_queues/name/*  work_queues/*/status
GET  block_types/*  block_types/slug/*  block_schemas/*  block_schemas/checksum/*
GET  block_capabilities  collections/views/*
GET  events/filter/next  automations/*  automations/related-to/*
POST flows/count  flows/filter  flows/paginate
POST flow_runs/count  flow_runs/filter  flow_runs/history  flow_runs/lateness  flow_runs/paginate
POST task_runs/count  task_runs/filter  task_runs/history  task_runs/paginate
POST deployments/count  deployments/filter  deployments/paginate
POST saved_searches/filter  logs/filter
POST artifacts/count  artifacts/filter  artifacts/latest/count  artifacts/latest/filter
POST concurrency_limits/filter  v2/concurrency_limits/filter
POST work_pools/count  work_pools/filter  work_pools/*/concurrency_status
POST work_pools/*/queues/filter  work_pools/*/workers/filter  task_workers/filter
POST work_queues/filter  work_queues/*/concurrency_status
POST block_types/filter  block_schemas/filter
POST events/filter  events/count-by/*  automations/count  automations/filter
POST ui/flows/count-deployments  ui/flows/next-runs
POST ui/flow_runs/count-task-runs  ui/flow_runs/history  ui/schemas/validate
POST ui/task_runs/count  ui/task_runs/dashboard/counts
"""
SECRETS = "include_secrets"
# A form field that Prefect fills in itself, from a variable, a block or a template.
KIND, PLAIN_KINDS = "__prefect_kind", frozenset({"none", "json"})
# A form's schema must not contain regular expressions: matching one may take for ever.
EXPRESSIONS = frozenset({"pattern", "patternProperties"})
DEEPEST = 50
# The messages that the UI sends when there is no field for a reason.
NO_REASON = frozenset({"Retry from the UI", "Retry from the UI."})
# A run's name as Prefect's UI generates it, with names of dishes (Güllaç): no Chinese name matches.
RUN_NAME = re.compile(r"[A-Za-zÀ-ɏ0-9 '‘’_.-]{1,80}")
ORDERED = frozenset({"name", "tags", "state"})
LONGEST_REQUEST, LONGEST_REASON = 200, 500


# The states that a person may set, and their names: others would claim events that did not happen.
STATES = {
    "SCHEDULED": Operation.RETRY,
    "CANCELLING": Operation.CANCEL,
    "CANCELLED": Operation.CANCEL,
    "PAUSED": Operation.PAUSE,
}
STATE_NAMES = {
    "SCHEDULED": ("AwaitingRetry", "Scheduled"),
    "CANCELLING": ("Cancelling",),
    "CANCELLED": ("Cancelled",),
    "PAUSED": ("Paused", "Suspended"),
}
ENDED = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})


class NotAllowed(ValueError):
    """We do not forward a request, because it is not in the allow-list."""


class NotNow(NotAllowed):
    """We do not forward a request, because the current state of the run does not allow it."""


def _listed(text: str) -> frozenset[tuple[str, ...]]:
    lines = (line.split() for line in text.split("\n") if line)
    return frozenset((method, *route.split("/")) for method, *routes in lines for route in routes)


_READ_ONLY = _listed(READ_ONLY_ROUTES)


def only_looks(method: str, path: str, query: str) -> bool:
    """Return whether a request to the API is read-only and requests no secrets."""
    parts = (method, *_parts(path))
    if SECRETS in query:
        return False
    return parts in _READ_ONLY or any(
        len(route) == len(parts)
        and all(want in ("*", part) for want, part in zip(route, parts, strict=True))
        for route in _READ_ONLY
        if "*" in route
    )


def asked(method: str, path: str, body: object) -> Asked:
    """Parse a request that changes something.

    Raises:
        NotAllowed: it is not in the allow-list.

    """
    match (method, *_parts(path)):
        case ("POST", "deployments", deployment, "create_flow_run"):
            return _run(deployment, _mapping(body))
        case ("POST", "deployments", deployment, "pause_deployment" | "resume_deployment"):
            return Asked(Operation.TIMETABLE, deployment=deployment)
        case ("PATCH", "deployments", deployment, "schedules", _) if _only_switches(body):
            return Asked(Operation.TIMETABLE, deployment=deployment)
        case ("POST", "flow_runs", run, "set_state"):
            state = _state(_mapping(body))
            reason = "" if state["message"] in NO_REASON else state["message"]
            return Asked(STATES[state["type"]], run=run, reason=reason)
        case ("POST", "flow_runs", run, "resume") if not _filled(_mapping(body or {})):
            return Asked(Operation.RESUME, run=run)
        case _:
            raise NotAllowed(path)


def about(path: str) -> Asked:
    """Return the record of a refused request: its run or deployment, if its path names one."""
    match _parts(path):
        case ["deployments", deployment, *_]:
            return Asked(Operation.REFUSED, deployment=deployment)
        case ["flow_runs", run, *_]:
            return Asked(Operation.REFUSED, run=run)
        case _:
            return Asked(Operation.REFUSED)


def order(body: object, person: str, *, of: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that creates a deployment's run, with the signed-in person.

    The signed-in person is set in `by` and in a tag, replacing any other value.

    Raises:
        NotAllowed: it overrides something that the deployment does not allow, such as a command.

    """
    given, schema = _mapping(body), of.get("parameter_openapi_schema") or {}
    declared = schema.get("properties") or {}
    if given.get("enforce_parameter_schema") not in (True, None):
        raise NotAllowed("enforce_parameter_schema")
    parameters = _mapping(given.get("parameters") or {})
    others = {"parameters", "enforce_parameter_schema"}
    # The UI repeats the values of the deployment.
    filled = {
        name: value
        for name, value in _filled(given).items()
        if name in ORDERED or (name not in others and value != of.get(name))
    }
    for name in (*(filled.keys() - ORDERED), *(parameters.keys() - declared.keys())):
        raise NotAllowed(name)
    if "name" in filled and not (
        isinstance(filled["name"], str) and RUN_NAME.fullmatch(filled["name"])
    ):
        raise NotAllowed("name")
    if "state" in filled:
        filled["state"] = _state(filled)
        if filled["state"]["type"] != "SCHEDULED":
            raise NotAllowed("state")
    by = {"by": person} if "by" in declared else {}
    tags = _tags(filled.get("tags", []), person, of=of.get("tags") or [])
    return {**filled, "tags": tags, "parameters": {**parameters, **by}}


def _tags(given: object, person: str, *, of: Iterable[str]) -> list[str]:
    """Return a run's tags: those of its deployment, and the person who requested it.

    Free tags are refused: one could imitate another person's name with similar characters.
    """
    known = set(of)
    if not isinstance(given, list):
        raise NotAllowed("tags")
    for tag in given:
        if not isinstance(tag, str) or (tag not in known and not tag.startswith(BY)):
            raise NotAllowed("tags")
    return [*(tag for tag in given if tag in known), tag_of(person)]


def state(body: object, person: str, *, of: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that sets a run's state, as it is forwarded.

    Raises:
        NotAllowed: a person may not set this state.
        NotNow: the run's state does not allow it, or its owner withdrew the run.

    """
    asked_for = _state(_mapping(body))
    kind, current = asked_for["type"], str(of.get("state_type") or "")
    given_by = _mapping(of.get("parameters") or {}).get("by")
    is_ended = current in ENDED
    if kind == "SCHEDULED":
        is_withdrawn = current == "CANCELLED" and given_by not in (None, "", person)
        fits = is_ended and not is_withdrawn
    elif kind == "CANCELLED":
        # Only its worker can report that an active run has ended.
        fits = current in ("SCHEDULED", "PENDING", "PAUSED")
    else:
        fits = not is_ended
    # Prefect itself answers that a run does not exist.
    if of and not fits:
        raise NotNow(current)
    return {"state": asked_for}


def readable(body: object, *, is_form: bool = False) -> object:
    """Return the body unchanged if it is plain data.

    Raises:
        NotAllowed: it names a variable, a block or a template, is too deep, or has invalid text.

    """
    waiting = [(body, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST or not _is_plain(value, is_form=is_form):
            raise NotAllowed("not readable")
        if isinstance(value, dict):
            waiting += [(part, depth + 1) for pair in value.items() for part in pair]
        elif isinstance(value, list):
            waiting += [(part, depth + 1) for part in value]
    return body


def _is_plain(value: object, *, is_form: bool) -> bool:
    if isinstance(value, str):
        # Databases cannot store NUL characters and lone surrogates.
        return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        kind = value.get(KIND, "none")
        is_known = isinstance(kind, str) and kind in PLAIN_KINDS
        return is_known and not (is_form and EXPRESSIONS & value.keys())
    return not isinstance(value, float) or isfinite(value)


def _parts(path: str) -> list[str]:
    return path.removeprefix("/api").strip("/").split("/")


def _run(deployment: str, body: Mapping[str, Any]) -> Asked:
    given = _mapping(body.get("parameters") or {})
    said_by, reason = (_text(given.get(name)) for name in ("by", "reason"))
    return Asked(Operation.RUN, deployment=deployment, said_by=said_by, reason=reason)


def _state(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the requested state with known fields only.

    `force` is dropped, although the newer UI sends it, so that Prefect still applies its rules.
    """
    given = _filled(_mapping(body.get("state")))
    kind, name = str(given.get("type")).upper(), given.get("name")
    details = _mapping(given.get("state_details", {}))
    if name not in (None, *STATE_NAMES.get(kind, ())) or kind not in STATES:
        raise NotAllowed(kind)
    kept: dict[str, Any] = {"type": kind, "message": _text(given.get("message"))}
    if name is not None:
        kept["name"] = name
    if (moment := details.get("scheduled_time")) is not None:
        kept["state_details"] = {"scheduled_time": moment}
    return kept


def _only_switches(body: object) -> bool:
    return isinstance(body, dict) and body.keys() == {"active"}


def _filled(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are not blank: the UI sends many blank ones."""
    return {name: value for name, value in body.items() if not _is_blank(value)}


def _is_blank(value: object) -> bool:
    return not value or (isinstance(value, dict) and all(map(_is_blank, value.values())))


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotAllowed("no JSON object")
    return value


def _text(value: object) -> str:
    return value.strip()[:LONGEST_REASON] if isinstance(value, str) else ""
