"""Runs Prefect's command with our patches: `python -m app.server.prefect_command [--held] …`.

With `--held`, the command imports its modules, which takes seconds, and then waits for a line on
standard input. Meanwhile the server creates its tables.
"""

import contextlib
import importlib
import os
import sys

HELD = "--held"
BEGIN = b"\n"
# Modules that Prefect imports only when the command runs. `deploy` also imports the flows; one of
# them imports most modules that all of them need.
NEEDED = {
    "worker": ("prefect.cli.worker", "prefect.workers.process"),
    "deploy": ("prefect.cli.deploy", "prefect.deployments.runner", "flows.annual_round"),
}


def main(arguments: list[str]) -> None:
    """Run the Prefect command that the arguments name."""
    is_held = HELD in arguments
    words = [argument for argument in arguments if argument != HELD]
    for name in NEEDED.get(next(word for word in words if not word.startswith("-")), ()):
        importlib.import_module(name)
    if "worker" in words:
        from app.server import worker_reports

        worker_reports.install()
    if is_held and sys.stdin.buffer.read(len(BEGIN)) != BEGIN:
        # The parent process ended without releasing us.
        return
    if "deploy" in words:
        words += _deployments()
    from prefect.cli import app

    sys.argv = ["prefect", *words]
    app()


def _deployments() -> tuple[str, ...]:
    from app.server import chosen_deployments
    from app.server.errors import clear_errors

    # Relative paths in settings refer to the folder where `junheng up` or `setup` was started.
    started_in = os.environ.get("JUNHENG_STARTED_IN", ".")
    with contextlib.chdir(started_in), clear_errors():
        return tuple(chosen_deployments.options())


if __name__ == "__main__":
    main(sys.argv[1:])
