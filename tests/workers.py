"""Distribution of tests by `pytest -n`: files stay whole, and files that share a set-up together.

So the Prefect server, the judged sample years and the old office are created once per run, each in
the worker that gets all files that name it. A file that is missed creates its own, which is only
slower. (The groups of xdist itself, by a mark, do not work with pytest 9.)
"""

import os
import re
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
# The slow set-ups, by the fixtures that create or use them.
SHARED = {
    "prefect": re.compile(r"\bprefect_server\b"),
    "judged": re.compile(
        r"\b(judged_(2024|2025|small)|in_2025|rounds(?=:)|after_2025|after_all)\b"
    ),
    "upgrades": re.compile(r"\b(untouched|old_home)\b"),
}
# The slowest groups begin first, so that no worker is left alone with one at the end.
FIRST = ("prefect", "judged", "tests/soak", "tests/browser", "upgrades", "tests/app/server")


class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a worker a whole file, or all the files of a group, in the order of the tests."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0])


@cache
def group_of(file: str) -> str:
    """Return the group of a file, by its path from the root, or the file itself without a group.

    Fixtures are found by a text search for their names: the scheduler has not collected tests.
    """
    text = (ROOT / file).read_text("utf-8") if file.startswith("tests/") else ""
    return next((group for group, named in SHARED.items() if named.search(text)), file)


def put_the_longest_first(items: list[pytest.Item]) -> None:
    """Order the tests of a worker of `pytest -n`; a run without workers keeps the usual order."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: _place(group_of(item.nodeid.partition("::")[0])))


def _place(group: str) -> int:
    first = (place for place, name in enumerate(FIRST) if group.startswith(name))
    return next(first, len(FIRST))
