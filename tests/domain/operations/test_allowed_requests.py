"""The allow-list of requests to Prefect's API."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from junheng.domain.operations import allowed_requests as allowed
from junheng.domain.operations.allowed_requests import (
    RUN_NAME,
    NotAllowed,
    NotNow,
    asked,
    only_looks,
    order,
    readable,
)
from junheng.domain.operations.run_requests import Asked, Operation

RUN = "/api/flow_runs/r1"
ROUND = "/api/deployments/d1"
OF: dict[str, Any] = {
    "tags": ["年度"],
    "parameter_openapi_schema": {"properties": {"year": {}, "by": {}}},
    "job_variables": {"env": {"TZ": "Asia/Shanghai"}},
    "work_queue_name": "ledger",
}


class TestReadOnly:
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
    def test_requests_of_the_list_are_read_only(self, method: str, path: str) -> None:
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
    def test_other_requests_are_not_read_only(self, method: str, path: str) -> None:
        assert not only_looks(method, path, "")

    def test_requests_for_secrets_are_not_read_only(self) -> None:
        assert not only_looks("GET", RUN, "a=1&include_secrets=true")


class TestAsked:
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
    def test_a_listed_request_has_its_operation(
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
    def test_an_unlisted_request_is_refused(self, method: str, path: str, body: object) -> None:
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
    def test_a_refused_request_is_recorded_by_its_path(self, path: str, told: Asked) -> None:
        assert allowed.about(path) == told

    def test_a_request_for_a_run_has_person_and_reason(self) -> None:
        body = {"parameters": {"by": "李四", "reason": "补收三所学校"}}

        found = asked("POST", f"{ROUND}/create_flow_run", body)

        assert found == Asked(Operation.RUN, deployment="d1", said_by="李四", reason="补收三所学校")


# The newer UI generates a run's name from an adjective and a short dish or animal.
DISHES = re.compile(r"`([^`]*)`\.split\(`(.)`\)")
LONGEST_DISH = 6


class TestRunName:
    def test_generated_names_of_the_newer_ui_are_accepted(self) -> None:
        found = find_spec("prefect")
        assert found is not None
        pages = Path(str(found.origin)).parent / "server" / "ui-v2" / "assets"
        texts = (path.read_text("utf-8") for path in pages.glob("deployment*.js"))
        (text,) = (one for one in texts if "Handcrafted" in one)
        lists = (words.split(sign) for words, sign in DISHES.findall(text))
        dishes = {dish for one in lists for dish in one if 0 < len(dish) <= LONGEST_DISH}

        assert {"Güllaç", "Vicuña"} <= dishes
        assert [one for one in dishes if not RUN_NAME.fullmatch(f"Awesome-{one}")] == []

    @pytest.mark.parametrize("name", ["李四", "Awesome-李四", "by:李四", "x" * 81, "a\nb", ""])
    def test_chinese_names_are_refused(self, name: str) -> None:
        assert not RUN_NAME.fullmatch(name)


class TestState:
    @pytest.mark.parametrize(
        ("state", "operation"),
        [
            ("SCHEDULED", "retry"),
            ("CANCELLING", "cancel"),
            ("CANCELLED", "cancel"),
            ("PAUSED", "pause"),
        ],
    )
    def test_a_person_may_set_retry_cancel_and_pause(self, state: str, operation: str) -> None:
        body = {"state": {"type": state, "message": "文件补齐了"}}

        found = asked("POST", f"{RUN}/set_state", body)

        assert found == Asked(Operation(operation), run="r1", reason="文件补齐了")

    @pytest.mark.parametrize("state", ["COMPLETED", "FAILED", "CRASHED", "RUNNING", "", None, 1])
    def test_states_that_only_the_run_may_set_are_refused(self, state: object) -> None:
        with pytest.raises(NotAllowed):
            asked("POST", f"{RUN}/set_state", {"state": {"type": state}})

    def test_default_messages_of_the_ui_are_no_reason(self) -> None:
        body = {"state": {"type": "SCHEDULED", "message": "Retry from the UI"}}

        assert asked("POST", f"{RUN}/set_state", body) == Asked(Operation.RETRY, run="r1")

    def test_only_known_fields_are_forwarded(self) -> None:
        given = {"type": "scheduled", "name": "AwaitingRetry", "data": {"x": 1}, "id": "s1"}
        details = {"scheduled_time": "2030-01-01", "cache_key": "k"}
        body = {"state": given | {"state_details": details}, "force": True}

        assert allowed.state(body, "张三", of={"state_type": "FAILED"}) == {
            "state": {
                "type": "SCHEDULED",
                "message": "",
                "name": "AwaitingRetry",
                "state_details": {"scheduled_time": "2030-01-01"},
            }
        }

    @pytest.mark.parametrize(
        ("stands", "kind"),
        [
            ("RUNNING", "SCHEDULED"),
            ("SCHEDULED", "SCHEDULED"),
            ("RUNNING", "CANCELLED"),
            ("COMPLETED", "CANCELLED"),
            ("FAILED", "CANCELLING"),
            ("CRASHED", "PAUSED"),
        ],
    )
    def test_a_state_that_does_not_fit_the_run_is_refused(self, stands: str, kind: str) -> None:
        with pytest.raises(NotNow):
            allowed.state({"state": {"type": kind}}, "张三", of={"state_type": stands})

    @pytest.mark.parametrize(
        ("stands", "kind"),
        [
            ("FAILED", "SCHEDULED"),
            ("CRASHED", "SCHEDULED"),
            ("RUNNING", "CANCELLING"),
            ("SCHEDULED", "CANCELLED"),
            ("RUNNING", "PAUSED"),
        ],
    )
    def test_a_state_that_fits_is_forwarded(self, stands: str, kind: str) -> None:
        handed_on = allowed.state({"state": {"type": kind}}, "张三", of={"state_type": stands})

        assert handed_on["state"]["type"] == kind

    def test_only_its_owner_may_retry_a_withdrawn_run(self) -> None:
        of = {"state_type": "CANCELLED", "parameters": {"by": "张三"}}
        retry = {"state": {"type": "SCHEDULED"}}

        assert allowed.state(retry, "张三", of=of)
        with pytest.raises(NotNow):
            allowed.state(retry, "李四", of=of)

    @pytest.mark.parametrize(
        "state",
        [
            {"type": "SCHEDULED", "name": "Cancelled"},
            {"type": "CANCELLED", "name": "Scheduled"},
            {"type": "SCHEDULED", "name": ["x"]},
            {"type": "SCHEDULED", "name": {"x": 1}},
            {"type": ["SCHEDULED"]},
            {"type": "SCHEDULED", "state_details": "x"},
        ],
        ids=str,
    )
    def test_an_unknown_state_name_or_type_is_refused(self, state: dict[str, Any]) -> None:
        with pytest.raises(NotAllowed):
            asked("POST", f"{RUN}/set_state", {"state": state})


class TestReadable:
    @pytest.mark.parametrize(
        "body",
        [
            {"a": {"__prefect_kind": "workspace_variable", "variable_name": "x"}},
            {"a": [{"__prefect_kind": "jinja", "template": "{{ 1 }}"}]},
            {"a": {"__prefect_kind": ["none"]}},
            {"a": float("nan")},
            {"a": float("inf")},
            {"a": "\0"},
            {"\ud800": 1},
            ["\udfff"],
        ],
        ids=ascii,
    )
    def test_templates_and_invalid_text_are_refused(self, body: object) -> None:
        with pytest.raises(NotAllowed):
            readable(body)

    def test_a_body_that_is_too_deep_is_refused(self) -> None:
        deep: list[Any] = []
        for _ in range(900):
            deep = [deep]

        with pytest.raises(NotAllowed):
            readable(deep)

    def test_regular_expressions_in_form_schemas_are_refused(self) -> None:
        body = {"schema": {"properties": {"a": {"pattern": "^(a+)+$"}}}}

        assert readable(body) == body
        with pytest.raises(NotAllowed):
            readable(body, is_form=True)

    def test_plain_values_are_accepted(self) -> None:
        body = {"a": [1, 2.5, None, True, "操场"], "b": {"__prefect_kind": "none", "value": {}}}

        assert readable(body, is_form=True) == body


YEARLY: dict[str, Any] = {"parameter_openapi_schema": {"properties": {"year": {}}}}


class TestOrder:
    def test_the_signed_in_person_replaces_other_names(self) -> None:
        body = {"parameters": {"year": 2025, "by": "李四"}, "tags": ["年度", "by:王五"]}

        signed = order(body, "张三", of=OF)

        assert signed == {
            "parameters": {"year": 2025, "by": "张三"},
            "tags": ["年度", "by:张三"],
        }

    def test_a_deployment_without_a_by_parameter_gets_no_name(self) -> None:
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
            {"name": "by:李四"},
            {"tags": ["李四"]},
            {"tags": ["by\u200b:李四"]},
            {"tags": ["ｂｙ:李四"]},
            {"tags": [["年度"]]},
            {"tags": "年度"},
            {"state": {"type": "CANCELLED"}},
        ],
        ids=str,
    )
    def test_other_fields_are_refused(self, more: dict[str, Any]) -> None:
        with pytest.raises(NotAllowed):
            order(more, "张三", of=OF)

    def test_blank_fields_are_left_out(self) -> None:
        blank: dict[str, Any] = {
            "job_variables": {},
            "tags": [],
            "work_queue_name": None,
            "idempotency_key": "",
            "empirical_policy": {"retries": 0, "resuming": False, "pause_keys": []},
        }

        assert order(blank, "张三", of={}) == {"tags": ["by:张三"], "parameters": {}}

    def test_values_of_the_deployment_may_be_repeated(self) -> None:
        repeated = {name: OF[name] for name in ("job_variables", "work_queue_name")}

        signed = order(repeated | {"enforce_parameter_schema": True}, "张三", of=OF)

        assert signed == {"tags": ["by:张三"], "parameters": {"by": "张三"}}
