"""In production the sample cannot be collected: not by a schedule, a form or a retry."""

from collections.abc import Iterator
from typing import Any

import pytest
from prefect import Flow
from sqlmodel import select

from flows.annual_round import annual_round
from flows.recheck import recheck
from flows.sample_round import sample_round
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.office_days import school_year
from junheng.settings import PROJECT_ROOT
from junheng.store.tables.intake import CollectionRow
from tests import databases
from tests.app.server.an_office import RunningOffice
from tests.flows.retrying import Retried

SAMPLE = str(PROJECT_ROOT / "samples" / "2025")
THIS_YEAR = school_year(clock.today())
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
    names = ("parameters", "schedules", "parameter_openapi_schema")
    for deployment in office.ask("/deployments/filter", {}):
        text = " ".join(str(deployment[name]) for name in names)
        assert "samples" not in text, deployment["name"]


def collections() -> list[int | None]:
    """Return the ids of the collections in the current home."""
    with bootstrap.session() as session:
        return list(session.exec(select(CollectionRow.id)).all())


def test_a_form_that_names_the_sample_is_refused(
    office: RunningOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = office.end_of(office.start("annual-round", year=2025, folder=SAMPLE))

    assert state["type"] == "FAILED"
    assert "样例" in state["message"]
    databases.move_in(office.home, monkeypatch)
    assert collections() == []


@pytest.mark.usefixtures("prefect_server")
# Prefect's client does not close its socket.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize(
    ("flow", "parameters", "sentence"),
    [
        (annual_round, {}, f"inbox/{THIS_YEAR}"),
        (annual_round, {"year": None, "folder": None}, f"inbox/{THIS_YEAR}"),
        (annual_round, {"year": 2025, "folder": ""}, "inbox/2025"),
        (recheck, {"year": 2025, "folder": SAMPLE}, "样例"),
        (annual_round, {"year": 2025, "folder": SAMPLE, "dry_run": True}, ""),
        (sample_round, {}, "样例"),
    ],
    ids=["blank", "null", "cleared", "recheck", "dry-run", "sample-round"],
)
def test_no_run_collects_the_sample(
    monkeypatch: pytest.MonkeyPatch,
    flow: Flow[..., Any],
    parameters: dict[str, object],
    sentence: str,
) -> None:
    monkeypatch.setenv("JUNHENG_ENVIRONMENT", "production")

    state = Retried(flow, **parameters).run()

    assert state.is_failed() or parameters.get("dry_run")
    assert sentence in str(state.message)
    assert collections() == []
