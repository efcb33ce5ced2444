"""The repository: module docstrings and lengths, the lock file, and tests without network."""

import ast
import os
import re
import socket
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

from junheng.settings import Settings
from tests.conftest import NameLookedUp

ROOT = Path(__file__).parents[1]
PRODUCT = ("junheng", "expectations", "tasks", "flows", "app")
MODULES = sorted(module for room in PRODUCT for module in (ROOT / room).rglob("*.py"))
LONGEST = 300
SETTINGS = ROOT / "docs" / "reference" / "settings.md"


def test_every_module_has_a_docstring() -> None:
    without = [
        str(module.relative_to(ROOT))
        for module in MODULES
        if not (ast.get_docstring(ast.parse(module.read_text("utf-8"))) or "").strip()
    ]

    assert without == []


def test_no_module_is_longer_than_300_lines() -> None:
    too_long = {
        str(module.relative_to(ROOT)): lines
        for module in MODULES
        if (lines := len(module.read_text("utf-8").splitlines())) > LONGEST
    }

    assert too_long == {}


def test_config_is_data_only() -> None:
    assert not list((ROOT / "config").rglob("*.py"))


def test_every_setting_is_in_the_reference() -> None:
    table = SETTINGS.read_text("utf-8")

    missing = [
        name for name in Settings.model_fields if f"| `JUNHENG_{name.upper()}` |" not in table
    ]

    assert missing == []


class TestTheLock:
    lock = (ROOT / "requirements.lock").read_text("utf-8")

    def test_contains_no_urls_and_no_paths(self) -> None:
        assert "://" not in self.lock
        assert not re.search(r"^\s*-(?!-hash=)|--find-links|--\w*index", self.lock, re.MULTILINE)
        assert not re.search(r"\((?!pyproject\.toml\))", self.lock)

    def test_pins_every_requirement_with_version_and_hash(self) -> None:
        requirements = re.split(r"^(?=[a-z0-9])", self.lock, flags=re.MULTILINE)[1:]

        loose = [
            requirement
            for requirement in requirements
            if not re.match(r"[\w.\[\]-]+==.+\n +--hash=", requirement)
        ]

        assert not loose


class TestTheNetwork:
    def test_other_machines_cannot_be_reached(self) -> None:
        with (
            socket.socket() as knocking,
            pytest.warns(UserWarning, match=r"192\.0\.2\.1"),
            pytest.raises(SocketConnectBlockedError),
        ):
            knocking.connect(("192.0.2.1", 80))

    def test_host_names_are_not_resolved(self) -> None:
        with pytest.raises(NameLookedUp):
            socket.create_connection(("name.invalid", 80))

    def test_this_machine_can_be_reached(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            socket.create_connection(listening.getsockname()).close()

    @pytest.mark.parametrize("name", ["DO_NOT_TRACK", "PREFECT_SERVER_ANALYTICS_ENABLED"])
    def test_telemetry_of_libraries_is_off(self, name: str) -> None:
        assert os.environ[name] in {"1", "false"}


def test_every_test_has_its_own_home(junheng_home: Path, tmp_path: Path) -> None:
    assert Path(os.environ["JUNHENG_HOME"]) == junheng_home
    assert junheng_home.is_relative_to(tmp_path)
