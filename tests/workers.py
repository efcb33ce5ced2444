"""How `pytest -n` spreads the tests: a file stays whole, and so do the files that share a set-up.

A worker process makes what its own tests ask for: one Prefect server, the judged sample years and
the old office are so made once a run, each by the worker that gets every test of it.
"""

import os
from collections.abc import Iterable, Iterator

import pytest
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

# The set-ups that cost seconds, by the fixture that makes them.
SHARED = {
    "prefect_server": "prefect",
    "judged_2024": "judged",
    "judged_2025": "judged",
    "judged_small": "judged",
    "untouched": "upgrades",
}
# What takes longest begins first, so that no worker is left alone with it at the end.
FIRST = ("prefect", "judged", "upgrades", "tests/soak", "tests/browser", "tests/app/server")


class WholeFiles(LoadGroupScheduling):  # type: ignore[misc]
    """Gives a worker a whole group of files, or a whole file that is in no group."""

    def _split_scope(self, nodeid: str) -> str:
        return str(super()._split_scope(nodeid)).partition("::")[0]


def spread(items: list[pytest.Item]) -> None:
    """Put the tests into groups and in their order, in a worker of `pytest -n`."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        group_of = _groups(items)
        for item in items:
            if item.path in group_of:
                item.add_marker(pytest.mark.xdist_group(group_of[item.path]))
        items.sort(key=lambda item: _place(group_of.get(item.path, item.nodeid)))


def _groups(items: Iterable[pytest.Item]) -> dict[object, str]:
    """Return the group of each file of which a test asks for a shared set-up."""
    return {item.path: SHARED[name] for item in items for name in _asked_for(item)}


def _asked_for(item: pytest.Item) -> Iterator[str]:
    return (name for name in getattr(item, "fixturenames", ()) if name in SHARED)


def _place(group: str) -> int:
    first = (place for place, name in enumerate(FIRST) if group.startswith(name))
    return next(first, len(FIRST))
