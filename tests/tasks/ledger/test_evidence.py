"""Evidence: typed by content, stored once, and required to close an attested line."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.adapters.files import evidence_files
from junheng.domain.ledger.lifecycle import Cause, Closing, Move, Status
from junheng.domain.ledger.remediation import Act
from junheng.store import evidence as store
from junheng.store.tables.ledger import EvidenceRow
from tasks.history import auditing
from tasks.ledger import acts, evidence
from tasks.ledger.acts import ActRefused
from tasks.ledger.evidence import Offered
from tasks.ledger.ledger import Ledger
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

RELAPSED_ON = date(2026, 10, 20)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def offer(
    folder: Path, name: str = "通报.pdf", content: bytes = PDF, kind: str = "通报"
) -> Offered:
    path = folder / name
    path.write_bytes(content)
    return Offered(path, kind, "张三", TUESDAY, reason="整改完成")


def entered() -> tuple[EvidenceRow, ...]:
    with bootstrap.session() as session:
        return store.of_reference(session, DISTRICT, REFERENCE)


class TestAdd:
    def test_a_file_is_stored_and_recorded_with_the_person(self, tmp_path: Path) -> None:
        hand_over("T06")

        taken = evidence.add(REFERENCE, offer(tmp_path), now=clock.now())

        (row,) = entered()
        assert (row.kind, row.version, row.added_by) == ("通报", 1, "张三")
        assert evidence_files.verify(bootstrap.settings().evidence_folder, taken.sha256)
        assert (events()[-1].kind, events()[-1].reason) == ("evidence_added", "整改完成")

    @pytest.mark.parametrize(
        ("on_disk", "shown"),
        [
            ("通报.pdf".encode("gb18030"), "通报.pdf"),
            ("换\n行.pdf".encode(), r"换\n行.pdf"),
            (b"\xff\xff.pdf", r"\xff\xff.pdf"),
        ],
    )
    def test_a_file_is_entered_whatever_the_bytes_of_its_name(
        self, tmp_path: Path, on_disk: bytes, shown: str
    ) -> None:
        hand_over("T06")

        evidence.add(REFERENCE, offer(tmp_path, os.fsdecode(on_disk)), now=clock.now())

        assert [row.name for row in entered()] == [shown]

    def test_the_same_file_twice_is_one_entry_and_one_event(self, tmp_path: Path) -> None:
        hand_over("T06")
        evidence.add(REFERENCE, offer(tmp_path), now=clock.now())
        before = len(events())

        assert not evidence.add(REFERENCE, offer(tmp_path), now=clock.now()).is_new
        assert (len(entered()), len(events())) == (1, before)

    def test_another_file_of_the_same_name_is_the_next_version(self, tmp_path: Path) -> None:
        hand_over("T06")
        first = evidence.add(REFERENCE, offer(tmp_path), now=clock.now())

        second = evidence.add(REFERENCE, offer(tmp_path, content=PDF + b"%more\n"), now=clock.now())

        assert (first.version, second.version) == (1, 2)
        folder = bootstrap.settings().evidence_folder
        assert all(evidence_files.verify(folder, taken.sha256) for taken in (first, second))

    def test_a_program_is_refused_and_nothing_is_entered(self, tmp_path: Path) -> None:
        hand_over("T06")

        with pytest.raises(ActRefused, match="是程序、脚本或快捷方式"):
            evidence.add(REFERENCE, offer(tmp_path, content=b"MZ" + b"\0" * 200), now=clock.now())

        assert entered() == ()

    def test_an_unknown_kind_is_refused_with_the_known_ones(self, tmp_path: Path) -> None:
        hand_over("T06")

        with pytest.raises(ActRefused, match="佐证类别没有“截图”，应从“公告、通报"):
            evidence.add(REFERENCE, offer(tmp_path, kind="截图"), now=clock.now())

    def test_several_files_are_all_accepted_or_none(self, tmp_path: Path) -> None:
        hand_over("T06")
        good = offer(tmp_path)
        program = offer(tmp_path, "照片.jpg", b"MZ" + b"\0" * 200, kind="照片")
        before = len(events())

        with pytest.raises(ActRefused, match=r"照片\.jpg.*是程序"):
            evidence.add_all(REFERENCE, [good, program], now=clock.now())

        assert (entered(), len(events())) == ((), before)
        taken = evidence.add_all(
            REFERENCE, [good, offer(tmp_path, "报告.pdf", PDF + b"%", "报告")], now=clock.now()
        )
        assert [evidence.name for evidence in taken] == ["通报.pdf", "报告.pdf"]
        assert len(entered()) == 2


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"by": " "}, "要写明由谁提交"),
            ({"reason": ""}, "要写明由谁提交"),
            (
                {"unit": "区卫健局"},
                "“区卫健局”不在这个事项里；牵头和配合单位有：区教育局、区财政局",
            ),
            ({"on": date(2025, 10, 31)}, "提交日期早于交办日期 2025-11-03"),
        ],
    )
    def test_evidence_without_person_or_reason_is_refused(
        self, tmp_path: Path, changes: dict[str, Any], sentence: str
    ) -> None:
        hand_over("T06")

        with pytest.raises(ActRefused, match=sentence):
            evidence.add(REFERENCE, replace(offer(tmp_path), **changes), now=clock.now())

        assert entered() == ()

    def test_a_closed_remediation_accepts_no_evidence(self, tmp_path: Path) -> None:
        hand_over("R1")
        act(Move.OVERRIDE_CLOSE, cause=Cause.RULE_WRONG)

        with pytest.raises(ActRefused, match="现在是“已销号”，不收佐证"):
            evidence.add(REFERENCE, offer(tmp_path), now=clock.now())


def reviewed() -> None:
    act(Move.REPORT)
    act(Move.REVIEW)


class TestClosing:
    def test_an_attested_line_is_not_closed_without_the_required_kinds(self) -> None:
        hand_over("T06")
        reviewed()

        with pytest.raises(ActRefused, match="还不能销号，缺少佐证：通报或报告。"):
            act(Move.CLOSE, cause=Cause.REAL_GAP)

        assert kept().status is Status.REVIEWED

    def test_an_attested_line_is_closed_with_the_required_kinds(self, tmp_path: Path) -> None:
        hand_over("T06")
        evidence.add(REFERENCE, offer(tmp_path), now=clock.now())
        reviewed()

        closed = act(Move.CLOSE, cause=Cause.REAL_GAP)

        assert (closed.status, closed.closing) == (Status.CLOSED, Closing.EVIDENCE)

    def test_evidence_of_a_later_day_does_not_count(self, tmp_path: Path) -> None:
        hand_over("T06")
        evidence.add(REFERENCE, replace(offer(tmp_path), on=date(2025, 12, 1)), now=clock.now())
        reviewed()

        with pytest.raises(ActRefused, match="还不能销号"):
            act(Move.CLOSE, cause=Cause.REAL_GAP)

    def test_evidence_still_counts_after_a_reassignment(self, tmp_path: Path) -> None:
        hand_over("T06")
        evidence.add(REFERENCE, offer(tmp_path), now=clock.now())
        act(Move.DISPUTE)
        assigned = acts.reassigned(kept(), "区编办", "区编办（一）", bootstrap.rulebook())
        acts.act(
            REFERENCE,
            Act(Move.REASSIGN, "张三", WEDNESDAY, reason="归口", assigned=assigned),
            now=clock.now(),
        )
        act(Move.REPORT, on=WEDNESDAY)
        act(Move.REVIEW, on=WEDNESDAY)

        assert act(Move.CLOSE, on=WEDNESDAY, cause=Cause.REAL_GAP).status is Status.CLOSED

    def test_a_line_computed_from_data_is_not_closed_on_evidence(self, tmp_path: Path) -> None:
        hand_over("R1")
        evidence.add(REFERENCE, offer(tmp_path), now=clock.now())
        reviewed()

        with pytest.raises(ActRefused, match="只有新的报送达标后才能销号"):
            act(Move.CLOSE, cause=Cause.REAL_GAP)

    def test_an_override_by_a_named_reviewer_is_recorded(self) -> None:
        hand_over("R1")
        reviewed()

        act(Move.OVERRIDE_CLOSE, cause=Cause.RULE_WRONG)

        assert kept().was_overridden
        assert events()[-1].move == "override_close"

    def test_evidence_from_before_a_relapse_does_not_count(self, tmp_path: Path) -> None:
        hand_over("T06")
        evidence.add(REFERENCE, offer(tmp_path), now=clock.now())
        reviewed()
        closed = act(Move.CLOSE, cause=Cause.REAL_GAP)
        with bootstrap.session() as session:
            ledger = Ledger.of(session, bootstrap.rulebook(), now=datetime.now(UTC))
            drafted = ledger.act(closed, Act(Move.REOPEN, "系统", RELAPSED_ON, school_year=2026))
            again = ledger.hand_over(drafted, by="创建办", on=RELAPSED_ON)
            grounds = ledger.context(again, on=RELAPSED_ON).grounds

        assert closed.relapses == 0
        assert grounds.missing_kinds


class TestAudit:
    def test_unchanged_evidence_passes(self, tmp_path: Path) -> None:
        hand_over("T06")
        evidence.add(REFERENCE, offer(tmp_path), now=clock.now())

        assert auditing.verify().breaks == ()

    def test_a_changed_byte_of_a_file_is_found(self, tmp_path: Path) -> None:
        hand_over("T06")
        taken = evidence.add(REFERENCE, offer(tmp_path), now=clock.now())
        folder = bootstrap.settings().evidence_folder
        (kept_as,) = folder.rglob(f"{taken.sha256}*")
        kept_as.chmod(0o600)
        kept_as.write_bytes(PDF[:-1])

        (line,) = auditing.verify().breaks

        assert line.startswith(f"{REFERENCE} 的通报“通报.pdf”（第1版）文件不在了或者被改动")

    def test_a_deleted_entry_is_found(self, tmp_path: Path) -> None:
        hand_over("T06")
        evidence.add(REFERENCE, offer(tmp_path), now=clock.now())
        with bootstrap.session() as session:
            session.delete(store.of_reference(session, DISTRICT, REFERENCE)[0])

        (line,) = auditing.verify().breaks

        assert "提交过，台账里的登记被删去或改动" in line
