"""The sample's ladders: the rungs of each kind, and faster rungs for vetoes."""

import pytest

from junheng.domain.chase.ladder import LadderKind
from junheng.rulebook import Rulebook


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (LadderKind.USUAL, {"escalated": -5, "summons": -10, "accountability": -15}),
        (LadderKind.VETO, {"escalated": -1, "summons": -3, "accountability": -5}),
        (LadderKind.SUBMISSION, {"escalated": -5, "summons": -10}),
        (LadderKind.PLAN_TASK, {"escalated": -5, "summons": -10, "accountability": -15}),
        (LadderKind.RECURRING, {"escalated": -10, "summons": -20}),
    ],
)
def test_each_kind_is_escalated_on_its_own_days(
    rulebook: Rulebook, kind: LadderKind, days: dict[str, int]
) -> None:
    above = {"escalated", "summons", "accountability"}
    ladder = rulebook.ladder.of(kind)

    assert {rung.name: rung.workdays_to_due for rung in ladder.rungs if rung.name in above} == days


def test_a_rung_has_one_label_on_every_ladder(rulebook: Rulebook) -> None:
    labels = {
        (rung.name, rung.label) for kind in LadderKind for rung in rulebook.ladder.of(kind).rungs
    }

    assert len({name for name, _ in labels}) == len(labels)
