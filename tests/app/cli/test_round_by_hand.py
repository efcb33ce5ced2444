"""The demo's round takes the steps of the flows, in their order."""

import inspect
import re
from datetime import UTC, date, datetime
from pathlib import Path

from app.cli import round_by_hand
from flows import annual_round, sign_off
from junheng.adapters import clock
from tasks.steps import signing, steps

# What only a run of Prefect's does: it says who began it, and when.
OF_RUNS = {"记下时间", "记录发起人"}
DAY = date(2025, 10, 20)


def steps_of(flow: object) -> list[str]:
    """Return the names of the steps that a flow's body names, in its order."""
    named = re.findall(r"\b(steps|signing)\.(\w+)\(", inspect.getsource(flow))  # type: ignore[arg-type]
    rooms = {"steps": steps, "signing": signing}
    found = [getattr(rooms[room], name).name for room, name in named]
    return [name for name in found if name not in OF_RUNS]


def test_up_to_the_sign_off_it_is_the_annual_round() -> None:
    told = round_by_hand.Round(2025, Path("inbox"), DAY, datetime(2025, 10, 20, tzinfo=UTC))

    done = [name for name, _ in round_by_hand.up_to_the_sign_off(told)]

    assert done == steps_of(annual_round)


def test_from_the_sign_off_it_is_the_flow_that_signs() -> None:
    done = [
        name for name, _ in round_by_hand.from_the_sign_off(DAY, chased_on=DAY, clock=clock.now)
    ]

    assert done == steps_of(sign_off)
