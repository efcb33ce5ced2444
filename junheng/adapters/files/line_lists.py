"""Text files to which several processes append unique lines, such as the outbox's alarms."""

import fcntl
from pathlib import Path

from junheng.adapters.files.pages import said_clearly


def add(path: Path, line: str) -> None:
    """Append a line to a list unless the list already has it.

    Raises:
        NotWritten: the folder cannot be made or written to, or the disk is full.

    """
    with said_clearly(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            # If two processes add the same line at once, the second one finds it.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            content = file.read()
            if line not in content.split("\n"):
                # A killed process may have left half a line.
                is_whole = not content or content.endswith("\n")
                file.write(f"{line}\n" if is_whole else f"\n{line}\n")
