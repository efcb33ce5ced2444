"""Starts the services of deploy/compose.yaml without Docker, as an unprivileged account.

Imitates Docker: a process has only the environment of its service, runs in the folder of the code,
which belongs to root, can write only its own folders, and has no HOME. Host names of other
containers become 127.0.0.1.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from app.server.prefect_client import PrefectServer
from junheng.settings import PROJECT_ROOT
from tests.app.server import environment_files
from tests.app.server.an_office import free_port

DEPLOY = PROJECT_ROOT / "deploy"
SERVICES: dict[str, dict[str, Any]] = YAML(typ="safe").load(DEPLOY / "compose.yaml")["services"]
NOBODY = 65534
KEY = "junheng:0123456789abcdef"
# Can read every file, because the checkout may be in a private folder; can write only its own.
AS_NOBODY = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"),
    *("--bounding-set=-all,+dac_read_search", "--inh-caps=-all,+dac_read_search"),
    *("--ambient-caps=-all,+dac_read_search", "--"),
)
LONGEST_SECONDS, GRACE_SECONDS = 300, 60


def reason_not_here() -> str:
    """Return why this machine cannot start a process as another account, '' if it can."""
    if os.geteuid() != 0:
        return "only root can become another account"
    return "" if shutil.which("setpriv") else "needs setpriv of util-linux"


@dataclass
class Machine:
    """A machine with its own folders and ports, and the services started on it."""

    # Not pytest's tmp_path, which only root may enter.
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="junheng-install-")))
    prefect: PrefectServer = field(default_factory=lambda: PrefectServer(free_port(), auth=KEY))
    running: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.folder.chmod(0o755)
        for name in ("home", "backups", "inbox"):
            (self.folder / name).mkdir(mode=0o700)
            os.chown(self.folder / name, NOBODY, NOBODY)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def environment(self, service: str) -> dict[str, str]:
        """Return a service's environment from compose, with this machine's folders and ports."""
        example = (DEPLOY / "junheng.env.example").read_text("utf-8")
        filled = environment_files.as_compose(example.replace("junheng:CHANGE\n", f"{KEY}\n"))
        own: dict[str, str] = SERVICES[service].get("environment", {})
        environment = filled | own
        replacements = {
            "/var/lib/junheng": str(self.home),
            "/var/backups/junheng": str(self.folder / "backups"),
            "/srv/junheng/inbox": str(self.folder / "inbox"),
            "http://server:4200/api": f"{self.prefect.address}/api",
            "http://127.0.0.1:4200": self.prefect.address,
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - never bound to
        }
        return {
            **{name: replacements.get(value, value) for name, value in environment.items()},
            "JUNHENG_PREFECT_PORT": str(self.prefect.port),
            "HOME": "/nonexistent",
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }

    def start(self, service: str) -> None:
        """Start a service; `end` ends it."""
        with (self.folder / f"{service}.log").open("wb") as log:
            process = subprocess.Popen(
                [*AS_NOBODY, *SERVICES[service]["command"]],
                env=self.environment(service),
                cwd=PROJECT_ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.running.callback(_end, process)

    def run(self, service: str, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in the environment of a service, like `docker compose exec`."""
        return subprocess.run(
            [*AS_NOBODY, *(command or SERVICES[service]["command"])],
            env=self.environment(service),
            cwd=PROJECT_ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )

    def until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LONGEST_SECONDS
        while not is_so():
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.5)

    def logs(self) -> Mapping[str, str]:
        return {path.name: path.read_text("utf-8") for path in self.folder.glob("*.log")}

    def end(self) -> None:
        self.running.close()
        shutil.rmtree(self.folder)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
