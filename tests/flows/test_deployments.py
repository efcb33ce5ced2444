"""Every deployment can be read and filled in by an office: words, timetable, one at a time."""

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
every_deployment = pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one["name"])


def flow_of(deployment: dict[str, Any]) -> Flow[..., Any]:
    module, name = deployment["entrypoint"].rsplit(".", 1)
    found = getattr(import_module(module), name)
    assert isinstance(found, Flow)
    return found


def places_of(deployment: dict[str, Any]) -> dict[str, dict[str, Any]]:
    places: dict[str, dict[str, Any]] = parameter_schema(flow_of(deployment)).properties
    return places


def named(name: str) -> dict[str, Any]:
    return next(one for one in DEPLOYMENTS if one["name"] == name)


@every_deployment
def test_lies_in_a_file_of_its_name_and_has_a_name_for_operators(
    deployment: dict[str, Any], rulebook: Rulebook
) -> None:
    name = deployment["name"].replace("-", "_")

    assert deployment["entrypoint"] == f"flows.{name}.{name}"
    assert CHINESE.search(rulebook.wording.alarms.works.of(deployment["name"]))


def test_flows_holds_one_file_for_each_deployment_and_no_more() -> None:
    files = {path.stem for path in (PROJECT_ROOT / "flows").glob("*.py")} - {"__init__"}

    assert files == {one["name"].replace("-", "_") for one in DEPLOYMENTS}


def test_everything_that_an_office_does_is_deployed() -> None:
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
    def test_says_in_chinese_what_it_does(self, deployment: dict[str, Any]) -> None:
        assert CHINESE.search(deployment["description"])
        assert deployment["tags"]
        assert all(CHINESE.search(tag) for tag in deployment["tags"])

    def test_follows_the_clock_of_beijing(self, deployment: dict[str, Any]) -> None:
        assert {one["timezone"] for one in deployment["schedules"]} <= {"Asia/Shanghai"}
        assert all(one["active"] and one["slug"] for one in deployment["schedules"])
        assert deployment["work_pool"]["job_variables"]["env"]["TZ"] == "Asia/Shanghai"

    def test_begins_its_runs_by_our_command(self, deployment: dict[str, Any]) -> None:
        command = deployment["work_pool"]["job_variables"]["command"]

        assert command == "{{ $JUNHENG_RUN_COMMAND }}"

    def test_lets_a_second_run_wait_and_drops_none(self, deployment: dict[str, Any]) -> None:
        limit = deployment["concurrency_limit"]

        assert (limit["limit"], limit["collision_strategy"]) == (1, "ENQUEUE")

    def test_has_a_form_in_chinese(self, deployment: dict[str, Any]) -> None:
        for name, place in places_of(deployment).items():
            assert CHINESE.search(place["title"]), name
            assert CHINESE.search(place["description"]), name

    def test_takes_each_optional_place_blank_or_null(self, deployment: dict[str, Any]) -> None:
        form = parameter_schema(flow_of(deployment)).model_dump_for_openapi()
        required = dict.fromkeys(form.get("required", ()), "某某")
        # Null is for whoever asks the API; from a list to choose from the UI sends none.
        texts = {
            name: None
            for name, place in form["properties"].items()
            if name not in required and "default" not in place and "enum" not in place
        }

        validate(required, form, raise_on_error=True)
        validate(required | texts, form, raise_on_error=True)
        assert flow_of(deployment).validate_parameters(required | texts)

    def test_shows_one_place_for_each_value(self, deployment: dict[str, Any]) -> None:
        for name, place in places_of(deployment).items():
            assert isinstance(place["type"], str), name
            assert place.get("default", "") is not None, name

    def test_has_operators_told_where_it_fails_or_dies(self, deployment: dict[str, Any]) -> None:
        deployed = flow_of(deployment)

        assert deployed.on_failure_hooks == [tell_operators]
        assert deployed.on_crashed_hooks == [tell_operators]

    def test_asks_who_runs_it_and_why(self, deployment: dict[str, Any]) -> None:
        assert {"by", "reason"} <= places_of(deployment).keys()


class TestOneRoundOfADistrictAtATime:
    def test_what_writes_the_ledger_stands_in_one_line(self) -> None:
        queued = {
            one["name"]
            for one in DEPLOYMENTS
            if one["work_pool"].get("work_queue_name") == "ledger"
        }

        assert queued == {one["name"] for one in DEPLOYMENTS} - {"nightly-audit"}


class TestTheForm:
    def test_a_school_year_is_a_number_within_bounds(self) -> None:
        year = places_of(named("annual-round"))["year"]

        assert (year["type"], year["minimum"], year["maximum"]) == ("integer", 2018, 2099)

    def test_a_district_is_chosen_of_those_that_are_configured(self) -> None:
        district = places_of(named("annual-round"))["district"]

        assert (district["type"], district["enum"]) == ("string", [SAMPLE_DISTRICT])

    def test_a_year_that_is_none_is_refused(self) -> None:
        with pytest.raises(Exception, match="less than or equal to 2099"):
            flow_of(named("recheck")).validate_parameters({"year": 20255})


class TestTheTimetable:
    def test_the_inbox_is_looked_at_every_quarter_of_an_hour_in_september_and_october(self) -> None:
        (window,) = named("collect-inbox")["schedules"]

        assert window["cron"] == "*/15 7-21 * 9-10 *"

    def test_the_round_is_after_the_opening_and_within_office_hours(self) -> None:
        (yearly,) = named("annual-round")["schedules"]

        assert yearly["cron"] == "0 9 20 10 *"
