"""The standard in config: exactly the lines of the indicators, each with its measure."""

import csv
import shutil
from datetime import date
from pathlib import Path

import narwhals as nw
import pytest

from junheng import rulebook as rulebooks
from junheng.domain.judging import findings, stages
from junheng.domain.judging import thresholds as judging
from junheng.domain.judging.distances import Gap
from junheng.domain.standard import applicability, measures
from junheng.domain.standard.measures import MEASURES
from junheng.domain.standard.standard import Edition, Grain, Line, Severity
from junheng.rulebook import SAMPLE_DISTRICT, Rulebook
from junheng.settings import PROJECT_ROOT

INDICATORS = Path(__file__).parents[1] / "data" / "indicators.csv"
LISTED = list(csv.DictReader(INDICATORS.read_text("utf-8-sig").splitlines()))
YEARS = (2017, 2018, 2021, 2025)
GRAINS = {
    "学段部": Grain.SECTION,
    "区×学段": Grain.STAGE,
    "区×学科": Grain.SUBJECT,
    "区": Grain.DISTRICT,
    "学校、部门": Grain.SUBMISSION,
    "学校": Grain.SCHOOL,
    "班级": Grain.CLASS,
    "建设项目": Grain.PROJECT,
    "任务×责任单位": Grain.PLAN_TASK,
}


def line_of(rulebook: Rulebook, indicator: str) -> Line:
    return next(line for line in rulebook.standard.lines if line.id == indicator)


def test_the_standard_has_exactly_the_listed_lines(rulebook: Rulebook) -> None:
    assert {line.id for line in rulebook.standard.lines} == {row["id"] for row in LISTED}
    assert len(rulebook.standard.lines) == len(LISTED)


@pytest.mark.parametrize("row", LISTED, ids=[row["id"] for row in LISTED])
class TestEachLine:
    def test_has_its_group_and_grain(self, row: dict[str, str], rulebook: Rulebook) -> None:
        line = line_of(rulebook, row["id"])

        assert line.group == row["group"]
        assert line.per is next(
            grain for start, grain in GRAINS.items() if row["judged_per"].startswith(start)
        )

    def test_has_its_plan_tasks_and_its_document(
        self, row: dict[str, str], rulebook: Rulebook
    ) -> None:
        line = line_of(rulebook, row["id"])

        assert ",".join(map(str, line.plan_tasks)) == row["plan_tasks"]
        # The basis of SUB is the annex of the same document.
        assert row["basis"].split("；")[0].removeprefix("附件二（一）") in line.clause

    def test_has_a_measure_and_figures_in_every_year_it_is_in_force(
        self, row: dict[str, str], rulebook: Rulebook
    ) -> None:
        for edition in line_of(rulebook, row["id"]).editions:
            assert edition.measure in {*MEASURES, *stages.GROUPED, "lines_met"}
        for year in YEARS:
            for rule in rulebook.standard.in_force(date(year, 9, 1)):
                if rule.id == row["id"]:
                    assert judging.figures(judged_of_each(rule.edition))


def judged_of_each(edition: Edition) -> Edition:
    return stages.section_edition(edition) if stages.is_grouped(edition) else edition


def test_every_measure_is_used(rulebook: Rulebook) -> None:
    used = {
        name
        for line in rulebook.standard.lines
        for edition in line.editions
        for name in (
            edition.measure,
            edition.also,
            edition.by,
            getattr(edition.threshold, "measure", None),
        )
    }

    # `share` and `total` are also parts of a pooled share.
    assert set(MEASURES) <= used


def test_every_condition_is_used(rulebook: Rulebook) -> None:
    used = {
        name
        for line in rulebook.standard.lines
        for edition in line.editions
        for name in (edition.applies, edition.among)
    }

    assert set(applicability.CONDITIONS) <= used


def test_severities_are_those_of_the_documents(
    rulebook: Rulebook,
) -> None:
    by_severity = {
        severity: {line.id for line in rulebook.standard.lines if line.severity is severity}
        for severity in Severity
    }

    assert by_severity[Severity.VETO] == {"V01", "V02", "V03", "V04", "V05", "V06"}
    assert by_severity[Severity.ADVISORY] == {"L11c"}


