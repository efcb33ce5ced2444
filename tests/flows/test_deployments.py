"""Every deployment has Chinese texts, a usable form, a schedule and a concurrency limit."""

import re
from importlib import import_module
from typing import Any

import pytest
from prefect import Flow
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools.validation import validate
from ruamel.yaml import YAML

from junheng.rulebook import SAMPLE_DISTRICT, Rulebook
from junheng.settings import PROJECT_ROOT
from tasks.steps.hooks import tell_operators

DEPLOYMENTS: list[dict[str, Any]] = YAML(typ="safe").load(PROJECT_ROOT / "deployments.yaml")[
    "deployments"
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
every_deployment = pytest.mark.parametrize(
    "deployment", DEPLOYMENTS, ids=lambda entry: entry["name"]
)


def flow_of(deployment: dict[str, Any]) -> Flow[..., Any]:
    module, name = deployment["entrypoint"].rsplit(".", 1)
    flow = getattr(import_module(module), name)
    assert isinstance(flow, Flow)
    return flow


def fields_of(deployment: dict[str, Any]) -> dict[str, dict[str, Any]]:
    fields: dict[str, dict[str, Any]] = parameter_schema(flow_of(deployment)).properties
    return fields


def named(name: str) -> dict[str, Any]:
    return next(deployment for deployment in DEPLOYMENTS if deployment["name"] == name)


@every_deployment
def test_has_a_file_of_its_name_and_a_chinese_name(
    deployment: dict[str, Any], rulebook: Rulebook
) -> None:
    name = deployment["name"].replace("-", "_")

    assert deployment["entrypoint"] == f"flows.{name}.{name}"
    assert CHINESE.search(rulebook.wording.alarms.works.of(deployment["name"]))


def test_flows_has_exactly_one_file_for_each_deployment() -> None:
    files = {path.stem for path in (PROJECT_ROOT / "flows").glob("*.py")} - {"__init__"}

    assert files == {deployment["name"].replace("-", "_") for deployment in DEPLOYMENTS}


def test_every_flow_of_an_office_is_deployed() -> None:
    names = {deployment["name"] for deployment in DEPLOYMENTS}

    assert names >= {
        "annual-round",
        "monthly-review",
        "daily-chase",
        "collect-inbox",
        "recheck",
        "nightly-audit",
        "sign-off",
    }


@every_deployment
class TestEveryDeployment:
    def test_has_a_chinese_description_and_chinese_tags(self, deployment: dict[str, Any]) -> None:
        assert CHINESE.search(deployment["description"])
        assert deployment["tags"]
        assert all(CHINESE.search(tag) for tag in deployment["tags"])

    def test_uses_beijing_time(self, deployment: dict[str, Any]) -> None:
        assert {schedule["timezone"] for schedule in deployment["schedules"]} <= {"Asia/Shanghai"}
        assert all(schedule["active"] and schedule["slug"] for schedule in deployment["schedules"])
        assert deployment["work_pool"]["job_variables"]["env"]["TZ"] == "Asia/Shanghai"

    def test_starts_its_runs_by_our_command(self, deployment: dict[str, Any]) -> None:
        command = deployment["work_pool"]["job_variables"]["command"]

        assert command == "{{ $JUNHENG_RUN_COMMAND }}"

    def test_enqueues_a_second_run(self, deployment: dict[str, Any]) -> None:
        limit = deployment["concurrency_limit"]

        assert (limit["limit"], limit["collision_strategy"]) == (1, "ENQUEUE")

    def test_has_a_chinese_form(self, deployment: dict[str, Any]) -> None:
        for name, field in fields_of(deployment).items():
            assert CHINESE.search(field["title"]), name
            assert CHINESE.search(field["description"]), name

    def test_accepts_each_optional_field_blank_or_null(self, deployment: dict[str, Any]) -> None:
        form = parameter_schema(flow_of(deployment)).model_dump_for_openapi()
        required = dict.fromkeys(form.get("required", ()), "某某")
        # Requests to the API may contain null; the UI sends no null for a choice.
        texts = {
            name: None
            for name, field in form["properties"].items()
            if name not in required and "default" not in field and "enum" not in field
        }

        validate(required, form, raise_on_error=True)
        validate(required | texts, form, raise_on_error=True)
        assert flow_of(deployment).validate_parameters(required | texts)

    def test_has_a_single_field_for_each_value(self, deployment: dict[str, Any]) -> None:
        for name, field in fields_of(deployment).items():
            assert isinstance(field["type"], str), name
            assert field.get("default", "") is not None, name

    def test_has_hooks_that_alert_operators(self, deployment: dict[str, Any]) -> None:
        deployed = flow_of(deployment)

        assert deployed.on_failure_hooks == [tell_operators]
        assert deployed.on_crashed_hooks == [tell_operators]

    def test_has_fields_for_user_and_reason(self, deployment: dict[str, Any]) -> None:
        assert {"by", "reason"} <= fields_of(deployment).keys()


class TestLedgerQueue:
    def test_contains_every_deployment_that_writes_the_ledger(self) -> None:
        queued = {
            deployment["name"]
            for deployment in DEPLOYMENTS
            if deployment["work_pool"].get("work_queue_name") == "ledger"
        }

        assert queued == {deployment["name"] for deployment in DEPLOYMENTS} - {"nightly-audit"}


class TestForm:
    def test_a_school_year_is_a_number_within_bounds(self) -> None:
        year = fields_of(named("annual-round"))["year"]

        assert (year["type"], year["minimum"], year["maximum"]) == ("integer", 2018, 2099)

    def test_the_choices_of_district_are_the_configured_ones(self) -> None:
        district = fields_of(named("annual-round"))["district"]

        assert (district["type"], district["enum"]) == ("string", [SAMPLE_DISTRICT])

    def test_an_invalid_year_is_refused(self) -> None:
        with pytest.raises(Exception, match="less than or equal to 2099"):
            flow_of(named("recheck")).validate_parameters({"year": 20255})


class TestSchedules:
    def test_the_inbox_is_polled_every_15_minutes_in_september_and_october(self) -> None:
        (window,) = named("collect-inbox")["schedules"]

        assert window["cron"] == "*/15 7-21 * 9-10 *"

    def test_the_round_is_on_20_october_at_9(self) -> None:
        (yearly,) = named("annual-round")["schedules"]

        assert yearly["cron"] == "0 9 20 10 *"
