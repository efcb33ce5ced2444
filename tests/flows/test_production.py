"""In production nothing brings the sample in: no job, no blank or filled form, no retry."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from flows import clock
from junheng import bootstrap
from junheng.settings import PROJECT_ROOT
from junheng.store.tables import CollectionRow
from tests import databases
from tests.flows.an_office import RunningOffice

SAMPLE = str(PROJECT_ROOT / "tests" / "data" / "submissions" / "2025")
PRODUCTION = {"JUNHENG_ENVIRONMENT": "production"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    home = tmp_path_factory.mktemp("production") / "home"
    databases.ready(home)
    with RunningOffice(home, databases.settings_of(home) | PRODUCTION) as running:
        yield running


def test_the_sample_has_no_deployment(office: RunningOffice) -> None:
    assert "annual-round" in office.deployments()
    assert "sample-round" not in office.deployments()


def test_no_deployment_names_the_sample(office: RunningOffice) -> None:
    for one in office.ask("/deployments/filter", {}):
        said = f"{one['parameters']} {one['schedules']} {one['parameter_openapi_schema']}"
        assert "submissions" not in said, one["name"]


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("annual-round", {}, "inbox"),
        ("annual-round", {"year": None, "folder": None}, "inbox"),
        ("annual-round", {"year": 2025, "folder": ""}, "inbox"),
        ("annual-round", {"year": 2025, "folder": SAMPLE}, "样例"),
        ("recheck", {"year": 2025, "folder": SAMPLE}, "样例"),
        ("annual-round", {"year": 2025, "folder": SAMPLE, "dry_run": True}, ""),
    ],
    ids=["quick", "null", "cleared", "sample", "recheck", "dry-run"],
)
def test_no_run_brings_it_in(
    office: RunningOffice,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    given: dict[str, object],
    said: str,
) -> None:
    state = office.end_of(office.start(name, **given))

    assert state["type"] == "FAILED" or given.get("dry_run")
    assert said in str(state["message"])
    databases.move_in(office.home, monkeypatch)
    with bootstrap.session() as session:
        assert session.exec(select(CollectionRow.id)).all() == []


def test_a_blank_round_takes_this_years_inbox(office: RunningOffice) -> None:
    state = office.end_of(office.start("annual-round"))

    inbox = office.home / "inbox" / str(clock.school_year(clock.today()))
    assert str(inbox) in state["message"]
