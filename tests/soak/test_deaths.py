"""A run that is killed: operators are notified once, with the step, and a retry completes it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import databases, small_district
from tests.soak import deaths, every_step
from tests.soak.deadly.sitecustomize import AFTER, RUN

# `make soak` tries all nine, each in its own office; test_named_up kills a worker and a server.
DEATHS = ((RUN, AFTER),)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="kills by process number")
def test_a_killed_run_alarms_operators_and_a_retry_ends_like_an_undisturbed_round(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = small_district.make(tmp_path / "2025")
    quiet, home = tmp_path / "quiet", tmp_path / "deadly"
    databases.ready(home)
    expected = every_step.quiet(folder, quiet, databases.settings_of(quiet))

    with deaths.deadly_office(folder, home, databases.settings_of(home)) as deadly:
        found = {who: deadly.round_with_death(who, moment) for who, moment in DEATHS}
        deadly.must_complete(every_step.sign(deadly.office))

    record_property("what became of each", {who: str(death) for who, death in found.items()})
    assert found[RUN].told_after is not None
    assert every_step.left(home, databases.settings_of(home)) == expected
