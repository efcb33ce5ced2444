"""Reads config/standard: the lines, and the conditions for recognition."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from junheng import config_files
from junheng.domain.duties.responsibilities import Plan
from junheng.domain.judging.recognition import Condition
from junheng.domain.standard.standard import Line, Standard, repeated_for_plan_tasks
from junheng.rulebook.checks.subject import mistake
from junheng.rulebook.files import Conditions, Lines

if TYPE_CHECKING:
    from junheng.config_files import Mistake

RECOGNITION = "recognition.yaml"


def read(folder: Path, plan: Plan) -> Standard:
    """Return every line of a folder, in the order of its files; raises RulebookUnusable."""
    tasks = tuple((task.number, task.title) for task in plan.tasks)
    lines: list[Line] = []
    doubled: list[Mistake] = []
    for path in line_files(folder):
        for index, line in enumerate(config_files.parsed(path, Lines).lines):
            repeated = repeated_for_plan_tasks(line, tasks) if line.repeat else (line,)
            known = {other.id for other in lines}
            if any(copy.id in known for copy in repeated):
                doubled.append(mistake(path, ("lines", index, "id"), "doubled", word=line.id))
            lines.extend(repeated)
    if doubled:
        raise config_files.unusable(doubled)
    return Standard(lines=tuple(lines))


def conditions(folder: Path) -> tuple[Condition, ...]:
    """Return the conditions for recognition; raises RulebookUnusable."""
    return config_files.parsed(folder / RECOGNITION, Conditions).conditions


def line_files(folder: Path) -> Iterator[Path]:
    """Yield the files with lines."""
    yield from (path for path in sorted(folder.glob("*.yaml")) if path.name != RECOGNITION)
