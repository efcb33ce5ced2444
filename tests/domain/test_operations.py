"""What a person asks of the runs is read off the request; what is not known to look is a change."""

import pytest

from junheng.domain.operations import Asked, Operation, asked, with_person

RUN = "/api/flow_runs/r1"
ROUND = "/api/deployments/d1"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", RUN),
        ("POST", "/api/flow_runs/filter"),
        ("POST", "/api/deployments/count"),
        ("POST", "/api/events/count-by/time"),
        ("POST", "/api/ui/flow_runs/history"),
        ("POST", f"{RUN}/input/filter"),
    ],
)
def test_looking_is_no_change(method: str, path: str) -> None:
    assert asked(method, path, {}) is None


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", f"{RUN}/resume", Operation.RESUME),
        ("POST", f"{ROUND}/pause_deployment", Operation.TIMETABLE),
        ("PATCH", f"{ROUND}/schedules/s1", Operation.TIMETABLE),
        ("PATCH", ROUND, Operation.DEPLOYMENT),
        ("DELETE", ROUND, Operation.DEPLOYMENT),
        ("POST", "/api/deployments/", Operation.DEPLOYMENT),
        ("DELETE", RUN, Operation.OTHER),
        ("POST", "/api/variables/", Operation.OTHER),
        ("DELETE", "/api/flow_runs/filter", Operation.OTHER),
        ("POST", "/filter", Operation.OTHER),
        ("POST", "/api/what/comes/some/day", Operation.OTHER),
    ],
)
def test_every_change_has_its_name(method: str, path: str, operation: Operation) -> None:
    found = asked(method, path, {})

    assert found is not None
    assert found.operation is operation


@pytest.mark.parametrize(
    ("state", "operation"),
    [
        ("SCHEDULED", "retry"),
        ("CANCELLING", "cancel"),
        ("CANCELLED", "cancel"),
        ("FAILED", "state"),
    ],
)
def test_a_state_set_by_hand_is_a_retry_a_cancel_or_another(state: str, operation: str) -> None:
    found = asked("POST", f"{RUN}/set_state", {"state": {"type": state, "message": "文件补齐了"}})

    assert found == Asked(Operation(operation), run="r1", reason="文件补齐了")


def test_what_the_page_writes_by_itself_is_no_reason() -> None:
    body = {"state": {"type": "SCHEDULED", "message": "Retry from the UI"}}

    assert asked("POST", f"{RUN}/set_state", body) == Asked(Operation.RETRY, run="r1")


def test_an_order_says_why_and_under_whose_name() -> None:
    body = {"parameters": {"by": "李四", "reason": "补收三所学校"}}

    found = asked("POST", f"{ROUND}/create_flow_run", body)

    assert found == Asked(Operation.RUN, deployment="d1", said_by="李四", reason="补收三所学校")


def test_who_is_signed_in_signs_where_nobody_was_named() -> None:
    order = {"parameters": {"year": 2025, "by": ""}, "tags": ["年度", "by:王五"]}

    signed = with_person(order, "张三", takes_by=True)

    assert signed == {"parameters": {"year": 2025, "by": "张三"}, "tags": ["年度", "by:张三"]}


def test_a_name_that_was_filled_in_stays_and_a_work_without_it_gets_none() -> None:
    filled = with_person({"parameters": {"by": "李四"}}, "张三", takes_by=True)
    without = with_person({"parameters": {"year": 2025}}, "张三", takes_by=False)

    assert filled["parameters"] == {"by": "李四"}
    assert without["parameters"] == {"year": 2025}
