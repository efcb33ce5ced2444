"""Prints an expected refusal as one line and ends the command with 2."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from junheng.refusals import Refusal

WRONG_CALL = 2


@contextmanager
def clear_errors() -> Iterator[None]:
    """Print a Refusal as one line and exit with 2; other exceptions keep their traceback."""
    # Imported here, because it takes a fifth of a second that `--help` and `check-config` save.
    from app.server.telemetry_off import quiet
    from junheng.settings import prepare_home

    quiet()
    try:
        prepare_home()
        yield
    except Refusal as error:
        sys.stderr.write(f"{error.sentence}\n")
        sys.exit(WRONG_CALL)
