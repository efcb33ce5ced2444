"""What Prefect does by itself: it finds runs that died, and has operators told of what failed."""

from collections.abc import Sequence
from typing import Any

from flows.server import PrefectServer

# By this tag we know which automations are ours; what operators made themselves is left alone.
OURS = "junheng"
TELLS = "tell-operators"
# Three heartbeats of 30 s: one may be late on a busy machine.
SILENT_SECONDS = 90
# Between a worker's taking a run and its first heartbeat lies the start of a process.
STARTING_SECONDS = 110
MOST_ASKED_FOR = 200

SILENT = "执行进程已有{seconds}秒没有心跳（进程被终止、机器重启或断电）。"
NEVER_BEGAN = "执行进程在{seconds}秒内没有启动起来。"
RUNS = {"prefect.resource.id": "prefect.flow-run.*"}
HEARTBEAT, PENDING = "prefect.flow-run.heartbeat", "prefect.flow-run.Pending"
# After any of these there is no process whose heartbeat could be waited for. Running is not one of
# them: it may be told of after the first heartbeat, and would end the watch; and who died between
# the two would never be found.
AT_REST = (
    "Completed",
    "Failed",
    "TimedOut",
    "Crashed",
    "Cancelled",
    "Paused",
    "Suspended",
    "Scheduled",
    "AwaitingRetry",
    "AwaitingConcurrencySlot",
)


def declared(tells: str, *, silent: int, starting: int) -> tuple[dict[str, Any], ...]:
    """Return the automations there are to be; `tells` is the deployment that tells operators."""
    return (
        _crashing(
            "junheng-silent-runs",
            "运行没有心跳就记为 Crashed，让出并发名额",
            after=HEARTBEAT,
            expect=(HEARTBEAT, *_events(*AT_REST)),
            within=silent,
            message=SILENT.format(seconds=silent),
        ),
        _crashing(
            "junheng-runs-that-never-began",
            "领走以后没有启动起来的运行记为 Crashed",
            after=PENDING,
            expect=(HEARTBEAT, *_events(*AT_REST)),
            within=starting,
            message=NEVER_BEGAN.format(seconds=starting),
        ),
        {
            "name": "junheng-tell-operators",
            "description": "运行失败或中断时告知值班人员，每次运行只说一次",
            "enabled": True,
            "tags": [OURS],
            "trigger": {
                "type": "event",
                "posture": "Reactive",
                "match": RUNS,
                # It does not tell of itself.
                "match_related": {
                    "prefect.resource.role": "flow",
                    "prefect.resource.name": f"!{TELLS}",
                },
                "for_each": ["prefect.resource.id"],
                "expect": _events("Failed", "TimedOut", "Crashed"),
                "threshold": 1,
                "within": 0,
            },
            "actions": [
                {
                    "type": "run-deployment",
                    "source": "selected",
                    "deployment_id": tells,
                    "parameters": {
                        "run": {
                            "__prefect_kind": "jinja",
                            "template": "{{ event.resource.id }}",
                        }
                    },
                }
            ],
        },
    )


def set_up(
    server: PrefectServer, *, silent: int = SILENT_SECONDS, starting: int = STARTING_SECONDS
) -> None:
    """Make the server's automations those that are declared: again, and nothing changes."""
    tells = server.ask("GET", f"/api/deployments/name/{TELLS}/{TELLS}")["id"]
    wanted = {one["name"]: one for one in declared(tells, silent=silent, starting=starting)}
    for found in _ours(server):
        one = wanted.pop(found["name"], None)
        if one is None:
            server.ask("DELETE", f"/api/automations/{found['id']}")
        else:
            server.ask("PUT", f"/api/automations/{found['id']}", one)
    for one in wanted.values():
        server.ask("POST", "/api/automations/", one)


def _ours(server: PrefectServer) -> list[dict[str, Any]]:
    found = server.ask("POST", "/api/automations/filter", {"limit": MOST_ASKED_FOR})
    return [one for one in found if OURS in one.get("tags", [])]


def _events(*states: str) -> list[str]:
    return [f"prefect.flow-run.{state}" for state in states]


def _crashing(
    name: str, description: str, *, after: str, expect: Sequence[str], within: int, message: str
) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "enabled": True,
        "tags": [OURS],
        "trigger": {
            "type": "event",
            "posture": "Proactive",
            "match": RUNS,
            "for_each": ["prefect.resource.id"],
            "after": [after],
            "expect": list(expect),
            "threshold": 1,
            "within": within,
        },
        "actions": [{"type": "change-flow-run-state", "state": "CRASHED", "message": message}],
    }
