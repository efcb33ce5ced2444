"""The ledger tells of itself: which rules stood when something was done, and who did it."""

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
    def test_the_first_thing_told_is_which_files_stood(self) -> None:
        hand_over()

        (first,) = config_changes()
        assert first.sequence == 1
        assert "taierzhuang/ladder.yaml" in json.loads(first.details)["files"]

    def test_a_changed_file_is_told_before_what_is_done_next(
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


class TestActing:
    def test_who_reports_without_a_receipt_has_received_it_and_begun(self) -> None:
        hand_over()

        act(Move.REPORT)

        assert [event.move for event in events()][-3:] == ["receipt", "start", "report"]
        assert {event.by for event in events()[-3:]} == {"张三"}
        assert kept().reported_on == TUESDAY

    def test_what_a_unit_says_where_it_stands_already_is_kept_and_told(self) -> None:
        hand_over()
        act(Move.START)

        said = Act(Move.START, "张三", WEDNESDAY, reason="进度", text="已完成七成")
        acts.act(REFERENCE, said, now=clock.now())
        acts.act(REFERENCE, said, now=clock.now())

        assert (kept().status, kept().progress) == (Status.IN_PROGRESS, "已完成七成")
        assert [event.kind for event in events()][-2:] == ["moved", "replied"]
        assert auditing.verify().breaks == ()

    def test_a_supporting_unit_reports_its_own_part_and_the_lead_still_owes_its_own(self) -> None:
        hand_over(supporting=("区财政局", "区编办"))

        acts.act(
            REFERENCE,
            Act(Move.REPORT, "李四", TUESDAY, reason="完成", unit="区财政局"),
            now=clock.now(),
        )

        finance, posts = kept().parts
        assert (finance.reported_on, posts.reported_on) == (TUESDAY, None)
        assert kept().status is Status.HANDED_OVER

    def test_what_the_table_does_not_allow_says_what_it_does(self) -> None:
        hand_over()

        with pytest.raises(ActRefused) as refused:
            act(Move.REVIEW)

        said = refused.value.args[0]
        assert said.startswith(f"{REFERENCE} 现在是“已交办”，不能“复核”；可以办理：签收、")

    def test_what_was_refused_is_written_down(self) -> None:
        hand_over()

        with pytest.raises(ActRefused):
            act(Move.REVIEW)

        last = events()[-1]
        assert (last.kind, last.move, last.by) == ("refused", "review", "创建办")
        assert "不能“复核”" in last.reason

    def test_nobody_acts_under_the_name_of_the_system(self) -> None:
        hand_over()

        with pytest.raises(ActRefused, match="“系统”是系统的名义"):
            acts.act(REFERENCE, Act(Move.RECEIPT, "系统", TUESDAY), now=clock.now())

    def test_the_same_receipt_twice_is_refused_and_not_silently_taken(self) -> None:
        hand_over()
        act(Move.RECEIPT)

        with pytest.raises(ActRefused, match="现在是“已签收”，不能“签收”"):
            act(Move.RECEIPT)

    def test_a_unit_may_be_called_by_its_name_of_today(self) -> None:
        held = hand_over(supporting=("区卫计局",))

        assert acts.part_named(held, "区卫健局", bootstrap.rulebook()) == "区卫计局"

    def test_another_lead_rests_on_its_own_clause(self) -> None:
        held = hand_over("T24", lead="区财政局", supporting=())

        assigned = acts.reassigned(held, "区人社局", None, bootstrap.rulebook())

        assert assigned.basis == "区人社局（三）"

    def test_a_lead_without_a_clause_of_its_own_needs_one(self) -> None:
        held = hand_over("T24", lead="区财政局", supporting=())

        with pytest.raises(ActRefused, match="没有写改派的依据"):
            acts.reassigned(held, "区统计局", None, bootstrap.rulebook())

    def test_what_is_refused_half_way_leaves_nothing_behind(self) -> None:
        hand_over()
        before = kept()
        asked = Act(Move.ASK_EXTENSION, "张三", TUESDAY, reason="施工", until=before.due_on)

        with pytest.raises(ActRefused, match="不晚于现在的期限"):
            acts.act_all(REFERENCE, (Act(Move.RECEIPT, "张三", TUESDAY), asked), now=clock.now())

        assert kept() == before

    def test_an_unknown_reference_says_where_references_are_listed(self) -> None:
        with pytest.raises(ActRefused, match="没有编号 370405-2025-9999；编号见 junheng ledger"):
            acts.current("370405-2025-9999")
