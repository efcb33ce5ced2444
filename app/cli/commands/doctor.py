"""The command that checks a machine, and prints each fault with its remedy."""

import sys
from collections.abc import Iterator
from datetime import datetime

import typer

from app.cli.lists import csv_cells
from app.cli.lists.formats import Format
from app.cli.options import How
from junheng import wording
from junheng.domain.operations.health_checks import Found
from junheng.refusals import Refusal

COLUMNS = ("check", "is_well", "said")
MARKS = {True: "✔", False: "✘"}
MISSING = 1


def doctor(how: How = Format.TABLE) -> None:
    """检查这台机器：缺什么、该怎么办；都正常时退出码 0，否则 1。"""
    from app.server.telemetry_off import quiet
    from junheng.adapters import clock

    quiet()
    results = list(_results(clock.now()))
    if how is Format.CSV:
        rows = ((name, str(result.is_well).lower(), result.said) for name, result in results)
        csv_cells.write(sys.stdout, COLUMNS, rows)
    else:
        for name, result in results:
            typer.echo(f"{MARKS[result.is_well]} {name}：{result.said}")
    if not all(result.is_well for _, result in results):
        sys.exit(MISSING)


def _results(now: datetime) -> Iterator[tuple[str, Found]]:
    from app.server.checks import services
    from tasks.operations import doctor as machine

    names = wording.packaged().doctor.checks
    for subject, check in (*machine.CHECKS, *services.CHECKS):
        try:
            yield names[subject], check(now)
        except Refusal as error:
            yield names[subject], Found(is_well=False, said=error.sentence)
