"""What a person may ask of Prefect's API, and what a request asks; all else is refused.

The routes are those of the OpenAPI document of Prefect 3.8; one that is new there is refused.
"""

import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from junheng.domain.operations.run_requests import BY, Asked, Operation, tag_of

# What only looks. Without block documents, variables and settings: they hold passwords.
LOOKS = """
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
# A place of a form that Prefect fills in itself: with a variable, a block, or what a template says.
KIND, PLAIN_KINDS = "__prefect_kind", frozenset({"none", "json"})
# What a form's schema may not bring: an expression that takes for ever to match.
EXPRESSIONS = frozenset({"pattern", "patternProperties"})
DEEPEST = 50
# What the pages of the UI write where nobody can give a reason.
NO_REASON = frozenset({"Retry from the UI", "Retry from the UI."})
# A run's name as Prefect's pages make one up, of dishes too (Güllaç): no Chinese name fits in.
RUN_NAME = re.compile(r"[A-Za-zÀ-ɏ0-9 '‘’_.-]{1,80}")
ORDERED = frozenset({"name", "tags", "state"})
LONGEST_REQUEST, LONGEST_REASON = 200, 500


# Which states a person may set, and by which names: others would say what did not happen.
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
    """We do not hand a request on, because a person may not ask for that."""


class NotNow(NotAllowed):
    """We do not hand a request on, because the run does not stand so that it could be done."""


def _listed(text: str) -> frozenset[tuple[str, ...]]:
    lines = (line.split() for line in text.split("\n") if line)
    return frozenset((method, *route.split("/")) for method, *routes in lines for route in routes)


_LOOKS = _listed(LOOKS)


def only_looks(method: str, path: str, query: str) -> bool:
    """Say whether a request to the API changes nothing and asks for no secret."""
    parts = (method, *_parts(path))
    if SECRETS in query:
        return False
    return parts in _LOOKS or any(
        len(route) == len(parts)
        and all(want in ("*", part) for want, part in zip(route, parts, strict=True))
        for route in _LOOKS
        if "*" in route
    )


def asked(method: str, path: str, body: object) -> Asked:
    """Return what a request asks to be changed.

    Raises:
        NotAllowed: it is not among what a person may ask for.

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
    """Return what is refused: of which run or deployment, as far as its path says."""
    match _parts(path):
        case ["deployments", deployment, *_]:
            return Asked(Operation.REFUSED, deployment=deployment)
        case ["flow_runs", run, *_]:
            return Asked(Operation.REFUSED, run=run)
        case _:
            return Asked(Operation.REFUSED)


def order(body: object, person: str, *, of: Mapping[str, Any]) -> dict[str, Any]:
    """Return the order of a deployment's run: its declared parameters, and who gives it.

    Whoever is signed in stands in `by` and in a tag, whatever was filled in there.

    Raises:
        NotAllowed: it orders something else than the deployment says, such as a command of its own.

    """
    given, schema = _mapping(body), of.get("parameter_openapi_schema") or {}
    declared = schema.get("properties") or {}
    if given.get("enforce_parameter_schema") not in (True, None):
        raise NotAllowed("enforce_parameter_schema")
    parameters = _mapping(given.get("parameters") or {})
    others = {"parameters", "enforce_parameter_schema"}
    # The pages of the UI repeat what the deployment says.
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
    """Return a run's tags: its deployment's, and who asked for it, whatever name was given.

    A tag of one's own could be another's name, in letters that only look like ours.
    """
    known = set(of)
    if not isinstance(given, list):
        raise NotAllowed("tags")
    for tag in given:
        if not isinstance(tag, str) or (tag not in known and not tag.startswith(BY)):
            raise NotAllowed("tags")
    return [*(tag for tag in given if tag in known), tag_of(person)]


def state(body: object, person: str, *, of: Mapping[str, Any]) -> dict[str, Any]:
    """Return the order of a run's state as it is handed on.

    Raises:
        NotAllowed: it says what did not happen.
        NotNow: the run stands otherwise, or was withdrawn by the person in whose name it is.

    """
    asked_for = _state(_mapping(body))
    kind, stands = asked_for["type"], str(of.get("state_type") or "")
    given_by = _mapping(of.get("parameters") or {}).get("by")
    is_ended = stands in ENDED
    if kind == "SCHEDULED":
        is_withdrawn = stands == "CANCELLED" and given_by not in (None, "", person)
        fits = is_ended and not is_withdrawn
    elif kind == "CANCELLED":
        # Of what is at work only its worker can say that it has ended.
        fits = stands in ("SCHEDULED", "PENDING", "PAUSED")
    else:
        fits = not is_ended
    # Of a run that there is not, Prefect says so.
    if of and not fits:
        raise NotNow(stands)
    return {"state": asked_for}


def readable(body: object, *, is_form: bool = False) -> object:
    """Return a body with nothing in it that only the server could fill in, or nobody could read.

    Raises:
        NotAllowed: it names a variable, a block or a template, is too deep, or is no text.

    """
    waiting = [(body, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST or not _is_plain(one, is_form=is_form):
            raise NotAllowed("not readable")
        if isinstance(one, dict):
            waiting += [(part, depth + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            waiting += [(part, depth + 1) for part in one]
    return body


def _is_plain(one: object, *, is_form: bool) -> bool:
    if isinstance(one, str):
        # Half a sign, or none at all: no database keeps it.
        return "\0" not in one and not any("\ud800" <= sign <= "\udfff" for sign in one)
    if isinstance(one, dict):
        kind = one.get(KIND, "none")
        is_known = isinstance(kind, str) and kind in PLAIN_KINDS
        return is_known and not (is_form and EXPRESSIONS & one.keys())
    return not isinstance(one, float) or isfinite(one)


def _parts(path: str) -> list[str]:
    return path.removeprefix("/api").strip("/").split("/")


def _run(deployment: str, body: Mapping[str, Any]) -> Asked:
    given = _mapping(body.get("parameters") or {})
    said_by, reason = (_text(given.get(name)) for name in ("by", "reason"))
    return Asked(Operation.RUN, deployment=deployment, said_by=said_by, reason=reason)


def _state(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state that a body asks for, with nothing in it that is not known.

    Nothing is forced, though the newer page asks for it: Prefect still says whether it can be.
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
    """Return what is not left blank: the pages send much that is."""
    return {name: value for name, value in body.items() if not _is_blank(value)}


def _is_blank(value: object) -> bool:
    return not value or (isinstance(value, dict) and all(map(_is_blank, value.values())))


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotAllowed("no JSON object")
    return value


def _text(value: object) -> str:
    return value.strip()[:LONGEST_REASON] if isinstance(value, str) else ""
