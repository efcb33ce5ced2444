"""Parts of supporting units: each unit receipts and reports its own part only."""

from dataclasses import replace
from datetime import date

import pytest

from junheng.domain.ledger import moves
from junheng.domain.ledger.lifecycle import Move, Status, TransitionNotAllowed
from junheng.domain.ledger.transition_requirements import MoveIncomplete
from tests.domain.ledger.one_remediation import act, handed_over, reported

TUESDAY = date(2025, 10, 21)


class TestSupportingParts:
    def test_a_supporting_unit_moves_only_its_own_part(self) -> None:
        signed = moves.move_part(handed_over(), act(Move.RECEIPT, TUESDAY, unit="区财政局"))
        done = moves.move_part(
            signed, act(Move.REPORT, date(2025, 11, 3), unit="区财政局", text="资金已到位")
        )

        own, other = done.parts
        assert (own.receipted_on, own.reported_on) == (TUESDAY, date(2025, 11, 3))
        assert own.progress == "资金已到位"
        assert other == handed_over().parts[1]
        assert replace(done, parts=handed_over().parts) == handed_over()

    def test_a_report_without_a_receipt_records_the_receipt(self) -> None:
        done = moves.move_part(handed_over(), act(Move.REPORT, TUESDAY, unit="运河街道"))

        assert done.parts[1].receipted_on == done.parts[1].reported_on == TUESDAY

    def test_it_may_report_after_the_lead_has_reported(self) -> None:
        done = moves.move_part(reported(), act(Move.REPORT, TUESDAY, unit="运河街道"))

        assert (done.status, done.parts[1].reported_on) == (Status.REPORTED, TUESDAY)

    @pytest.mark.parametrize(
        "status",
        [
            Status.DRAFTED,
            Status.SIGNED_OFF,
            Status.CLOSED,
            Status.DISPUTED,
            Status.SUSPENDED,
            Status.WAIVED,
        ],
    )
    def test_it_cannot_move_unless_units_or_office_are_working(self, status: Status) -> None:
        with pytest.raises(TransitionNotAllowed):
            moves.move_part(
                replace(handed_over(), status=status), act(Move.RECEIPT, unit="区财政局")
            )

    @pytest.mark.parametrize(
        "move", [move for move in Move if move not in {Move.RECEIPT, Move.REPORT}]
    )
    def test_other_moves_are_refused(self, move: Move) -> None:
        with pytest.raises(TransitionNotAllowed):
            moves.move_part(handed_over(), act(move, TUESDAY, unit="区财政局"))

    @pytest.mark.parametrize(
        ("said", "lacking"),
        [
            ({"unit": "区公安分局"}, "unit"),
            ({"unit": "区教育局"}, "unit"),
            ({"unit": "区财政局", "by": " "}, "by"),
            ({"unit": "区财政局", "on": date(2025, 10, 17)}, "on"),
        ],
    )
    def test_unit_person_and_day_must_be_valid(self, said: dict[str, object], lacking: str) -> None:
        with pytest.raises(MoveIncomplete) as refused:
            moves.move_part(handed_over(), replace(act(Move.RECEIPT, TUESDAY), **said))  # type: ignore[arg-type]

        assert refused.value.lacking == lacking
