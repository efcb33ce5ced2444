"""Operations: what a person asks of the runs and their timetable, read off a request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# What is asked for with a body, because it is long, and changes nothing.
READS = frozenset(
    {
        "filter",
        "count",
        "counts",
        "paginate",
        "history",
        "lateness",
        "validate",
        "concurrency_status",
        "count-deployments",
        "next-runs",
        "count-task-runs",
    }
)
HARMLESS_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TIMETABLE = frozenset({"schedule", "schedules", "pause_deployment", "resume_deployment"})
CANCELLED = frozenset({"CANCELLING", "CANCELLED"})
# What the pages of the UI write where nobody can give a reason.
NO_REASON = frozenset({"Retry from the UI", "Retry from the UI."})


class Operation(StrEnum):
    """What somebody did; `begun` follows a `run` and says which run it became."""

    RUN = "run"
    BEGUN = "begun"
    RETRY = "retry"
    CANCEL = "cancel"
    STATE = "state"
    RESUME = "resume"
    TIMETABLE = "timetable"
    DEPLOYMENT = "deployment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: of which run or deployment, under whose name, and why."""

    operation: Operation
    run: str = ""
    deployment: str = ""
    said_by: str = ""
    reason: str = ""


def asked(method: str, path: str, body: object) -> Asked | None:
    """Return what a request asks to be changed, None where it only looks.

    What is not known to be looking is taken for a change.
    """
    parts = path.strip("/").split("/")
    if method in HARMLESS_METHODS or (method == "POST" and _only_looks(parts)):
        return None
    match parts:
        case ["api", "deployments", deployment, *what]:
            return _of_deployment(deployment, what, body)
        case ["api", "flow_runs", "bulk_set_state"]:
            return _state("", body)
        case ["api", "flow_runs", run, *what]:
            return _of_run(run, what, body)
        case _:
            is_new = parts == ["api", "deployments"]
            return Asked(Operation.DEPLOYMENT if is_new else Operation.OTHER)


def _of_deployment(deployment: str, what: list[str], body: object) -> Asked:
    match what:
        case ["create_flow_run", *_]:
            return _run(deployment, body)
        case [one, *_] if one in TIMETABLE:
            return Asked(Operation.TIMETABLE, deployment=deployment)
        case _:
            return Asked(Operation.DEPLOYMENT, deployment=deployment)


def _of_run(run: str, what: list[str], body: object) -> Asked:
    match what:
        case ["set_state"]:
            return _state(run, body)
        case ["resume"]:
            return Asked(Operation.RESUME, run=run)
        case _:
            return Asked(Operation.OTHER, run=run)


def _only_looks(parts: list[str]) -> bool:
    is_count_of_events = parts[:3] == ["api", "events", "count-by"]
    return parts[0] == "api" and (parts[-1] in READS or is_count_of_events)


def _run(deployment: str, body: object) -> Asked:
    given = [_mapping(_mapping(one).get("parameters")) for one in _each(body)]
    return Asked(
        Operation.RUN,
        deployment=deployment,
        said_by=_joined(one.get("by") for one in given),
        reason=_joined(one.get("reason") for one in given),
    )


def _state(run: str, body: object) -> Asked:
    state = _mapping(_mapping(body).get("state"))
    kind, message = str(state.get("type")).upper(), state.get("message")
    operation = Operation.STATE
    if kind == "SCHEDULED":
        operation = Operation.RETRY
    elif kind in CANCELLED:
        operation = Operation.CANCEL
    return Asked(operation, run=run, reason="" if message in NO_REASON else _joined([message]))


def with_person(body: Mapping[str, Any], person: str, *, takes_by: bool) -> dict[str, Any]:
    """Return the order of a run with who gives it: as a tag, and as `by` where that is empty."""
    tags = [tag for tag in body.get("tags") or () if not str(tag).startswith("by:")]
    signed = {**body, "tags": [*tags, tag_of(person)]}
    given = _mapping(body.get("parameters"))
    if takes_by and not given.get("by"):
        signed["parameters"] = {**given, "by": person}
    return signed


def tag_of(person: str) -> str:
    return f"by:{person}"


def _each(body: object) -> list[object]:
    return body if isinstance(body, list) else [body]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _joined(texts: Iterable[object]) -> str:
    said = (text.strip() for text in texts if isinstance(text, str))
    return "、".join(dict.fromkeys(text for text in said if text))
