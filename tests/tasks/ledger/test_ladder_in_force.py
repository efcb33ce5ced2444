"""What was promised when a remediation opened: a later edit of ladder.yaml does not rewrite it."""

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
# Twenty workdays after Monday 3 November 2025, and the days after it.
DUE, DAY_AFTER, FIVE_AFTER = date(2025, 12, 1), date(2025, 12, 2), date(2025, 12, 8)


@pytest.fixture
def ladder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a copy of config/ whose ladder.yaml may be edited."""
    config = tmp_path / "config"
    shutil.copytree(bootstrap.settings().config, config)
    monkeypatch.setenv("JUNHENG_CONFIG", str(config))
    return config / "taierzhuang" / "ladder.yaml"


def edit(path: Path) -> None:
    """Let 催办 be called otherwise, and 督办 come the day after the due date."""
    before = path.read_text("utf-8")
    after = before.replace("label: 催办", "label: 催促").replace(
        "{name: escalated, label: 督办, workdays_to_due: -5",
        "{name: escalated, label: 督办, workdays_to_due: -2",
    )
    assert after.count("催促") == 3
    path.write_text(after, "utf-8")


def cards(day: date) -> str:
    """Owe and send a day's cards, and return them."""
    chasing.owe_cards(day, clock=clock.now)
    send()
    with bootstrap.session() as session:
        return "\n".join(card.text for card in notices.of_day(session, DISTRICT, day))


def kept_ladders() -> list[str]:
    with bootstrap.session() as session:
        return [row.kind for row in session.exec(select(LadderRow))]


class TestThePromise:
    def test_what_was_open_keeps_it_and_what_opens_follows_the_new_one(self, ladder: Path) -> None:
        hand_over(supporting=())
        edit(ladder)
        hand_over(reference=OTHER, lead="区财政局", supporting=(), unit="3370405002")

        said = cards(DAY_AFTER)

        old, new = said.split("【义务教育优质均衡整改】区财政局")
        assert "■ 新交办·催办 1项" in old
        assert "■ 新交办·催促 1项" in new

    def test_the_days_are_kept_as_well_as_the_names(self, ladder: Path) -> None:
        hand_over(supporting=())
        cards(DAY_AFTER)
        edit(ladder)

        assert "督办" not in cards(date(2025, 12, 5))
        assert "■ 督办 1项" in cards(FIVE_AFTER)

    def test_what_is_shown_ahead_is_what_will_be_told(self, ladder: Path) -> None:
        held = hand_over()
        before = ladders.own(held)

        edit(ladder)

        assert ladders.own(kept()) == before

    @pytest.mark.parametrize("move", [Move.SUSPEND, Move.DISPUTE])
    def test_a_pause_keeps_it(self, ladder: Path, move: Move) -> None:
        before = hand_over().ladder
        edit(ladder)

        act(move)
        act(Move.RESUME if move is Move.SUSPEND else Move.UPHOLD)

        assert (kept().ladder, kept().cycle) == (before, 2)

    def test_more_time_keeps_it(self, ladder: Path) -> None:
        before = hand_over().ladder
        edit(ladder)

        asked = Act(Move.ASK_EXTENSION, "张三", MONDAY, "流标", until=date(2026, 1, 15))
        granted = Act(Move.GRANT_EXTENSION, "李四", MONDAY, approved_by="分管副区长")
        acts.act_all(REFERENCE, (asked, granted), now=clock.now())

        assert kept().ladder == before

    def test_another_lead_is_promised_the_ladder_of_that_day(self, ladder: Path) -> None:
        held = hand_over("T24", lead="区财政局", supporting=())
        edit(ladder)
        act(Move.DISPUTE)

        assigned = acts.reassigned(held, "区人社局", None, bootstrap.rulebook())
        acts.act(
            REFERENCE,
            Act(Move.REASSIGN, "王五", TUESDAY, "职责", assigned=assigned),
            now=clock.now(),
        )

        assert kept().ladder != held.ladder
        assert [rung.label for rung in ladders.own(kept()).rungs][3] == "催促"


class TestWhatIsKept:
    def test_one_ladder_is_kept_once_for_all_that_climb_it(self) -> None:
        hand_over()
        hand_over(reference=OTHER, unit="3370405002")
        hand_over("SUB", reference="370405-2025-0003")

        assert sorted(kept_ladders()) == ["submission", "usual"]

    def test_what_was_opened_before_ladders_were_kept_climbs_that_of_the_day(
        self, ladder: Path
    ) -> None:
        _forget(hand_over("V01").reference)
        edit(ladder)

        own = ladders.own(kept())

        assert own == bootstrap.rulebook().ladder.of(LadderKind.VETO)

    def test_a_ladder_that_was_taken_out_by_hand_is_missed(self) -> None:
        hand_over()
        with bootstrap.session() as session:
            session.delete(session.exec(select(LadderRow)).one())

        with pytest.raises(LadderLost, match=f"{REFERENCE} 交办时的催办台阶没有保存下来"):
            chasing.owe_cards(MONDAY, clock=clock.now)

    def test_the_history_tells_of_it(self) -> None:
        hand_over()
        with bootstrap.session() as session:
            row = remediations.row_of(session, DISTRICT, REFERENCE)
            row.ladder = "0" * 64
            session.add(row)

        differs, gone = auditing.verify().breaks

        assert f"{REFERENCE} 的“交办时的催办台阶”现在是“000" in differs
        assert gone.startswith(f"{REFERENCE} 交办时的催办台阶不在了")

    def test_a_kept_ladder_that_was_changed_by_hand_is_found(self) -> None:
        hand_over()
        with bootstrap.session() as session:
            row = session.exec(select(LadderRow)).one()
            row.content = {**row.content, "rungs": row.content["rungs"][:-1]}
            session.add(row)

        (found,) = auditing.verify().breaks

        assert found.startswith(f"{REFERENCE} 交办时的催办台阶被改动")

    def test_a_sound_one_is_proven(self) -> None:
        hand_over()

        assert auditing.verify().breaks == ()

    def test_what_is_kept_is_the_ladder_itself(self) -> None:
        held = hand_over()

        with bootstrap.session() as session:
            row = session.exec(select(LadderRow)).one()
            again = LadderInForce.model_validate(row.content)

        assert (row.digest, again.digest) == (held.ladder, held.ladder)


def _forget(reference: str) -> None:
    with bootstrap.session() as session:
        known = remediations.numbered(session, DISTRICT, reference)
        remediations.change(session, DISTRICT, replace(known, ladder=""))
