"""The folder in which somebody starts us gives nothing to the processes of the service."""

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

# Ends as the command would that we become, and does nothing else.
WORKS = """
from app.server import set_up, single_part
set_up.WORK = (*set_up.WORK, "--help")
single_part.work()
"""
SERVES = "from app.server import single_part; single_part.serve()"
# A server that is to serve this ends when it has read all settings.
NOWHERE = "nowhere"
NO_DISTRICT = "找不到区县配置：nowhere/district.yaml"


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the marker that is made where anything of the current folder is run."""
    folder, marker = tmp_path / "somebodys", tmp_path / "was-run"
    folder.mkdir()
    for name in ("app", "flows", "prefect", "typer", "sitecustomize"):
        (folder / f"{name}.py").write_text(f"open({str(marker)!r}, 'w').close()\n", "utf-8")
    # Prefect refuses to begin with these.
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
def test_it_gives_nothing_to_prefect(
    command: tuple[str, ...], hostile: Path, running: ExitStack, tmp_path: Path
) -> None:
    begun = processes.start(
        running, "begun", (*command, "--help"), env=dict(os.environ), logs=tmp_path
    )

    begun.must_succeed()

    assert not hostile.exists()


def test_it_gives_nothing_to_the_worker_of_a_service(hostile: Path) -> None:
    ended = ended_as_a_service(WORKS)

    assert ended.returncode == 0, ended.stderr
    assert not hostile.exists()


def test_it_gives_nothing_to_the_server(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_DISTRICT", NOWHERE)

    ended = ended_as_a_service(SERVES)

    assert NO_DISTRICT in ended.stderr
    assert not hostile.exists()


def ended_as_a_service(code: str) -> subprocess.CompletedProcess[str]:
    """Return how a part ends that is started singly, as a service of the machine."""
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "PREFECT_API_AUTH_STRING": KEY},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
    )


def test_it_gives_nothing_to_our_own_commands(hostile: Path) -> None:
    ended = subprocess.run([*supervisor.JUNHENG, "--help"], capture_output=True, check=False)

    assert ended.returncode == 0
    assert not hostile.exists()


def test_it_is_where_relative_paths_of_runs_begin(hostile: Path) -> None:
    env = set_up.environment(PrefectServer(4200))

    assert env["JUNHENG_STARTED_IN"] == str(hostile.parent / "somebodys")
