"""Starts what deploy/compose.yaml starts, as an account that may write nothing but its own folders.

What Docker would do is done by hand: the environment is the service's and nothing else, the command
runs in the folder of the code, which belongs to root, and HOME is nowhere. Names of other
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
# It reads all, as if the code lay where everybody may read; it writes where it is the owner.
AS_NOBODY = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"),
    *("--bounding-set=-all,+dac_read_search", "--inh-caps=-all,+dac_read_search"),
    *("--ambient-caps=-all,+dac_read_search", "--"),
)
LONGEST_SECONDS, GRACE_SECONDS = 300, 60


def reason_not_here() -> str:
    """Return why no account can be changed to here, '' where it can."""
    if os.geteuid() != 0:
        return "only root can become another account"
    return "" if shutil.which("setpriv") else "needs setpriv of util-linux"


@dataclass
class Machine:
    """A machine of its own: folders, ports, and the services that were started."""

    # Not pytest's tmp_path, which root alone may enter.
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
        """Return what compose would give a service, with places and ports of this machine."""
        example = (DEPLOY / "junheng.env.example").read_text("utf-8")
        filled = environment_files.as_compose(example.replace("junheng:CHANGE\n", f"{KEY}\n"))
        own: dict[str, str] = SERVICES[service].get("environment", {})
        given = filled | own
        moved = {
            "/var/lib/junheng": str(self.home),
            "/var/backups/junheng": str(self.folder / "backups"),
            "/srv/junheng/inbox": str(self.folder / "inbox"),
            "http://server:4200/api": f"{self.prefect.address}/api",
            "http://127.0.0.1:4200": self.prefect.address,
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - never bound to
        }
        return {
            **{name: moved.get(value, value) for name, value in given.items()},
            "JUNHENG_PREFECT_PORT": str(self.prefect.port),
            "HOME": "/nonexistent",
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }

    def start(self, service: str) -> None:
        """Start a service; it ends with this machine."""
        with (self.folder / f"{service}.log").open("wb") as log:
            started = subprocess.Popen(
                [*AS_NOBODY, *SERVICES[service]["command"]],
                env=self.environment(service),
                cwd=PROJECT_ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.running.callback(_end, started)

    def run(self, service: str, *command: str, said: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in a service's place, as `docker compose exec` does."""
        return subprocess.run(
            [*AS_NOBODY, *(command or SERVICES[service]["command"])],
            env=self.environment(service),
            cwd=PROJECT_ROOT,
            input=said,
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


def _end(started: subprocess.Popen[bytes]) -> None:
    started.terminate()
    try:
        started.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()
