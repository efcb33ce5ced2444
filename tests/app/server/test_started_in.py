"""Files of the current folder do not reach the processes of the service."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.server import processes, set_up, supervisor
from app.server.prefect_client import PrefectServer
from tests.app.server.an_office import KEY, LONGEST_SECONDS

# Replaces the process by the worker's command with --help, which only prints and ends.
WORK_HELP = """
from app.server import set_up, single_part
set_up.WORK = (*set_up.WORK, "--help")
single_part.work()
"""
SERVES = "from app.server import single_part; single_part.serve()"
# A missing district ends the server after it has read all settings.
NOWHERE = "nowhere"
NO_DISTRICT = "找不到区县配置：nowhere/district.yaml"


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the marker that is created if code of the current folder runs."""
    folder, marker = tmp_path / "current", tmp_path / "was-run"
    folder.mkdir()
    for name in ("app", "flows", "prefect", "typer", "sitecustomize"):
        (folder / f"{name}.py").write_text(f"open({str(marker)!r}, 'w').close()\n", "utf-8")
    # Prefect refuses to start with these.
    (folder / ".env").write_text("PREFECT_LOGGING_LEVEL=nonsense\n", "utf-8")
    (folder / "prefect.toml").write_text('[logging]\nlevel = "nonsense"\n', "utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("JUNHENG_HOME", str(tmp_path / "home"))
    return marker


@pytest.fixture
def running() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("command", [set_up.WORK, set_up.DEPLOY])
def test_prefects_commands_ignore_the_current_folder(
    command: tuple[str, ...], hostile: Path, running: ExitStack, tmp_path: Path
) -> None:
    process = processes.start(
        running, "help", (*command, "--help"), env=dict(os.environ), logs=tmp_path
    )

    process.must_succeed()

    assert not hostile.exists()


def test_the_worker_of_a_service_ignores_the_current_folder(hostile: Path) -> None:
    result = run_as_a_service(WORK_HELP)

    assert result.returncode == 0, result.stderr
    assert not hostile.exists()


def test_the_server_ignores_the_current_folder(
    hostile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUNHENG_DISTRICT", NOWHERE)

    result = run_as_a_service(SERVES)

    assert NO_DISTRICT in result.stderr
    assert not hostile.exists()


def run_as_a_service(code: str) -> subprocess.CompletedProcess[str]:
    """Run the code of a single service, with the key, and return its result."""
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "PREFECT_API_AUTH_STRING": KEY},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
    )


def test_our_own_commands_ignore_the_current_folder(hostile: Path) -> None:
    result = subprocess.run([*supervisor.JUNHENG, "--help"], capture_output=True, check=False)

    assert result.returncode == 0
    assert not hostile.exists()


def test_relative_paths_of_runs_refer_to_the_current_folder(hostile: Path) -> None:
    env = set_up.environment(PrefectServer(4200))

    assert env["JUNHENG_STARTED_IN"] == str(hostile.parent / "current")
