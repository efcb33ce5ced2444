"""deploy/: units and containers start existing commands, without root."""

import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer
from ruamel.yaml import YAML

from app.cli.app import app
from junheng.settings import PROJECT_ROOT

DEPLOY = PROJECT_ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
every_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def read(unit: Path) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit, "utf-8")
    return parser


@every_unit
class TestUnits:
    def test_starts_an_existing_command(self, unit: Path) -> None:
        command = read(unit)["Service"]["ExecStart"].split()

        assert command[0] == "/opt/junheng/.venv/bin/junheng"
        assert command[1] in COMMANDS

    def test_runs_without_root_and_writes_only_its_own_folders(self, unit: Path) -> None:
        service = read(unit)["Service"]

        assert service["User"] == "junheng"
        assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")
        assert service["MemoryMax"]
        assert service["EnvironmentFile"] == "/etc/junheng/junheng.env"

    def test_is_restarted_after_a_failure(self, unit: Path) -> None:
        service = read(unit)["Service"]

        assert service.get("Restart") == "on-failure" or unit.stem == "junheng-backup"

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
    def test_is_valid_for_systemd(self, unit: Path, tmp_path: Path) -> None:
        folder = tmp_path / "units"
        folder.mkdir()
        here = str(Path(sys.executable).parent)
        for other in (DEPLOY / "systemd").iterdir():
            text = other.read_text("utf-8").replace("/opt/junheng/.venv/bin", here)
            (folder / other.name).write_text(text, "utf-8")
        name = unit.name.replace("@.", "@1.")

        verified = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(folder / name)],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

        complaints = [line for line in verified.stderr.splitlines() if str(folder) in line]
        assert complaints == []


def test_the_worker_may_write_the_inbox_of_the_example() -> None:
    example = (DEPLOY / "junheng.env.example").read_text("utf-8")
    may_write = read(DEPLOY / "systemd" / "junheng-worker@.service")["Service"]["ReadWritePaths"]

    assert f"JUNHENG_INBOX={may_write.removeprefix('-')}\n" in example


def test_the_target_wants_only_existing_units() -> None:
    wanted = read(DEPLOY / "systemd" / "junheng.target")["Unit"]["Wants"].split()

    existing = {unit.name for unit in UNITS}
    assert {name.replace("@1.", "@.") for name in wanted} <= existing


@every_service
class TestServices:
    def test_runs_without_root_on_a_read_only_file_system(self, name: str) -> None:
        service = SERVICES[name]

        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]

    def test_has_resource_limits_and_rotated_logs(self, name: str) -> None:
        service = SERVICES[name]

        assert {"cpus", "memory", "pids"} == service["deploy"]["resources"]["limits"].keys()
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}

    def test_names_the_version_of_its_image(self, name: str) -> None:
        image, _, tag = SERVICES[name]["image"].partition(":")

        assert image
        assert re.match(r"\d+\.\d+", tag)

    def test_publishes_ports_only_on_loopback(self, name: str) -> None:
        for port in SERVICES[name].get("ports", []):
            assert port.startswith("127.0.0.1:")

    def test_has_its_own_network_and_only_the_server_has_a_port(self, name: str) -> None:
        assert "network_mode" not in SERVICES[name]
        assert ("ports" in SERVICES[name]) == (name == "server")

    def test_is_always_restarted_unless_it_ends_by_itself(self, name: str) -> None:
        ends_by_itself = {"setup": "on-failure", "backup": "no"}

        assert SERVICES[name]["restart"] == ends_by_itself.get(name, "unless-stopped")

    def test_has_the_url_of_the_server(self, name: str) -> None:
        url = SERVICES[name].get("environment", {}).get("PREFECT_API_URL")

        assert url == (None if name in {"server", "postgresql"} else "http://server:4200/api")

    def test_has_a_health_check_unless_it_ends_by_itself(self, name: str) -> None:
        assert "healthcheck" in SERVICES[name] or name in {"setup", "backup"}

    def test_starts_an_existing_command(self, name: str) -> None:
        command = SERVICES[name].get("command", ["junheng", "up"])

        assert command[0] == "junheng"
        assert command[1] in COMMANDS


def test_the_host_name_of_the_server_is_the_one_in_the_url() -> None:
    url = urlsplit(SERVICES["worker"]["environment"]["PREFECT_API_URL"])

    # The guard accepts the name that `socket.gethostname` returns in the container.
    assert SERVICES["server"]["hostname"] == url.hostname


def test_the_server_is_published_at_the_url_of_the_example() -> None:
    [port] = SERVICES["server"]["ports"]
    example = (DEPLOY / "junheng.env.example").read_text("utf-8")

    published, _, within = port.rpartition(":")
    assert f"PREFECT_UI_URL=http://{published}\n" in example
    assert within == "4200"


class TestTheImage:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")

    def test_pins_its_base_image_and_requires_hashes(self) -> None:
        assert re.search(r"^FROM python:3\.\d+\.\d+-", self.text, re.MULTILINE)
        assert "--require-hashes" in self.text
        assert "latest" not in self.text

    def test_runs_without_root(self) -> None:
        assert re.findall(r"^USER (.+)$", self.text, re.MULTILINE) == ["10001:10001"]

    def test_copies_exactly_the_files_of_the_build_context(self) -> None:
        copied = re.findall(r"^COPY (.+)$", self.text, re.MULTILINE)
        sources = {source for line in copied for source in line.split()[:-1]}
        included = {
            line[1:]
            for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
            if line.startswith("!")
        }

        assert sources == included
        assert all((PROJECT_ROOT / source).exists() for source in sources)


def test_the_example_has_only_documented_settings_and_no_secret() -> None:
    reference = (PROJECT_ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    for line in (DEPLOY / "junheng.env.example").read_text("utf-8").splitlines():
        name, is_setting, value = line.removeprefix("#").partition("=")
        if is_setting and name.startswith("JUNHENG_"):
            assert f"| `{name}` |" in reference
        if is_setting and ("TOKEN" in name or "PASSWORD" in name):
            assert not value
