"""Prefect's own command, in a process of ours: `python -m app.server.prefect_command [--held] …`.

A command that is held imports what it needs, which takes seconds, and begins when its standard
input says so: meanwhile the server lays out its tables.
"""

import contextlib
import importlib
import os
import sys

HELD = "--held"
BEGIN = b"\n"
# Prefect imports them only when the command runs. To deploy, it also imports the flows: one of them
# brings most of what they all need.
NEEDED = {
    "worker": ("prefect.cli.worker", "prefect.workers.process"),
    "deploy": ("prefect.cli.deploy", "prefect.deployments.runner", "flows.annual_round"),
}


def main(arguments: list[str]) -> None:
    """Become the Prefect command that the arguments name."""
    is_held = HELD in arguments
    said = [argument for argument in arguments if argument != HELD]
    for name in NEEDED.get(next(word for word in said if not word.startswith("-")), ()):
        importlib.import_module(name)
    if "worker" in said:
        from app.server import worker_reports

        worker_reports.put_in()
    if is_held and sys.stdin.buffer.read(len(BEGIN)) != BEGIN:
        # Who held us is gone.
        return
    if "deploy" in said:
        said += _deployments()
    from prefect.cli import app

    sys.argv = ["prefect", *said]
    app()


def _deployments() -> tuple[str, ...]:
    from app.server import chosen_deployments
    from app.server.errors import clear_errors

    # Relative paths among the settings of the ledger begin where somebody started it all.
    started_in = os.environ.get("JUNHENG_STARTED_IN", ".")
    with contextlib.chdir(started_in), clear_errors():
        return tuple(chosen_deployments.options())


if __name__ == "__main__":
    main(sys.argv[1:])
