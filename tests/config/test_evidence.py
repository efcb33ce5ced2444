"""Evidence in config: the lines closed on evidence, and the kinds of evidence."""

from pathlib import Path

import pytest

from junheng import rulebook as rulebooks
from junheng.domain.ledger.evidence import RECURRING_DUTIES, MediaType
from junheng.domain.standard.standard import Grain, Severity
from junheng.rulebook import Rulebook, RulebookUnusable
from junheng.settings import PROJECT_ROOT


def test_only_the_26_plan_tasks_are_closed_on_evidence(
    rulebook: Rulebook,
) -> None:
    attested = [line for line in rulebook.standard.lines if rulebook.evidence.is_attested(line.id)]

    assert [line.id for line in attested] == [f"T{number:02d}" for number in range(1, 27)]
    assert {line.per for line in attested} == {Grain.PLAN_TASK}


def test_no_veto_is_closed_on_evidence(rulebook: Rulebook) -> None:
    vetoes = [line for line in rulebook.standard.lines if line.severity is Severity.VETO]

    assert vetoes
    assert not any(rulebook.evidence.is_attested(line.id) for line in vetoes)


def test_every_named_line_exists(rulebook: Rulebook) -> None:
    assert not rulebook.evidence.lines_beyond(rulebook.standard.ids)


def test_recurring_duties_are_closed_on_evidence(rulebook: Rulebook) -> None:
    assert rulebook.evidence.is_attested(f"{RECURRING_DUTIES}01")


def test_every_attested_line_requires_a_document(rulebook: Rulebook) -> None:
    for line in rulebook.standard.lines:
        if rulebook.evidence.is_attested(line.id):
            required = rulebook.evidence.required_kinds(line.id)
            assert required
            assert not any("照片" in any_of or "其他" in any_of for any_of in required)


def test_the_kinds_are_those_used_in_offices(rulebook: Rulebook) -> None:
    listed = "公告、通报、报告、方案、照片、会议纪要、台账、统计表、批复、验收报告、其他"

    assert "、".join(rulebook.evidence.kind_ids) == listed


def test_every_media_type_has_a_kind(rulebook: Rulebook) -> None:
    for media_type in MediaType:
        rulebook.evidence.check_kind("其他", media_type, name="材料")


def test_an_unknown_line_in_a_district_is_refused(tmp_path: Path) -> None:
    sample = PROJECT_ROOT / "config" / "taierzhuang"
    (tmp_path / "district.yaml").write_text((sample / "district.yaml").read_text("utf-8"), "utf-8")
    written = (sample / "evidence.yaml").read_text("utf-8").replace("[T, D]", "[T, D, G99]")
    (tmp_path / "evidence.yaml").write_text(written, "utf-8")

    with pytest.raises(
        RulebookUnusable,
        match=r"第30行的 attested\.2：没有“G99”",
    ):
        rulebooks.load(PROJECT_ROOT / "config", str(tmp_path))
