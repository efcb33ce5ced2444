"""Comparing evaluations: two years' rules, a changed threshold, and corrected data."""

import shutil
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.domain.judging.comparison import Cause
from junheng.domain.judging.findings import Finding, Verdict
from junheng.store import findings as findings_store
from tasks.intake import submissions
from tasks.judging import comparison, evaluation, overview
from tasks.judging.overview import Which
from tests import databases
from tests.tasks.sample_homes import NOW, SUBMISSIONS


def findings(which: Which | None = None) -> dict[tuple[str, str], Finding]:
    with bootstrap.session() as session:
        found = overview.findings_of_year(session, bootstrap.rulebook(), 2025, which or Which())
    return {(finding.indicator, finding.unit): finding for finding in found}


def with_threshold(folder: Path, before: str, after: str) -> Path:
    config = folder / "config"
    shutil.copytree(bootstrap.settings().config, config)
    path = config / "standard" / "1-resources.yaml"
    text = path.read_text("utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), "utf-8")
    return config


def test_the_relaxations_of_2021_flip_only_units_that_pass_by_them(in_2025: Path) -> None:
    compared = comparison.of_rules(2025, (2021, 2025), now=NOW)

    relaxed, own = findings(Which(rules_year=2021)), findings()
    differing = {key for key in own if own[key].verdict is not relaxed[key].verdict}
    assert {(flip.after.indicator, flip.after.unit) for flip in compared.flips} == differing
    assert {flip.after.indicator for flip in compared.flips} <= {
        "R3",
        "R5",
        "R",
        "G03",
        "G04",
        "G07",
    }
    assert {flip.cause for flip in compared.flips} == {Cause.RULE}


def test_a_changed_threshold_lists_exactly_the_flipped_units(in_2025: Path, tmp_path: Path) -> None:
    config = with_threshold(tmp_path, "{小学: 4.2, 初中: 5.3}", "{小学: 4.3, 初中: 5.3}")

    compared = comparison.with_rulebook(2025, config, rules_year=2025)

    between = {
        unit
        for (indicator, unit), finding in findings().items()
        if indicator == "R1"
        and unit.endswith("小学")
        and finding.verdict is Verdict.MET
        and (finding.value or 0) < 4.3
    }
    own = {flip.after.unit for flip in compared.flips if flip.after.indicator == "R1"}
    assert own == between
    assert len(own) == 4
    # Only R depends on R1; no other line changed.
    assert {flip.after.indicator for flip in compared.flips} <= {"R1", "R"}


def test_an_old_evaluation_is_unchanged_and_later_flips_are_caused_by_data(
    judged_2025: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.copy_home(judged_2025, tmp_path / "home")
    databases.move_in(tmp_path / "home", monkeypatch)
    first = evaluation.evaluate(year=2025, now=NOW).evaluation_id
    before = findings(Which(evaluation_id=first))
    # The school that was sent back for 约307 submits its form of 2024, corrected for 2025.
    corrected = _corrections(tmp_path / "more")

    submissions.collect(corrected, year=2025, now=NOW)
    second = evaluation.evaluate(year=2025, now=NOW).evaluation_id
    compared = comparison.of_evaluations(
        2025, Which(evaluation_id=first), Which(evaluation_id=second)
    )

    assert second != first
    assert findings(Which(evaluation_id=first)) == before
    assert {flip.cause for flip in compared.flips} == {Cause.DATA}
    assert ("SUB", "3370405005") in {
        (flip.after.indicator, flip.after.unit) for flip in compared.flips
    }
    with bootstrap.session() as session:
        district = bootstrap.rulebook().district.code
        rows = findings_store.history(session, district, 2025)
        assert len({row.data_hash for row in rows}) == 2
        assert len({row.rulebook_hash for row in rows}) == 1


def _corrections(folder: Path) -> Path:
    from openpyxl import load_workbook

    (folder / "schools").mkdir(parents=True)
    (original,) = (SUBMISSIONS / "2025" / "schools").glob("3370405005_*.xlsx")
    workbook = load_workbook(original)
    workbook["学校填报数据"]["E16"] = 307
    workbook.save(folder / "schools" / f"{original.stem}（更正）.xlsx")
    return folder