def test_every_numeric_line_has_a_lever(rulebook: Rulebook) -> None:
    """A distance needs a lever; R counts its lines, and yes-no answers have no distance."""
    without = {
        rule.id
        for rule in rulebook.standard.in_force(date(2025, 9, 1))
        if rule.edition.threshold is not None and not rule.line.levers
    }

    assert without == {"R"}


@pytest.mark.parametrize(
    ("year", "threshold"), [(2017, 6000), (2021, 6000), (2024, 6000), (2025, 7000), (2026, 7000)]
)
def test_the_funds_of_a_special_school_are_7000_from_2025(
    year: int, threshold: float, rulebook: Rulebook
) -> None:
    rules = {rule.id: rule for rule in rulebook.standard.in_force(date(year, 9, 1))}

    assert rules["G07"].edition.threshold == threshold


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2022])
def test_the_relaxations_apply_to_four_years(year: int, rulebook: Rulebook) -> None:
    rules = {rule.id: rule for rule in rulebook.standard.in_force(date(year, 9, 1))}

    assert {name for name, rule in rules.items() if "2019" in rule.clause} == {
        "R3",
        "R5",
        "G03",
        "G04",
    }


@pytest.mark.parametrize("year", [2018, 2023, 2025])
def test_the_relaxations_apply_to_no_other_year(year: int, rulebook: Rulebook) -> None:
    rules = rulebook.standard.in_force(date(year, 9, 1))

    assert not [rule.id for rule in rules if "2019" in rule.clause]


def test_an_unknown_measure_is_named() -> None:
    with pytest.raises(measures.MeasureUnknown, match="no_such"):
        measures.named("no_such")


class TestAChangeOfTheStandard:
    """A new line or a new year's threshold needs only config."""

    @pytest.fixture
    def config(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(PROJECT_ROOT / "config", tmp_path / "config"))

    def add(self, config: Path, group: str, text: str) -> Rulebook:
        path = config / "standard" / group
        path.write_text(path.read_text("utf-8") + text, "utf-8")
        return rulebooks.load(config, SAMPLE_DISTRICT)

    def test_a_new_line_is_judged_without_new_code(self, config: Path) -> None:
        rulebook = self.add(
            config,
            "6-plan.yaml",
            """
  - id: L99
    name: 每校两个以上特色项目
    per: school
    unit: 个
    decimals: 0
    severity: advisory
    clause: 某文件 第一条
    levers: [{name: 特色项目, figure: special_programmes, unit: 个}]
    editions:
      - from: 2024-01-01
        measure: stated
        with: {figure: special_programmes}
        holds: at_least
        threshold: 2
""",
        )
        rules = {rule.id: rule for rule in rulebook.standard.in_force(date(2025, 9, 1))}
        schools = {"unit": ["甲", "乙"], "owner": ["甲", "乙"], "special_programmes": [2.0, 0.0]}
        frame = nw.from_dict(schools, backend="pandas")

        found = findings.of_rule(rules["L99"], frame)

        assert [finding.verdict.value for finding in found] == ["pass", "fail"]
        assert found[1].gaps == (Gap("特色项目", 2, "个"),)

    def test_a_new_years_threshold_does_not_change_earlier_years(self, config: Path) -> None:
        path = config / "standard" / "2-guarantees.yaml"
        old = "measure: special_school_funds_per_student, holds: at_least, threshold: 7000}"
        new = (
            "\n      - {from: 2027-01-01, measure: special_school_funds_per_student,"
            " holds: at_least, threshold: 8000}"
        )
        text = path.read_text("utf-8")
        path.write_text(text.replace(old, old + new), "utf-8")

        standard = rulebooks.load(config, SAMPLE_DISTRICT).standard

        thresholds = {
            year: next(
                rule.edition.threshold
                for rule in standard.in_force(date(year, 9, 1))
                if rule.id == "G07"
            )
            for year in (2024, 2025, 2026, 2027)
        }
        assert thresholds == {2024: 6000, 2025: 7000, 2026: 7000, 2027: 8000}
