"""An installation as in deploy/: read-only code, no HOME, one writable folder."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from junheng.settings import PROJECT_ROOT
from tests.app.server import as_a_service
from tests.app.server.an_office import ENDED, processes_that_know
from tests.app.server.as_a_service import AS_NOBODY, NOBODY, Machine

pytestmark = pytest.mark.skipif(
    bool(as_a_service.reason_not_here()), reason=as_a_service.reason_not_here() or "can be done"
)
SPRING = "春天的操场很大很大"
PAGE = {"accept": "text/html"}
# The headers of a browser that opens a page.
OPENED = PAGE | {"sec-fetch-mode": "navigate", "sec-fetch-site": "none"}


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """Start the services in the order of their dependencies."""
    installed = Machine()
    try:
        installed.start("server")
        installed.until(installed.prefect.is_healthy)
        installed.start("worker")
        installed.until(lambda: installed.prefect.has_work_pool("junheng"))
        set_up = installed.run("setup")
        assert set_up.returncode == 0, set_up.stderr
        added = installed.run("server", "junheng", "users", "add", "张三", stdin=f"{SPRING}\n")
        assert added.returncode == 0, added.stderr
        yield installed
    finally:
        installed.end()
    assert not processes_that_know(str(installed.folder))


@pytest.fixture
def person(machine: Machine) -> Iterator[httpx.Client]:
    """Return a client that signed in by the page."""
    with browser(machine) as client:
        page = client.post("/sign-in", data={"name": "张三", "password": SPRING})
        assert (page.status_code, page.url.path) == (200, "/"), page.text
        yield client


def browser(machine: Machine) -> httpx.Client:
    address = machine.environment("server")["PREFECT_UI_URL"]
    return httpx.Client(base_url=address, trust_env=False, follow_redirects=True, timeout=60)


def test_the_account_cannot_write_the_code() -> None:
    for folder in (PROJECT_ROOT, PROJECT_ROOT / "flows"):
        tried = subprocess.run([*AS_NOBODY, "test", "-w", folder], check=False)

        assert tried.returncode == 1


def test_without_a_sign_in_the_page_redirects_to_the_form(machine: Machine) -> None:
    with browser(machine) as client:
        page = client.get("/", headers=OPENED)

    assert page.url.path == "/sign-in"
    assert "登录" in page.text


def test_the_page_opens_and_its_script_loads(machine: Machine, person: httpx.Client) -> None:
    page = person.get("/", headers=PAGE)

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    script = person.get(re.findall(r'<script[^>]+src="([^"]+)"', page.text)[0])
    assert script.status_code == 200
    assert "javascript" in script.headers["content-type"]
    # Served from the account's own copy, not from one that root made beside the code.
    for version in ("v1", "v2"):
        pages = machine.home / "prefect" / "ui" / version / "index.html"
        assert pages.stat().st_uid == NOBODY


def test_the_older_page_opens_too(person: httpx.Client) -> None:
    person.cookies.set("prefect_ui_version", "v1")

    page = person.get("/", headers=PAGE)

    assert page.status_code == 200
    assert not page.url.path.startswith("/v2")


def test_doctor_passes_on_the_installation(machine: Machine) -> None:
    result = machine.run("server", "junheng", "doctor", "--format", "csv")

    found = {line.split(",")[0]: line for line in result.stdout.splitlines()[1:]}
    for name in ("工作文件夹", "账号", "可写位置", "Prefect", "操作界面", "登录"):
        assert found[name].startswith(f"{name},true,"), found[name]
    assert "/v2/" in found["操作界面"]


def test_a_run_completes(machine: Machine, person: httpx.Client) -> None:
    listed = person.post("/api/deployments/filter", json={}).json()
    identifier = next(
        deployment["id"] for deployment in listed if deployment["name"] == "sample-round"
    )
    run = person.post(f"/api/deployments/{identifier}/create_flow_run", json={}).json()

    state: dict[str, Any] = {"type": ""}
    deadline = time.monotonic() + as_a_service.LONGEST_SECONDS
    while state["type"] not in ENDED:
        assert time.monotonic() < deadline, (state, machine.logs())
        time.sleep(1)
        answer = person.get(f"/api/flow_runs/{run['id']}")
        state = answer.json()["state"] if answer.is_success else state

    assert state["type"] == "COMPLETED", state["message"]
    assert "by:张三" in run["tags"]


def test_prefect_requires_its_key(machine: Machine) -> None:
    answer = httpx.post(f"{machine.prefect.address}/api/flow_runs/filter", json={}, trust_env=False)

    assert answer.status_code == 401


def test_a_backup_is_written(machine: Machine) -> None:
    result = machine.run("backup")

    assert result.returncode == 0, result.stderr
    assert len(list((machine.folder / "backups").iterdir())) == 1


def test_chat_names_its_missing_setting(machine: Machine) -> None:
    result = machine.run("chat")

    assert result.returncode == 2
    assert "JUNHENG_SLACK" in result.stderr


def test_no_service_writes_into_the_checkout(machine: Machine) -> None:
    owned = [
        os.path.join(folder, name)  # noqa: PTH118 - a hundred thousand names
        for folder, folders, files in os.walk(PROJECT_ROOT)
        for name in (*folders, *files)
        if os.lstat(os.path.join(folder, name)).st_uid == NOBODY  # noqa: PTH118
    ]

    assert owned == []
