"""Runs Prefect for the office: server, work pool, deployments and one worker, until told to end."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flows.quiet import quiet
from flows.server import HOST, PrefectServer
from flows.signals import interrupted_by_signals
from junheng.settings import PROJECT_ROOT, Home

HIGHEST_PORT = 65535
DEFAULT_PORT = "4200"
WORK_POOL = "junheng"

# A first start lays out Prefect's database: 15 s on a quiet machine, far longer on a busy one.
START_SECONDS = 180
# What a process gets to end by itself; a worker ends the run it is at.
GRACE_SECONDS = 30

# The server's pages on work pools and blocks have it fetch lists from the internet. A proxy that
# nobody serves makes it take the lists it brought along.
CUT_OFF = dict.fromkeys(
    ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
    f"http://{HOST}:9",
)

STARTING = "正在启动 Prefect，首次约需半分钟……"
RUNNING = """\
Prefect 已启动，请用浏览器打开 {address}
在“Deployments”页可手动运行各项工作；定时运行按北京时间。日志在 {logs}
按 Ctrl-C 结束。"""
ENDED = "Prefect 已全部结束。"
PORT_TAKEN = "端口 {port} 已被占用。请先结束占用它的程序，或用 JUNHENG_PREFECT_PORT 换一个端口。"
NO_PORT = "JUNHENG_PREFECT_PORT 写的是“{port}”，应为 1 到 65535 的端口号，如 4200"
PROCESS_ENDED = "Prefect 的 {name} 意外结束，原因见 {log}"
TOO_SLOW = "Prefect 的 {name} 在 {seconds} 秒内没有就绪，见 {log}"


class PrefectNotRunning(Exception):
    """We cannot run Prefect, because its port is taken or one of its processes does not serve."""


def port() -> int:
    """Return the port that is set for Prefect; raises PrefectNotRunning for what is none."""
    said = os.environ.get("JUNHENG_PREFECT_PORT") or str(DEFAULT_PORT)
    if not said.isascii() or not said.isdigit() or not 0 < int(said) <= HIGHEST_PORT:
        raise PrefectNotRunning(NO_PORT.format(port=said))
    return int(said)


def up(say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM, then end what was started; raises PrefectNotRunning."""
    quiet()
    server = PrefectServer(port())
    if not server.is_port_free():
        raise PrefectNotRunning(PORT_TAKEN.format(port=server.port))
    logs = Path(os.environ["PREFECT_HOME"])
    logs.mkdir(parents=True, exist_ok=True)
    say(STARTING)
    try:
        with interrupted_by_signals():
            _serve(server, logs, say)
    except KeyboardInterrupt:
        say(ENDED)


def _serve(server: PrefectServer, logs: Path, say: Callable[[str], None]) -> None:
    given = environment(server)
    cut_off = given | CUT_OFF
    with _prefect("server", "server", "start", env=cut_off, logs=logs) as serving:
        serving.wait_until(server.is_healthy)
        server.crash_abandoned_runs()
        # The worker makes the work pool; `prefect work-pool create` would look on the internet
        # for the kinds of pool there are.
        pool = ("--pool", WORK_POOL, "--type", "process")
        with _prefect("worker", "worker", "start", *pool, env=given, logs=logs) as working:
            working.wait_until(lambda: server.has_work_pool(WORK_POOL))
            _deploy(given, logs)
            say(RUNNING.format(address=server.address, logs=logs))
            while True:
                serving.must_run()
                working.must_run()
                time.sleep(1)


def _deploy(env: Mapping[str, str], logs: Path) -> None:
    deployments = str(PROJECT_ROOT / "deployments.yaml")
    what = ("--no-prompt", "deploy", "--all", "--prefect-file", deployments)
    with _prefect("deploy", *what, env=env, logs=logs) as deploying:
        deploying.must_succeed()


def environment(server: PrefectServer) -> dict[str, str]:
    """Return what the processes are given; a run inherits it from the worker."""
    return os.environ | {
        "JUNHENG_HOME": str(Home().home.resolve()),
        "JUNHENG_STARTED_IN": str(Path.cwd()),
        "JUNHENG_SAMPLES": str(PROJECT_ROOT / "tests" / "data" / "submissions"),
        "PREFECT_API_URL": f"{server.address}/api",
        "PREFECT_SERVER_API_HOST": HOST,
        "PREFECT_SERVER_API_PORT": str(server.port),
        # Prefect's own 180 s let a run that died look alive for many minutes.
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "TZ": "Asia/Shanghai",
    }


class _Process:
    """One Prefect process that we started, with its log."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self._name, self._process, self._log = name, process, log

    def must_run(self) -> None:
        if self._process.poll() is not None:
            raise PrefectNotRunning(PROCESS_ENDED.format(name=self._name, log=self._log))

    def must_succeed(self) -> None:
        if self._process.wait() != 0:
            raise PrefectNotRunning(PROCESS_ENDED.format(name=self._name, log=self._log))

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            self.must_run()
            if time.monotonic() > deadline:
                late = TOO_SLOW.format(name=self._name, seconds=START_SECONDS, log=self._log)
                raise PrefectNotRunning(late)
            time.sleep(0.3)

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def _prefect(name: str, *arguments: str, env: Mapping[str, str], logs: Path) -> Iterator[_Process]:
    log = logs / f"{name}.log"
    command = (sys.executable, "-m", "prefect", *arguments)
    with log.open("wb") as written:
        # In a session of its own, so that Ctrl-C reaches us alone and the order of ending is ours.
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
            command, env=env, stdout=written, stderr=subprocess.STDOUT, start_new_session=True
        )
    started = _Process(name, process, log)
    try:
        yield started
    finally:
        started.end()
