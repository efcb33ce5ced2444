"""Packages: limited size, no import cycles, and each file in the right layer."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from grimp import ImportGraph, build_graph

from junheng.settings import PROJECT_ROOT

ROOMS = ("app", "expectations", "flows", "junheng", "tasks")
MOST_FILES = 20
# Folders whose files are found by name or number may have any number of files.
LISTS = {"migrations", "versions", "templates", "__pycache__"}


def folders() -> Iterator[Path]:
    for room in ROOMS:
        for folder in (PROJECT_ROOT / room, *(PROJECT_ROOT / room).rglob("*")):
            if folder.is_dir() and not LISTS & set(folder.parts):
                yield folder


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return build_graph(*ROOMS, cache_dir=None)


def test_no_folder_has_too_many_files() -> None:
    full = {
        str(folder.relative_to(PROJECT_ROOT)): len(files)
        for folder in folders()
        if len(files := [one for one in folder.iterdir() if one.is_file()]) > MOST_FILES
    }

    assert full == {}


def test_packages_have_no_import_cycles(graph: ImportGraph) -> None:
    for folder in folders():
        room = ".".join(folder.relative_to(PROJECT_ROOT).parts)
        needs = {inside: _needs(graph, inside, room) for inside in graph.find_children(room)}
        try:
            TopologicalSorter(needs).prepare()
        except CycleError as error:
            pytest.fail(f"{room}: {error.args[1]}")


def _needs(graph: ImportGraph, inside: str, room: str) -> set[str]:
    """Return the other parts of a package that a module or subpackage of it imports."""
    modules = {inside, *graph.find_descendants(inside)}
    imported = {one for each in modules for one in graph.find_modules_directly_imported_by(each)}
    beside = {
        ".".join(one.split(".")[: room.count(".") + 2])
        for one in imported
        if one.startswith(f"{room}.")
    }
    return beside - {inside}


@pytest.mark.parametrize(
    ("path", "imports"),
    [
        ("junheng/domain/weather.py", ""),
        ("junheng/domain/weather/rain.py", ""),
        ("junheng/weather.py", ""),
        ("app/weather.py", ""),
        ("junheng/domain/people/weather.py", "from junheng.domain.chase import cards as cards"),
        ("junheng/domain/history/weather.py", "from junheng.domain.ledger import moves as moves"),
        ("junheng/store/weather.py", "from tasks.ledger import acts as acts"),
        ("tasks/chase/weather.py", "from flows import recheck as recheck"),
        ("tasks/chase/weather.py", "import prefect as prefect"),
        ("flows/weather.py", "import sqlmodel as sqlmodel"),
        ("app/server/weather.py", "from app.cli import app as app"),
        ("app/cli/weather.py", "import starlette as starlette"),
        ("junheng/adapters/weather.py", "import slack_sdk as slack_sdk"),
    ],
)
def test_an_import_across_layers_is_found(tmp_path: Path, path: str, imports: str) -> None:
    for room in ROOMS:
        shutil.copytree(PROJECT_ROOT / room, tmp_path / room)
    shutil.copy2(PROJECT_ROOT / "pyproject.toml", tmp_path)
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).parent.joinpath("__init__.py").touch()
    (tmp_path / path).write_text(f'"""It rains."""\n{imports}\n', "utf-8")

    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 1, found.stdout
    assert "weather" in found.stdout + found.stderr
