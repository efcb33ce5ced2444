"""Prefect's state of an earlier version: new deployments, old runs listed, failed runs retried."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.server import prefect_leftovers
from junheng.settings import PROJECT_ROOT
from tasks.history import auditing
from tests import databases
from tests.app.cli.test_app import rows, run
from tests.app.server.an_office import RunningOffice
from tests.upgrades import an_old_home

DECLARED: list[dict[str, Any]] = YAML(typ="safe").load(PROJECT_ROOT / "deployments.yaml")[
    "deployments"
]


@pytest.fixture(scope="module")
def office(untouched: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    """Start the office of the earlier version with the code of this one."""
    home = tmp_path_factory.mktemp("upgraded") / "home"
    databases.copy_home(untouched, home)
    an_old_home.unpack_prefect(home)
    with RunningOffice(home, databases.settings_of(home)) as running:
        yield running
    assert running.returned == 0


@pytest.fixture(autouse=True)
def _in_its_home(office: RunningOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    databases.move_in(office.home, monkeypatch)


def old_runs() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(an_old_home.listed(an_old_home.RUNS))))


class TestDeployments:
    def test_are_the_declared_ones(self, office: RunningOffice) -> None:
        assert office.deployments().keys() == {deployment["name"] for deployment in DECLARED}

    @pytest.mark.parametrize("declared", DECLARED, ids=lambda entry: str(entry["name"]))
    def test_have_the_declared_parameters_and_schedules(
        self, office: RunningOffice, declared: dict[str, Any]
    ) -> None:
        deployed = deployment(office, declared["name"])

        assert deployed["parameters"] == declared.get("parameters", {})
        assert {
            schedule["slug"]: schedule["schedule"]["cron"] for schedule in deployed["schedules"]
        } == {schedule["slug"]: schedule["cron"] for schedule in declared["schedules"]}
        assert len(deployed["schedules"]) == len(declared["schedules"])

    def test_contain_no_path_of_the_earlier_version(self, office: RunningOffice) -> None:
        deployed = json.dumps([deployment(office, declared["name"]) for declared in DECLARED])

        assert not re.search("/(opt|srv)/junheng-0", deployed)
        assert "samples" not in deployed


class TestAlarmsOfTheEarlierVersion:
    def test_the_automations_are_deleted(self, office: RunningOffice) -> None:
        found = office.ask("/automations/filter", {})

        assert [one["name"] for one in found if prefect_leftovers.OURS in one["tags"]] == []

    def test_the_runs_are_still_listed(self, office: RunningOffice) -> None:
        told = [
            row["run"]
            for row in old_runs()
            if row["deployment"] == prefect_leftovers.ALARM_DEPLOYMENT
        ]

        assert {run["name"] for run in runs(office)} > set(told)
        assert len(told) == 2

    def test_no_alarm_is_sent_again(self, office: RunningOffice, untouched: Path) -> None:
        after, before = (home / "outbox" / "alarms.txt" for home in (office.home, untouched))

        assert after.read_text("utf-8") == before.read_text("utf-8")


class TestRuns:
    def test_of_the_earlier_version_are_listed(self, office: RunningOffice) -> None:
        names = {identifier: name for name, identifier in office.deployments().items()}

        found = {run["name"]: run for run in runs(office)}

        listed = [
            row for row in old_runs() if row["deployment"] != prefect_leftovers.ALARM_DEPLOYMENT
        ]
        assert Counter(row["state"] for row in listed)["COMPLETED"] >= 7
        for row in listed:
            assert names[found[row["run"]]["deployment_id"]] == row["deployment"]
            if row["state"] == "COMPLETED":
                assert found[row["run"]]["state_type"] == "COMPLETED"

    def test_that_failed_can_be_retried_without_duplicates(self, office: RunningOffice) -> None:
        before = identities()
        failed = [row["run"] for row in old_runs() if row["state"] == "FAILED"]
        ids = {run["name"]: run["id"] for run in runs(office)}
        assert len(failed) == 2

        for name in failed:
            office.retry(ids[name])
        states = [office.end_of(ids[name]) for name in failed]

        assert [state["type"] for state in states] == ["COMPLETED"] * 2, states
        after = identities()
        assert before.items() <= after.items()
        assert len(set(after.values())) == len(after)
        assert auditing.verify().breaks == ()


def deployment(office: RunningOffice, name: str) -> dict[str, Any]:
    by_name = {"deployments": {"name": {"any_": [name]}}}
    deployed: dict[str, Any]
    [deployed] = office.ask("/deployments/filter", by_name)
    return deployed


def runs(office: RunningOffice) -> list[dict[str, Any]]:
    by_name = {"flow_runs": {"name": {"any_": [row["run"] for row in old_runs()]}}}
    found: list[dict[str, Any]] = office.ask("/flow_runs/filter", by_name)
    return found


def identities() -> dict[str, tuple[str, ...]]:
    """Return indicator, unit and period of each remediation by its reference."""
    listed = rows(run("ledger", "--full", *an_old_home.CSV))
    return {row["reference"]: (row["indicator"], row["unit"], row["period"]) for row in listed}
