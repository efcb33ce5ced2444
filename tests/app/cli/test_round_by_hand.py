"""The round of the demo has the steps of the flows in the same order."""

import inspect
import re
from datetime import UTC, date, datetime
from pathlib import Path

from app.cli import round_by_hand
from flows import annual_round, sign_off
from junheng.adapters import clock
from tasks.steps import signing, steps

# Steps that only a Prefect run needs: they record its start and its user.
OF_RUNS = {"记下时间", "记录发起人"}
DAY = date(2025, 10, 20)


def steps_of(flow: object) -> list[str]:
    """Return the names of the steps that a flow's source calls, in order."""
    calls = re.findall(r"\b(steps|signing)\.(\w+)\(", inspect.getsource(flow))  # type: ignore[arg-type]
    modules = {"steps": steps, "signing": signing}
    names = [getattr(modules[module], function).name for module, function in calls]
    return [name for name in names if name not in OF_RUNS]


def test_up_to_the_sign_off_equals_annual_round() -> None:
    arguments = round_by_hand.Round(2025, Path("inbox"), DAY, datetime(2025, 10, 20, tzinfo=UTC))

    done = [name for name, _ in round_by_hand.up_to_the_sign_off(arguments)]

    assert done == steps_of(annual_round)


def test_from_the_sign_off_equals_sign_off() -> None:
    done = [
        name for name, _ in round_by_hand.from_the_sign_off(DAY, chased_on=DAY, clock=clock.now)
    ]

    assert done == steps_of(sign_off)
