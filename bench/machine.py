"""Measures the processor time and memory of an office's processes."""

import os
from pathlib import Path

from tests.app.server.an_office import processes_that_know

TICKS = os.sysconf("SC_CLK_TCK")
BYTES_IN_MB = 1024
# In /proc/<pid>/stat after the name: user and system time of the process and of ended children.
TIMES = slice(11, 15)
# By a word in the command line of each part.
PARTS = {"app.server.guard.serve": "server", "worker": "worker", "chat": "chat"}


def cpu_seconds(mark: str) -> dict[str, float]:
    """Return the processor seconds of each process of the office that a mark identifies."""
    spent: dict[str, float] = {}
    for process in processes_that_know(mark):
        fields = _read(process, "stat").rpartition(")")[2].split()
        ticks = sum(int(ticks) for ticks in fields[TIMES])
        name = _part(process)
        spent[name] = spent.get(name, 0.0) + ticks / TICKS
    return spent


def own_mb(mark: str) -> dict[str, int]:
    """Return the memory of each part in MB, as proportional set size (PSS)."""
    used: dict[str, int] = {}
    for process in processes_that_know(mark):
        lines = _read(process, "smaps_rollup").splitlines()
        kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
        name = _part(process)
        used[name] = used.get(name, 0) + kilobytes // BYTES_IN_MB
    return used


def _part(process: int) -> str:
    words = _read(process, "cmdline").split("\0")
    return next((part for word, part in PARTS.items() if word in words), "up")


def _read(process: int, what: str) -> str:
    try:
        return Path(f"/proc/{process}/{what}").read_text("utf-8")
    except OSError:  # the process has ended
        return ""
