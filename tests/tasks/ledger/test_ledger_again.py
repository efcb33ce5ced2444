"""The ledger over several years: replayed rounds, causes, and dead corners."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.judging.findings import Finding, Verdict
from junheng.store import findings
from junheng.store.findings import NewEvaluation
from tasks.history import auditing
from tasks.judging import evaluation
from tasks.ledger import remediation
from tasks.ledger.remediation import NothingEvaluated, Settlement
from tests.tasks import over_years
from tests.tasks.over_years import DISTRICT, Round, round_of
from tests.tasks.sample_homes import NOW

NOTHING = Settlement(opened=0, relapsed=0, carried_over=0, closed=0)


class TestReplay:
    def test_repeating_each_step_changes_nothing(self, after_all: None, round_homes: Path) -> None:
        before, events = over_years.ledger(), over_years.events()

        again = round_of(2025, date(2025, 11, 17), folder=round_homes / "corrections")

        assert (again.settled, again.ledger, again.events) == (NOTHING, before, ())
        assert over_years.events() == events

    def test_repeating_2024_after_2025_changes_nothing(self, after_all: None) -> None:
        before = over_years.ledger()

        again = round_of(2024, date(2025, 11, 17))

        assert (again.settled, again.ledger, again.events) == (NOTHING, before, ())

    def test_repeating_2025_after_corrections_does_not_undo_them(self, after_all: None) -> None:
        before = over_years.ledger()

        again = round_of(2025, date(2025, 11, 17))

        assert (again.settled, again.ledger) == (NOTHING, before)

    def test_the_whole_history_passes_the_audit(
        self, after_all: None, rounds: tuple[Round, ...]
    ) -> None:
        found = auditing.verify()

        assert found.breaks == ()
        assert found.remediations == 397
        assert found.events == len(over_years.events())


class TestCauses:
    def test_a_pass_by_changed_rules_has_the_cause_rule_also_after_new_data(
        self, after_2025: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = over_years.corrections(tmp_path / "more", {"3370405001": {"E87": "否"}})
        round_of(2025, date(2025, 10, 27), folder=folder)
        _relax(tmp_path / "config", monkeypatch)

        evaluation.evaluate(year=2025, now=NOW)
        relaxed = over_years.settled(
            lambda: remediation.remediate(year=2025, today=date(2025, 11, 3), now=clock.now())
        )

        closed = {
            reference: deed for reference, deed in relaxed.became().items() if "close" in deed
        }
        assert {relaxed.ledger[reference].indicator for reference in closed} <= {"R1", "R"}
        assert "R1" in {relaxed.ledger[reference].indicator for reference in closed}
        assert set(closed.values()) == {"close_by_data:rule_wrong"}


def _relax(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the threshold for teachers."""
    shutil.copytree(bootstrap.settings().config, config)
    path = config / "standard" / "1-resources.yaml"
    text = path.read_text("utf-8")
    before = "{小学: 4.2, 初中: 5.3}"
    assert text.count(before) == 1
    path.write_text(text.replace(before, "{小学: 3.8, 初中: 4.9}"), "utf-8")
    monkeypatch.setenv("JUNHENG_CONFIG", str(config))


class TestDeadCorners:
    def test_two_consecutive_years_are_carried_over_or_relapsed(
        self, after_all: None, rounds: tuple[Round, ...]
    ) -> None:
        found = remediation.dead_corners(year=2025, at_least=2)

        wanted = {
            item.reference
            for item in rounds[2].ledger.values()
            if item.is_open and item.school_year == 2024 and item.followed_year == 2025
        }
        assert {corner.remediation.reference for corner in found if corner.remediation} == wanted
        assert {corner.years for corner in found} == {2}
        assert len(found) == len(wanted) == 119 - 1 + 2 + 1

    def test_three_consecutive_years_are_dead_corners(self, after_all: None) -> None:
        assert remediation.dead_corners(year=2025) == ()
        _kept_of(2023, ("R1", "3370405002"), ("R7", "3370405026"), ("R1", "3370405012"))
        _kept_of(2022, ("R1", "3370405002"))
        # A year without an evaluation ends the sequence.
        _kept_of(2020, ("R1", "3370405002"))

        found = remediation.dead_corners(year=2025)

        assert [
            (
                corner.years,
                corner.indicator,
                corner.unit,
                corner.remediation and corner.remediation.reference,
            )
            for corner in found
        ] == [
            (4, "R1", "3370405002", "370405-2024-0001"),
            (3, "R7", "3370405026", "370405-2024-0108"),
        ]

    def test_a_year_without_an_evaluation_raises_nothing_evaluated(self, after_all: None) -> None:
        with pytest.raises(NothingEvaluated) as refused:
            remediation.dead_corners(year=2026)

        assert refused.value.args[0].startswith("2026年还没有评估")


def _kept_of(year: int, *failing: tuple[str, str]) -> None:
    """Store an evaluation of a year without other data."""
    found = (Finding(line, unit, unit, 1.0, 2.0, Verdict.NOT_MET) for line, unit in failing)
    judged_at = datetime(year, 10, 20, tzinfo=UTC)
    with bootstrap.session() as session:
        findings.keep(
            session,
            NewEvaluation(DISTRICT, year, year, "规", str(year), judged_at, (), (), None),
            found,
        )
