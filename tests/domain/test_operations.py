"""What a person may ask of Prefect is listed; what is not on the list is refused."""

from datetime import date
from typing import Any

import pytest

from junheng.domain import operations
from junheng.domain.operations import (
    Asked,
    NotAllowed,
    Operation,
    Refusals,
    asked,
    only_looks,
    order,
)

RUN = "/api/flow_runs/r1"
ROUND = "/api/deployments/d1"
OF = {
    "parameter_openapi_schema": {"properties": {"year": {}, "by": {}}},
    "job_variables": {"env": {"TZ": "Asia/Shanghai"}},
    "work_queue_name": "ledger",
}


class TestLooking:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", RUN),
            ("GET", "/api/flow_run_states/"),
            ("POST", "/api/flow_runs/filter"),
            ("POST", "/api/events/count-by/time"),
            ("POST", "/api/work_pools/junheng/queues/filter"),
            ("GET", "/api/admin/version"),
        ],
    )
    def test_is_on_the_list(self, method: str, path: str) -> None:
        assert only_looks(method, path, "")

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", RUN),
            ("DELETE", "/api/flow_runs/filter"),
            ("HEAD", RUN),
            ("GET", "/api/block_documents/b1"),
            ("GET", "/api/block_types/slug/secret/block_documents"),
            ("POST", "/api/variables/filter"),
            ("GET", "/api/variables/name/filter"),
            ("GET", "/api/admin/settings"),
            ("POST", "/filter"),
            ("GET", "/api"),
            ("POST", "/api/what/comes/some/day/filter"),
        ],
    )
    def test_is_nothing_else(self, method: str, path: str) -> None:
        assert not only_looks(method, path, "")

    def test_does_not_ask_for_secrets(self) -> None:
        assert not only_looks("GET", RUN, "a=1&include_secrets=true")


class TestAsking:
    @pytest.mark.parametrize(
        ("method", "path", "body", "operation"),
        [
            ("POST", f"{RUN}/resume", None, Operation.RESUME),
            ("POST", f"{RUN}/resume", {"run_input": None}, Operation.RESUME),
            ("POST", f"{ROUND}/pause_deployment", None, Operation.TIMETABLE),
            ("PATCH", f"{ROUND}/schedules/s1", {"active": False}, Operation.TIMETABLE),
            ("POST", f"{ROUND}/create_flow_run", {}, Operation.RUN),
        ],
    )
    def test_for_what_is_on_the_list_has_its_name(
        self, method: str, path: str, body: object, operation: Operation
    ) -> None:
        assert asked(method, path, body).operation is operation

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("PATCH", ROUND, {}),
            ("DELETE", ROUND, None),
            ("POST", "/api/deployments/", {}),
            ("POST", "/api/flow_runs/", {}),
            ("POST", f"{ROUND}/create_flow_run/bulk", {}),
            ("POST", f"{RUN}/resume", {"run_input": {"by": "李四"}}),
            ("PATCH", f"{ROUND}/schedules/s1", {"active": False, "schedule": {}}),
            ("POST", "/api/flow_runs/bulk_set_state", {"state": {"type": "CANCELLED"}}),
            ("POST", "/api/task_runs/t1/set_state", {"state": {"type": "CANCELLED"}}),
        ],
    )
    def test_for_anything_else_is_refused(self, method: str, path: str, body: object) -> None:
        with pytest.raises(NotAllowed):
            asked(method, path, body)

    @pytest.mark.parametrize(
        ("path", "told"),
        [
            (RUN, Asked(Operation.REFUSED, run="r1")),
            (f"{ROUND}/schedules", Asked(Operation.REFUSED, deployment="d1")),
            ("/api/variables/", Asked(Operation.REFUSED)),
        ],
    )
    def test_what_is_refused_is_told_as_far_as_its_path_says(self, path: str, told: Asked) -> None:
        assert operations.about(path) == told

    def test_for_a_run_says_why_and_under_whose_name(self) -> None:
        body = {"parameters": {"by": "李四", "reason": "补收三所学校"}}

        found = asked("POST", f"{ROUND}/create_flow_run", body)

        assert found == Asked(Operation.RUN, deployment="d1", said_by="李四", reason="补收三所学校")


