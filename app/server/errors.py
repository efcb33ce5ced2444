"""What cannot be done, said in one line: an expected refusal ends a command with 2."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from junheng.refusals import Refusal

WRONG_CALL = 2


@contextmanager
def clear_errors() -> Iterator[None]:
    """Say in one line what cannot be done, and end with 2; a bug still shows itself whole."""
    # Reading the settings takes a fifth of a second, which `--help` and `check-config` are spared.
    from app.server.telemetry_off import quiet
    from junheng.settings import prepare_home

    quiet()
    try:
        prepare_home()
        yield
    except Refusal as error:
        sys.stderr.write(f"{error.sentence}\n")
        sys.exit(WRONG_CALL)
