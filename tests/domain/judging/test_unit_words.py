"""Units, values and distances in words."""

from datetime import date

import pytest

from junheng.domain.judging import unit_words
from junheng.domain.judging.distances import Gap
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.judging.unit_words import UnitNames
from junheng.domain.standard.standard import Rule
from junheng.rulebook import Rulebook


def rule(rulebook: Rulebook, indicator: str) -> Rule:
    return next(
        candidate
        for candidate in rulebook.standard.in_force(date(2025, 9, 1))
        if candidate.id == indicator
    )


def names(rulebook: Rulebook) -> UnitNames:
    return UnitNames(
        rulebook.wording.units,
        {"3370405001": "运河街道第一小学"},
        "台儿庄区",
        lambda unit: rulebook.display_name(unit, date(2025, 9, 1)),
    )


@pytest.mark.parametrize(
    ("indicator", "unit", "said"),
    [
        ("R1", "3370405001:小学", "运河街道第一小学（小学）"),
        ("G05", "3370405001:小学:3年级2班", "运河街道第一小学 小学3年级2班"),
        ("G03", "3370405001", "运河街道第一小学"),
        ("CV1", "370405:初中", "台儿庄区初中"),
        ("Q09", "370405:语文", "语文"),
        ("S01", "370405", "台儿庄区"),
        ("T11", "区文广新局", "区文旅局"),
        ("L03", "某小学综合楼", "某小学综合楼"),
    ],
)
def test_a_unit_has_its_current_name(
    indicator: str, unit: str, said: str, rulebook: Rulebook
) -> None:
    finding = Finding(indicator, unit, unit, None, None, Verdict.MET)

    assert names(rulebook).unit(finding, rule(rulebook, indicator).line.per) == said


@pytest.mark.parametrize(
    ("indicator", "value", "threshold", "said"),
    [
        ("R1", 4.2, 4.2, ("4.20人", "≥4.2人")),
        ("R6", 1999.999, 2000.0, ("1,999.999元", "≥2,000元")),
        ("R2", 0.9983, 1.0, ("0.998人", "≥1人")),
        ("G09", 0.9871, 1.0, ("98.7%", "≥100%")),
        ("Q05", 79.5, 80.0, ("79.5%", "≥80%")),
        ("CV2", 0.45004, 0.45, ("0.45004", "≤0.45")),
    ],
)
def test_a_value_under_its_threshold_is_not_rounded_to_it(
    indicator: str, value: float, threshold: float, said: tuple[str, str], rulebook: Rulebook
) -> None:
    own = rule(rulebook, indicator)

    shown = unit_words.value(value, own, apart_from=None if value == threshold else threshold)

    assert (shown, unit_words.threshold(threshold, own, rulebook.wording.units)) == said


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (Gap("县级以上骨干教师", 3, "人"), "县级以上骨干教师差3人"),
        (Gap("教学及辅助用房", 412, "㎡"), "教学及辅助用房差412㎡"),
        (Gap("教师培训经费预算", 1.8, "万元"), "教师培训经费预算差1.8万元"),
        (Gap("学生", 7, "人", is_excess=True), "学生超7人"),
        (
            Gap("县级以上骨干教师", 6, "人", places=4),
            "补齐最低的4所，共需县级以上骨干教师6人",
        ),
    ],
)
def test_a_distance_is_stated_in_things_to_buy_or_build(
    gap: Gap, said: str, rulebook: Rulebook
) -> None:
    assert unit_words.distance(gap, rulebook.wording.units.distance) == said