class TestAState:
    @pytest.mark.parametrize(
        ("state", "operation"),
        [
            ("SCHEDULED", "retry"),
            ("CANCELLING", "cancel"),
            ("CANCELLED", "cancel"),
            ("PAUSED", "pause"),
        ],
    )
    def test_that_a_person_sets_is_a_retry_a_cancel_or_a_pause(
        self, state: str, operation: str
    ) -> None:
        body = {"state": {"type": state, "message": "文件补齐了"}}

        found = asked("POST", f"{RUN}/set_state", body)

        assert found == Asked(Operation(operation), run="r1", reason="文件补齐了")

    @pytest.mark.parametrize("state", ["COMPLETED", "FAILED", "CRASHED", "RUNNING", "", None, 1])
    def test_that_only_the_run_itself_knows_is_refused(self, state: object) -> None:
        with pytest.raises(NotAllowed):
            asked("POST", f"{RUN}/set_state", {"state": {"type": state}})

    def test_what_the_page_writes_by_itself_is_no_reason(self) -> None:
        body = {"state": {"type": "SCHEDULED", "message": "Retry from the UI"}}

        assert asked("POST", f"{RUN}/set_state", body) == Asked(Operation.RETRY, run="r1")

    def test_is_handed_on_with_nothing_that_is_not_known(self) -> None:
        given = {"type": "scheduled", "name": "AwaitingRetry", "data": {"x": 1}, "id": "s1"}
        details = {"scheduled_time": "2030-01-01", "cache_key": "k"}

        handed_on = operations.state({"state": given | {"state_details": details}, "force": True})

        assert handed_on == {
            "state": {
                "type": "SCHEDULED",
                "message": "",
                "name": "AwaitingRetry",
                "state_details": {"scheduled_time": "2030-01-01"},
            }
        }


YEARLY: dict[str, Any] = {"parameter_openapi_schema": {"properties": {"year": {}}}}


class TestAnOrder:
    def test_is_given_by_who_is_signed_in_whatever_was_filled_in(self) -> None:
        body = {"parameters": {"year": 2025, "by": "李四"}, "tags": ["年度", "by:王五", "By：赵六"]}

        signed = order(body, "张三", of=OF)

        assert signed == {
            "parameters": {"year": 2025, "by": "张三"},
            "tags": ["年度", "by:张三"],
        }

    def test_of_a_work_without_such_a_place_names_nobody_there(self) -> None:
        signed = order({"parameters": {"year": 2025}}, "张三", of=YEARLY)

        assert signed["parameters"] == {"year": 2025}

    @pytest.mark.parametrize(
        "more",
        [
            {"job_variables": {"command": "x"}},
            {"parameters": {"folder": "x"}},
            {"enforce_parameter_schema": False},
            {"empirical_policy": {"retries": 9}},
            {"job_variables": {"env": {"TZ": "Asia/Shanghai", "PYTHONPATH": "x"}}},
            {"work_queue_name": "default"},
            {"name": ["x"]},
            {"state": {"type": "CANCELLED"}},
        ],
        ids=str,
    )
    def test_of_anything_besides_is_refused(self, more: dict[str, Any]) -> None:
        with pytest.raises(NotAllowed):
            order(more, "张三", of=OF)

    def test_what_was_left_blank_is_left_out(self) -> None:
        blank: dict[str, Any] = {
            "job_variables": {},
            "tags": [],
            "work_queue_name": None,
            "idempotency_key": "",
            "empirical_policy": {"retries": 0, "resuming": False, "pause_keys": []},
        }

        assert order(blank, "张三", of={}) == {"tags": ["by:张三"], "parameters": {}}

    def test_what_the_deployment_says_itself_may_be_repeated(self) -> None:
        repeated = {name: OF[name] for name in ("job_variables", "work_queue_name")}

        signed = order(repeated | {"enforce_parameter_schema": True}, "张三", of=OF)

        assert signed == {"tags": ["by:张三"], "parameters": {"by": "张三"}}


class TestRefusals:
    def test_of_a_look_are_told_once_a_day_for_each_person(self) -> None:
        refusals, monday, tuesday = Refusals(), date(2025, 11, 3), date(2025, 11, 4)
        looks = [("张三", monday), ("张三", monday), ("李四", monday), ("张三", tuesday)]

        told = [refusals.is_told(who, "GET", "/api/admin/settings", on=on) for who, on in looks]

        assert told == [False, True, False, False]

    def test_of_a_change_are_told_each_time(self) -> None:
        refusals = Refusals()

        told = [refusals.is_told("张三", "DELETE", RUN, on=date(2025, 11, 3)) for _ in range(2)]

        assert told == [False, False]
