"""Lists of lines that several processes add to, such as the outbox's alarms: each line once."""

import fcntl
from pathlib import Path

from junheng.adapters.files.pages import said_clearly


def add(path: Path, line: str) -> None:
    """Add a line to a list, where it is not there yet.

    Raises:
        NotWritten: the folder cannot be made, or not be written into, or the disk is full.

    """
    with said_clearly(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            # Of two that add the same line at one moment, the second finds it.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            before = file.read()
            if line not in before.split("\n"):
                # A killed process may have left half a line.
                is_whole = not before or before.endswith("\n")
                file.write(f"{line}\n" if is_whole else f"\n{line}\n")
