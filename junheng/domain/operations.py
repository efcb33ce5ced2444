"""Operations: what a person may ask of Prefect's API, and what a request asks; all else is refused.

The routes are those of the OpenAPI document of Prefect 3.8; one that is new there is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

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
MOST_REMEMBERED = 1000
SECRETS = "include_secrets"
# What the pages of the UI write where nobody can give a reason.
NO_REASON = frozenset({"Retry from the UI", "Retry from the UI."})
# The marks of our own tags: who asked for a run.
OUR_TAGS = ("by:", "by：")
# What an order of a run may hold besides its parameters, and of which type.
ORDERED: Mapping[str, type] = {"name": str, "tags": list, "state": dict}
STATE_NAMES = frozenset(
    {"Scheduled", "AwaitingRetry", "Cancelling", "Cancelled", "Paused", "Suspended"}
)


class Operation(StrEnum):
    """What somebody did; `begun` follows a `run` and says which run it became.

    `state`, `deployment` and `other` stand in histories of before there was a list of what is
    allowed.
    """

    RUN = "run"
    BEGUN = "begun"
    RETRY = "retry"
    CANCEL = "cancel"
    PAUSE = "pause"
    STATE = "state"
    RESUME = "resume"
    TIMETABLE = "timetable"
    DEPLOYMENT = "deployment"
    REFUSED = "refused"
    OTHER = "other"


# Which states a person may set: others would say of a run what did not happen.
STATES = {
    "SCHEDULED": Operation.RETRY,
    "CANCELLING": Operation.CANCEL,
    "CANCELLED": Operation.CANCEL,
    "PAUSED": Operation.PAUSE,
}
# What must be possible, and what must be told, also while nothing can be written into the history.
WITHOUT_HISTORY = frozenset({Operation.RETRY, Operation.CANCEL, Operation.REFUSED})


class NotAllowed(ValueError):
    """We do not hand a request on, because a person may not ask for that."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: of which run or deployment, under whose name, and why."""

    operation: Operation
    run: str = ""
    deployment: str = ""
    said_by: str = ""
    reason: str = ""


@dataclass(slots=True)
class Refusals:
    """Which looks were refused and told on a day: a page asks by itself, and again and again."""

    day: date | None = None
    told: set[tuple[str, str, str]] = field(default_factory=set)

    def is_told(self, person: str, method: str, path: str, *, on: date) -> bool:
        """Say whether a refusal stands in the history of the day already, and take it as told."""
        if method != "GET" and not path.endswith(("/filter", "/count")):
            return False
        if self.day != on or len(self.told) > MOST_REMEMBERED:
            self.day, self.told = on, set()
        refusal = (person, method, path)
        is_told = refusal in self.told
        self.told.add(refusal)
        return is_told


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
            reason = state.get("message", "")
            return Asked(
                STATES[state["type"]], run=run, reason="" if reason in NO_REASON else reason
            )
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
    for name in (*(filled.keys() - ORDERED.keys()), *(parameters.keys() - declared.keys())):
        raise NotAllowed(name)
    for name, value in filled.items():
        if not isinstance(value, ORDERED[name]):
            raise NotAllowed(name)
    if "state" in filled:
        filled["state"] = _state(filled)
        if filled["state"]["type"] != "SCHEDULED":
            raise NotAllowed("state")
    tags = [tag for tag in filled.get("tags", ()) if not _is_ours(tag)]
    by = {"by": person} if "by" in declared else {}
    return {**filled, "tags": [*tags, tag_of(person)], "parameters": {**parameters, **by}}


def state(body: object) -> dict[str, Any]:
    """Return the order of a state as it is handed on; raises NotAllowed, as `asked` does."""
    return {"state": _state(_mapping(body))}


def tag_of(person: str) -> str:
    return f"by:{person}"


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
    if kind not in STATES or name not in {None, *STATE_NAMES}:
        raise NotAllowed(kind)
    kept: dict[str, Any] = {"type": kind, "message": _text(given.get("message"))}
    if name is not None:
        kept["name"] = name
    if (moment := details.get("scheduled_time")) is not None:
        kept["state_details"] = {"scheduled_time": moment}
    return kept


def _only_switches(body: object) -> bool:
    return isinstance(body, dict) and body.keys() == {"active"}


def _is_ours(tag: object) -> bool:
    return str(tag).strip().lower().startswith(OUR_TAGS)


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
    return value.strip() if isinstance(value, str) else ""
