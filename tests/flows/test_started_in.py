"""The folder in which somebody starts us gives nothing to the processes of the service."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from flows import processes, setting_up, up
from flows.server import PrefectServer

# Ends as the command would that we become, and does nothing else.
BECOMES = """
import sys
from flows import setting_up, singly
setting_up.SERVE = (*setting_up.SERVE, "--help")
setting_up.WORK = (*setting_up.WORK, "--help")
singly.{name}()
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the marker that is made where anything of the current folder is run."""
    folder, marker = tmp_path / "somebodys", tmp_path / "was-run"
    folder.mkdir()
    for name in ("flows", "prefect", "typer", "sitecustomize"):
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


@pytest.mark.parametrize("command", [setting_up.SERVE, setting_up.WORK, setting_up.DEPLOY])
def test_it_gives_nothing_to_prefect(
    command: tuple[str, ...], hostile: Path, running: ExitStack, tmp_path: Path
) -> None:
    begun = processes.begin(
        running, "begun", (*command, "--help"), env=dict(os.environ), logs=tmp_path
    )

    begun.must_succeed()

    assert not hostile.exists()


@pytest.mark.parametrize("name", ["serve", "work"])
def test_it_gives_nothing_to_the_server_and_the_worker_of_a_service(
    name: str, hostile: Path
) -> None:
    ended = subprocess.run(
        [sys.executable, "-P", "-c", BECOMES.format(name=name)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert not hostile.exists()


def test_it_gives_nothing_to_our_own_commands(hostile: Path) -> None:
    ended = subprocess.run([*up.JUNHENG, "--help"], capture_output=True, check=False)

    assert ended.returncode == 0
    assert not hostile.exists()


def test_it_is_where_relative_paths_of_runs_begin(hostile: Path) -> None:
    env = setting_up.environment(PrefectServer(4200))

    assert env["JUNHENG_STARTED_IN"] == str(hostile.parent / "somebodys")
