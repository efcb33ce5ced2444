"""The ladder in ladder.yaml: its checks, and the kind of ladder of a remediation."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from junheng.domain.chase.ladder import Audience, Ladder, LadderInForce, LadderKind, Rung, kind_of
from junheng.domain.ledger import moves
from junheng.domain.ledger.lifecycle import SETS_CLOCK, Move, TransitionNotAllowed
from junheng.domain.ledger.remediation import LedgerContext
from junheng.domain.standard.standard import Line
from junheng.rulebook import Rulebook
from tests.config_refusals import refused
from tests.domain.ledger.one_remediation import PROVEN, TERMS, act, handed_over

OPENING = {"name": "handed_over", "label": "新交办", "on_opening": True, "tells": ["lead"]}
CHASED = {"name": "chased", "label": "催办", "workdays_to_due": -1, "tells": ["lead"]}
SUMMONS = {"name": "summons", "label": "约谈", "workdays_to_due": -10, "tells": ["lead"]}


def written(*rungs: dict[str, Any], **more: Any) -> Ladder:
    limits = {"default": 20, "veto": 5}
    return Ladder.model_validate({"time_limits": limits, "rungs": rungs, **more})


class TestRung:
    def test_a_rung_reached_in_two_ways_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="either on opening or by workdays"):
            Rung(name="x", label="x", on_opening=True, workdays_to_due=1, tells=())

    def test_a_rung_never_reached_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="either on opening or by workdays"):
            Rung(name="x", label="x", tells=())


class TestTimeLimits:
    def test_a_submission_is_due_again_in_five_workdays(self, rulebook: Rulebook) -> None:
        assert rulebook.ladder.time_limits.workdays_for(_line(rulebook, "SUB")) == 5

    def test_a_line_that_is_not_listed_has_the_usual_limit(self, rulebook: Rulebook) -> None:
        assert rulebook.ladder.time_limits.workdays_for(_line(rulebook, "R1")) == 20


class TestLadderRefuses:
    def test_two_rungs_of_one_name(self) -> None:
        with refused("台阶重名：chased"):
            written(OPENING, CHASED, CHASED)

    @pytest.mark.parametrize("rungs", [(OPENING, SUMMONS, CHASED), (CHASED, OPENING)])
    def test_rungs_that_do_not_climb(self, rungs: tuple[dict[str, Any], ...]) -> None:
        with refused("台阶应从低到高"):
            written(*rungs)

    def test_rungs_of_one_name_in_a_kind_and_names_the_kind(self) -> None:
        with refused("veto 的台阶重名：summons"):
            written(OPENING, by_kind={"veto": [SUMMONS, SUMMONS]})

    def test_a_kind_without_a_rung(self) -> None:
        with refused("veto 一个台阶也没有写"):
            written(OPENING, by_kind={"veto": []})

    def test_the_usual_rungs_in_by_kind(self) -> None:
        with refused("通用的台阶写在 rungs"):
            written(OPENING, by_kind={"usual": [OPENING]})

    def test_an_unknown_kind(self) -> None:
        with pytest.raises(ValidationError, match="by_kind"):
            written(OPENING, by_kind={"urgent": [OPENING]})


class TestKindOf:
    @pytest.mark.parametrize(
        ("indicator", "kind"),
        [
            ("R1", LadderKind.USUAL),
            ("V01", LadderKind.VETO),
            ("SUB", LadderKind.SUBMISSION),
            ("T05", LadderKind.PLAN_TASK),
        ],
    )
    def test_depends_on_severity_and_grain_of_the_line(
        self, rulebook: Rulebook, indicator: str, kind: LadderKind
    ) -> None:
        line = _line(rulebook, indicator)

        assert kind_of(line, is_recurring=False, is_attested=False) is kind

    def test_is_plan_task_for_an_attested_line(self, rulebook: Rulebook) -> None:
        line = _line(rulebook, "R1")

        assert kind_of(line, is_recurring=False, is_attested=True) is LadderKind.PLAN_TASK

    def test_is_recurring_for_a_recurring_duty(self) -> None:
        assert kind_of(None, is_recurring=True, is_attested=True) is LadderKind.RECURRING

    def test_is_usual_for_a_line_that_the_standard_no_longer_contains(self) -> None:
        assert kind_of(None, is_recurring=False, is_attested=False) is LadderKind.USUAL

    def test_a_kind_without_rungs_of_its_own_has_the_usual_rungs(self) -> None:
        ladder = written(OPENING, SUMMONS, by_kind={"veto": [CHASED]})

        assert ladder.of(LadderKind.SUBMISSION).names == ("handed_over", "summons")
        assert ladder.of(LadderKind.VETO).names == ("chased",)


class TestLadderInForce:
    def test_is_restored_from_its_content(self, rulebook: Rulebook) -> None:
        ladder = rulebook.ladder.of(LadderKind.VETO)

        restored = LadderInForce.model_validate(ladder.content)

        assert (restored, restored.digest) == (ladder, ladder.digest)

    def test_has_another_digest_if_a_rung_has_another_day(self) -> None:
        sooner = {**SUMMONS, "workdays_to_due": -9}
        ladders = (written(OPENING, rung).of(LadderKind.USUAL) for rung in (SUMMONS, sooner))

        assert len({ladder.digest for ladder in ladders}) == 2


class TestOpeningLabel:
    def test_every_move_that_sets_the_clock_has_a_label_by_default(
        self, rulebook: Rulebook
    ) -> None:
        words = rulebook.wording.ledger.moves

        named = written(OPENING, again={"carry_over": "接着办"}).calling(words)

        assert set(named.again) == SETS_CLOCK
        assert named.again[Move.CARRY_OVER] == "接着办"
        assert named.again[Move.REPROJECT] == "期限按公布的节假日调整"

    def test_the_opening_rung_of_a_reprojected_date_is_not_called_new(
        self, rulebook: Rulebook
    ) -> None:
        own = written(OPENING).calling(rulebook.wording.ledger.moves)

        opening = own.of(LadderKind.USUAL).opening(Audience.LEAD, clock_set_by="reproject")

        assert opening is not None
        assert opening.label == "期限按公布的节假日调整"

    def test_the_moves_that_set_the_clock_are_those_listed(self) -> None:
        # REPROJECT is not allowed for a due date that was counted over announced days only.
        assert {move for move in Move if _sets_clock(move)} | {Move.REPROJECT} == SETS_CLOCK


def _sets_clock(move: Move) -> bool:
    asked_for_time = replace(handed_over(), extension_until=date(2025, 12, 1))
    try:
        after = moves._EFFECTS[move](asked_for_time, act(move), LedgerContext(TERMS, PROVEN))
    except TransitionNotAllowed:
        return False
    return after.clock_set_by == move.value


def _line(rulebook: Rulebook, indicator: str) -> Line:
    line = rulebook.standard.line(indicator)
    assert line is not None
    return line
