"""The ledger's history: the config files in force, the acts and the persons."""

import json
import shutil
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.history.hash_chain import Event
from junheng.domain.ledger.lifecycle import Move, Status
from junheng.domain.ledger.remediation import Act
from junheng.store import history
from tasks.history import auditing
from tasks.ledger import acts
from tasks.ledger.acts import ActRefused
from tests.tasks.ledgers import (
    DISTRICT,
    REFERENCE,
    TUESDAY,
    WEDNESDAY,
    act,
    events,
    hand_over,
    kept,
)


def config_changes() -> list[Event]:
    with bootstrap.session() as session:
        chain = [linked.event for linked in history.whole(session, DISTRICT)]
    return [event for event in chain if event.kind == "config_changed"]


class TestConfig:
    def test_the_first_event_records_the_config_files(self) -> None:
        hand_over()

        (first,) = config_changes()
        assert first.sequence == 1
        assert "taierzhuang/ladder.yaml" in json.loads(first.details)["files"]

    def test_a_changed_file_is_recorded_before_the_next_act(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config = tmp_path / "config"
        shutil.copytree(bootstrap.settings().config, config)
        monkeypatch.setenv("JUNHENG_CONFIG", str(config))
        hand_over()
        ladder = config / "taierzhuang" / "ladder.yaml"
        ladder.write_text(ladder.read_text("utf-8").replace("default: 20", "default: 25"), "utf-8")

        act(Move.RECEIPT)

        _, changed = config_changes()
        assert json.loads(changed.details)["changed"] == ["taierzhuang/ladder.yaml"]
        assert changed.sequence == events()[-1].sequence - 1


class TestAct:
    def test_a_report_without_a_receipt_implies_receipt_and_start(self) -> None:
        hand_over()

        act(Move.REPORT)

        assert [event.move for event in events()][-3:] == ["receipt", "start", "report"]
        assert {event.by for event in events()[-3:]} == {"张三"}
        assert kept().reported_on == TUESDAY

    def test_a_progress_text_without_a_move_is_stored_and_recorded(self) -> None:
        hand_over()
        act(Move.START)

        progress = Act(Move.START, "张三", WEDNESDAY, reason="进度", text="已完成七成")
        acts.act(REFERENCE, progress, now=clock.now())
        acts.act(REFERENCE, progress, now=clock.now())

        assert (kept().status, kept().progress) == (Status.IN_PROGRESS, "已完成七成")
        assert [event.kind for event in events()][-2:] == ["moved", "replied"]
        assert auditing.verify().breaks == ()

    def test_a_report_of_a_supporting_unit_does_not_report_for_the_lead(self) -> None:
        hand_over(supporting=("区财政局", "区编办"))

        acts.act(
            REFERENCE,
            Act(Move.REPORT, "李四", TUESDAY, reason="完成", unit="区财政局"),
            now=clock.now(),
        )

        finance, posts = kept().parts
        assert (finance.reported_on, posts.reported_on) == (TUESDAY, None)
        assert kept().status is Status.HANDED_OVER

    def test_a_forbidden_move_is_refused_with_the_allowed_moves(self) -> None:
        hand_over()

        with pytest.raises(ActRefused) as refused:
            act(Move.REVIEW)

        sentence = refused.value.args[0]
        assert sentence.startswith(f"{REFERENCE} 现在是“已交办”，不能“复核”；可以办理：签收、")

    def test_a_refused_act_is_recorded(self) -> None:
        hand_over()

        with pytest.raises(ActRefused):
            act(Move.REVIEW)

        last = events()[-1]
        assert (last.kind, last.move, last.by) == ("refused", "review", "创建办")
        assert "不能“复核”" in last.reason

    def test_a_person_named_like_the_system_is_refused(self) -> None:
        hand_over()

        with pytest.raises(ActRefused, match="“系统”是系统的名义"):
            acts.act(REFERENCE, Act(Move.RECEIPT, "系统", TUESDAY), now=clock.now())

    def test_a_second_receipt_is_refused(self) -> None:
        hand_over()
        act(Move.RECEIPT)

        with pytest.raises(ActRefused, match="现在是“已签收”，不能“签收”"):
            act(Move.RECEIPT)

    def test_a_unit_may_be_given_by_its_current_name(self) -> None:
        remediation = hand_over(supporting=("区卫计局",))

        assert acts.part_named(remediation, "区卫健局", bootstrap.rulebook()) == "区卫计局"

    def test_another_lead_gets_its_own_clause(self) -> None:
        remediation = hand_over("T24", lead="区财政局", supporting=())

        assigned = acts.reassigned(remediation, "区人社局", None, bootstrap.rulebook())

        assert assigned.basis == "区人社局（三）"

    def test_a_lead_without_a_clause_is_refused(self) -> None:
        remediation = hand_over("T24", lead="区财政局", supporting=())

        with pytest.raises(ActRefused, match="没有写改派的依据"):
            acts.reassigned(remediation, "区统计局", None, bootstrap.rulebook())

    def test_a_refused_act_undoes_the_acts_before_it(self) -> None:
        hand_over()
        before = kept()
        asked = Act(Move.ASK_EXTENSION, "张三", TUESDAY, reason="施工", until=before.due_on)

        with pytest.raises(ActRefused, match="不晚于现在的期限"):
            acts.act_all(REFERENCE, (Act(Move.RECEIPT, "张三", TUESDAY), asked), now=clock.now())

        assert kept() == before

    def test_an_unknown_reference_is_refused_with_the_command_that_lists_them(self) -> None:
        with pytest.raises(ActRefused, match="没有编号 370405-2025-9999；编号见 junheng ledger"):
            acts.current("370405-2025-9999")
