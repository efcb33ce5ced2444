"""The ladder in force when a remediation opened: later edits of ladder.yaml do not change it."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.chase.ladder import LadderInForce, LadderKind
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act
from junheng.store import notices, remediations
from junheng.store.tables.ledger import LadderRow
from tasks.chase import cards as chasing
from tasks.history import auditing
from tasks.ledger import acts, ladders
from tasks.ledger.ladders import LadderLost
from tests.tasks.ledgers import DISTRICT, MONDAY, REFERENCE, TUESDAY, act, hand_over, kept
from tests.tasks.owed_cards import send

OTHER = "370405-2025-0002"
# Twenty workdays after Monday 3 November 2025, and the following days.
DUE, DAY_AFTER, FIVE_AFTER = date(2025, 12, 1), date(2025, 12, 2), date(2025, 12, 8)


@pytest.fixture
def ladder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a copy of config/ and return its ladder.yaml for editing."""
    config = tmp_path / "config"
    shutil.copytree(bootstrap.settings().config, config)
    monkeypatch.setenv("JUNHENG_CONFIG", str(config))
    return config / "taierzhuang" / "ladder.yaml"


def edit(path: Path) -> None:
    """Rename 催办, and move 督办 to the day after the due date."""
    before = path.read_text("utf-8")
    after = before.replace("label: 催办", "label: 催促").replace(
        "{name: escalated, label: 督办, workdays_to_due: -5",
        "{name: escalated, label: 督办, workdays_to_due: -2",
    )
    assert after.count("催促") == 3
    path.write_text(after, "utf-8")


def cards(day: date) -> str:
    """Store and send a day's cards, and return them."""
    chasing.owe_cards(day, clock=clock.now)
    send()
    with bootstrap.session() as session:
        return "\n".join(card.text for card in notices.of_day(session, DISTRICT, day))


def kept_ladders() -> list[str]:
    with bootstrap.session() as session:
        return [row.kind for row in session.exec(select(LadderRow))]


class TestEditedLadder:
    def test_open_remediations_keep_their_ladder_and_new_ones_get_the_new_one(
        self, ladder: Path
    ) -> None:
        hand_over(supporting=())
        edit(ladder)
        hand_over(reference=OTHER, lead="区财政局", supporting=(), unit="3370405002")

        texts = cards(DAY_AFTER)

        old, new = texts.split("【义务教育优质均衡整改】区财政局")
        assert "■ 新交办·催办 1项" in old
        assert "■ 新交办·催促 1项" in new

    def test_open_remediations_keep_the_days_and_the_names_of_rungs(self, ladder: Path) -> None:
        hand_over(supporting=())
        cards(DAY_AFTER)
        edit(ladder)

        assert "督办" not in cards(date(2025, 12, 5))
        assert "■ 督办 1项" in cards(FIVE_AFTER)

    def test_the_shown_ladder_does_not_change(self, ladder: Path) -> None:
        remediation = hand_over()
        before = ladders.own(remediation)

        edit(ladder)

        assert ladders.own(kept()) == before

    @pytest.mark.parametrize("move", [Move.SUSPEND, Move.DISPUTE])
    def test_a_pause_keeps_the_ladder(self, ladder: Path, move: Move) -> None:
        before = hand_over().ladder
        edit(ladder)

        act(move)
        act(Move.RESUME if move is Move.SUSPEND else Move.UPHOLD)

        assert (kept().ladder, kept().cycle) == (before, 2)

    def test_an_extension_keeps_the_ladder(self, ladder: Path) -> None:
        before = hand_over().ladder
        edit(ladder)

        asked = Act(Move.ASK_EXTENSION, "张三", MONDAY, "流标", until=date(2026, 1, 15))
        granted = Act(Move.GRANT_EXTENSION, "李四", MONDAY, approved_by="分管副区长")
        acts.act_all(REFERENCE, (asked, granted), now=clock.now())

        assert kept().ladder == before

    def test_a_reassignment_gets_the_current_ladder(self, ladder: Path) -> None:
        remediation = hand_over("T24", lead="区财政局", supporting=())
        edit(ladder)
        act(Move.DISPUTE)

        assigned = acts.reassigned(remediation, "区人社局", None, bootstrap.rulebook())
        acts.act(
            REFERENCE,
            Act(Move.REASSIGN, "王五", TUESDAY, "职责", assigned=assigned),
            now=clock.now(),
        )

        assert kept().ladder != remediation.ladder
        assert [rung.label for rung in ladders.own(kept()).rungs][3] == "催促"


class TestStoredLadder:
    def test_a_ladder_is_stored_once_for_all_its_remediations(self) -> None:
        hand_over()
        hand_over(reference=OTHER, unit="3370405002")
        hand_over("SUB", reference="370405-2025-0003")

        assert sorted(kept_ladders()) == ["submission", "usual"]

    def test_a_remediation_without_a_stored_ladder_follows_the_current_one(
        self, ladder: Path
    ) -> None:
        _forget(hand_over("V01").reference)
        edit(ladder)

        own = ladders.own(kept())

        assert own == bootstrap.rulebook().ladder.of(LadderKind.VETO)

    def test_a_deleted_ladder_raises_ladder_lost(self) -> None:
        hand_over()
        with bootstrap.session() as session:
            session.delete(session.exec(select(LadderRow)).one())

        with pytest.raises(LadderLost, match=f"{REFERENCE} 交办时的催办台阶没有保存下来"):
            chasing.owe_cards(MONDAY, clock=clock.now)

    def test_a_changed_digest_is_found_by_the_audit(self) -> None:
        hand_over()
        with bootstrap.session() as session:
            row = remediations.row_of(session, DISTRICT, REFERENCE)
            row.ladder = "0" * 64
            session.add(row)

        differs, gone = auditing.verify().breaks

        assert f"{REFERENCE} 的“交办时的催办台阶”现在是“000" in differs
        assert gone.startswith(f"{REFERENCE} 交办时的催办台阶不在了")

    def test_a_changed_ladder_is_found_by_the_audit(self) -> None:
        hand_over()
        with bootstrap.session() as session:
            row = session.exec(select(LadderRow)).one()
            row.content = {**row.content, "rungs": row.content["rungs"][:-1]}
            session.add(row)

        (found,) = auditing.verify().breaks

        assert found.startswith(f"{REFERENCE} 交办时的催办台阶被改动")

    def test_an_unchanged_ladder_passes_the_audit(self) -> None:
        hand_over()

        assert auditing.verify().breaks == ()

    def test_the_stored_content_is_the_ladder(self) -> None:
        remediation = hand_over()

        with bootstrap.session() as session:
            row = session.exec(select(LadderRow)).one()
            again = LadderInForce.model_validate(row.content)

        assert (row.digest, again.digest) == (remediation.ladder, remediation.ladder)


def _forget(reference: str) -> None:
    with bootstrap.session() as session:
        remediation = remediations.numbered(session, DISTRICT, reference)
        remediations.change(session, DISTRICT, replace(remediation, ladder=""))
