"""An install as deploy/ describes it: code that the services cannot write, no HOME, one folder."""

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
# What a browser says of a page that somebody opens.
OPENED = PAGE | {"sec-fetch-mode": "navigate", "sec-fetch-site": "none"}


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """Start the services one by one, each when what it depends on is there."""
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
    """Somebody who signed in by the page."""
    with browser(machine) as client:
        page = client.post("/sign-in", data={"name": "张三", "password": SPRING})
        assert (page.status_code, page.url.path) == (200, "/"), page.text
        yield client


def browser(machine: Machine) -> httpx.Client:
    address = machine.environment("server")["PREFECT_UI_URL"]
    return httpx.Client(base_url=address, trust_env=False, follow_redirects=True, timeout=60)


def test_the_account_cannot_write_where_the_code_lies() -> None:
    for folder in (PROJECT_ROOT, PROJECT_ROOT / "flows"):
        tried = subprocess.run([*AS_NOBODY, "test", "-w", folder], check=False)

        assert tried.returncode == 1


def test_who_has_not_signed_in_sees_the_page_to_sign_in_at(machine: Machine) -> None:
    with browser(machine) as somebody:
        page = somebody.get("/", headers=OPENED)

    assert page.url.path == "/sign-in"
    assert "登录" in page.text


def test_the_page_opens_and_its_script_loads(machine: Machine, person: httpx.Client) -> None:
    page = person.get("/", headers=PAGE)

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    script = person.get(re.findall(r'<script[^>]+src="([^"]+)"', page.text)[0])
    assert script.status_code == 200
    assert "javascript" in script.headers["content-type"]
    # Not out of a copy that somebody with more rights once laid beside the code.
    for version in ("v1", "v2"):
        pages = machine.home / "prefect" / "ui" / version / "index.html"
        assert pages.stat().st_uid == NOBODY


def test_the_older_page_opens_too(person: httpx.Client) -> None:
    person.cookies.set("prefect_ui_version", "v1")

    page = person.get("/", headers=PAGE)

    assert page.status_code == 200
    assert not page.url.path.startswith("/v2")


def test_the_check_up_finds_everything_where_it_belongs(machine: Machine) -> None:
    told = machine.run("server", "junheng", "doctor", "--format", "csv")

    found = {line.split(",")[0]: line for line in told.stdout.splitlines()[1:]}
    for name in ("工作文件夹", "账号", "可写位置", "Prefect", "操作界面", "登录"):
        assert found[name].startswith(f"{name},true,"), found[name]
    assert "/v2/" in found["操作界面"]


def test_a_run_completes(machine: Machine, person: httpx.Client) -> None:
    listed = person.post("/api/deployments/filter", json={}).json()
    number = next(one["id"] for one in listed if one["name"] == "sample-round")
    begun = person.post(f"/api/deployments/{number}/create_flow_run", json={}).json()

    state: dict[str, Any] = {"type": ""}
    deadline = time.monotonic() + as_a_service.LONGEST_SECONDS
    while state["type"] not in ENDED:
        assert time.monotonic() < deadline, (state, machine.logs())
        time.sleep(1)
        answer = person.get(f"/api/flow_runs/{begun['id']}")
        state = answer.json()["state"] if answer.is_success else state

    assert state["type"] == "COMPLETED", state["message"]
    assert "by:张三" in begun["tags"]


def test_prefect_wants_its_key(machine: Machine) -> None:
    asked = httpx.post(f"{machine.prefect.address}/api/flow_runs/filter", json={}, trust_env=False)

    assert asked.status_code == 401


def test_a_backup_is_made(machine: Machine) -> None:
    made = machine.run("backup")

    assert made.returncode == 0, made.stderr
    assert len(list((machine.folder / "backups").iterdir())) == 1


def test_who_hears_chat_says_what_it_lacks(machine: Machine) -> None:
    told = machine.run("chat")

    assert told.returncode == 2
    assert "JUNHENG_SLACK" in told.stderr


def test_nothing_is_written_beside_the_folders(machine: Machine) -> None:
    owned = [
        os.path.join(folder, name)  # noqa: PTH118 - a hundred thousand names
        for folder, folders, files in os.walk(PROJECT_ROOT)
        for name in (*folders, *files)
        if os.lstat(os.path.join(folder, name)).st_uid == NOBODY  # noqa: PTH118
    ]

    assert owned == []
