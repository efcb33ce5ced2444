"""The sentences that refuse an act: the reason, and the allowed moves."""

from datetime import date

import pytest
from typer.testing import CliRunner

from app.cli.app import app
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act
from junheng.rulebook import Rulebook
from tasks.ledger import act_refusals, acts
from tasks.ledger.acts import ActRefused
from tests.tasks.ledgers import REFERENCE, TUESDAY, act, hand_over, kept

WHO = ("--by", "张三", "--reason", "施工", "--on", "2025-11-04")


def refused(act: Act) -> str:
    with pytest.raises(ActRefused) as caught:
        acts.act(REFERENCE, act, now=clock.now())
    return str(caught.value)


class TestDates:
    def test_a_waiver_until_a_past_day_is_refused(self) -> None:
        hand_over()
        until = date(2025, 11, 3)

        sentence = refused(
            Act(Move.WAIVE, "张三", TUESDAY, "撤并", until=until, approved_by="区长")
        )

        assert sentence == "免于整改的截止日期不能早于办理日期 2025-11-04"

    def test_an_extension_to_the_same_day_is_refused(self) -> None:
        due_on = hand_over().due_on

        sentence = refused(Act(Move.ASK_EXTENSION, "张三", TUESDAY, "施工", until=due_on))

        assert sentence == f"新的期限不晚于现在的期限 {due_on}，不算延期"

    @pytest.mark.parametrize(("name", "command"), [("申请延期", "extend"), ("免于整改", "waive")])
    def test_a_move_that_needs_a_date_names_the_command_for_it(
        self, name: str, command: str
    ) -> None:
        hand_over()

        result = CliRunner().invoke(
            app, ["remediation", "move", REFERENCE, name, *WHO, "--approved-by", "区长"]
        )

        assert f"请改用：junheng remediation {command} {REFERENCE} --until" in result.stderr


class TestAllowed:
    def test_after_the_due_date_no_extension_is_offered(self) -> None:
        due_on = hand_over().due_on

        assert Move.ASK_EXTENSION in act_refusals.allowed(kept(), due_on)
        assert Move.ASK_EXTENSION not in act_refusals.allowed(kept(), date(2026, 1, 15))

    def test_a_supporting_unit_gets_its_own_allowed_moves(self) -> None:
        hand_over()

        sentence = refused(Act(Move.REVIEW, "李四", TUESDAY, unit="区财政局"))

        assert sentence == (
            f"{REFERENCE} 现在是“已交办”，区财政局作为配合单位不能“复核”；可以办理：签收、反馈"
        )

    def test_a_supporting_unit_has_no_moves_during_a_suspension(self) -> None:
        hand_over()
        act(Move.SUSPEND)

        sentence = refused(Act(Move.RECEIPT, "李四", TUESDAY, unit="区财政局"))

        assert sentence.endswith("可以办理：无（现在不在各单位手中）")


class TestNames:
    def test_the_words_of_the_workbook_are_accepted_as_names_of_moves(
        self, rulebook: Rulebook
    ) -> None:
        wanted = {
            "receipted": Move.RECEIPT,
            "in_progress": Move.START,
            "reported": Move.REPORT,
            "disputed": Move.DISPUTE,
            "extension": Move.ASK_EXTENSION,
        }

        for progress, spellings in rulebook.wording.ledger_book.progress:
            for spelling in spellings:
                assert acts.by_name(spelling, rulebook) is wanted[progress], spelling

    def test_no_synonym_is_the_name_of_another_move(self, rulebook: Rulebook) -> None:
        wording = rulebook.wording.ledger
        also = [name for _, names in wording.also_called for name in names]

        assert not set(also) & {wording.moves[move] for move in Move}
        assert len(also) == len(set(also))
