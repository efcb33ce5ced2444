"""A process that holds a run's lock, as the run's own process does."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from junheng.settings import PROJECT_ROOT

HOLD = "import sys; from pathlib import Path; from junheng.adapters import run_locks; "
HOLD += "run_locks.hold(Path(sys.argv[1]), sys.argv[2]); "
UNTIL_TOLD = HOLD + "print('held', flush=True); sys.stdin.read()"


@contextmanager
def holding(
    folder: Path, run: str, program: str = UNTIL_TOLD
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a process that holds a run's lock, and yield it with its first line of output."""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder), run],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT_ROOT,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()
