"""Exact on the threshold: the coefficient between schools in fractions, and its smallest lift."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard.standard import Grain
from junheng.rulebook import Rulebook
from tests import examples
from tests.domain.judging.exact import Unit, found, whole
from tests.domain.judging.exact_coefficients import (
    LIMITS,
    District,
    OnTheLimit,
    counted,
    lifted,
    on_the_limit,
    random_districts,
    root,
    squared_of,
)
from tests.domain.judging.exact_frames import of_schools
from tests.domain.judging.exact_sections import RATIOS, Ratio

YEARS = pytest.mark.parametrize(("year", "is_relaxed"), [(2021, True), (2025, False)])
# An example is many districts, judged as one frame.
FEW = examples.costly(15)
# `given` is used within the tests, where its pytest plugin does not detect it.
pytestmark = pytest.mark.hypothesis
FIRST_DISTRICT = 370_401


def stages(districts: Sequence[District], rulebook: Rulebook) -> Frame:
    """Return the sections of all districts as one frame, judged in one pass."""
    by_code: dict[str, Unit] = {
        f"{FIRST_DISTRICT + at}{number:04d}": school
        for at, district in enumerate(districts)
        for number, school in enumerate(district)
    }
    return of_schools(by_code, rulebook)[Grain.STAGE]


def coefficient(ratio: Ratio) -> str:
    return f"CV{ratio.id.removeprefix('R')}"


def of_stage(findings: dict[str, Finding], at: int, stage: str) -> Finding | None:
    return findings.get(f"{FIRST_DISTRICT + at}:{stage}")


def test_a_district_on_the_limit_meets_it_and_one_more_unit_of_data_fails(
    rulebook: Rulebook,
) -> None:
    @FEW
    @given(drawn=st.lists(on_the_limit(), min_size=4, max_size=8))
    def holds(drawn: list[OnTheLimit]) -> None:
        even = stages([one.schools for one in drawn], rulebook)
        uneven = stages([one.more_unequal for one in drawn], rulebook)

        for ratio in RATIOS:
            met = found(rulebook, coefficient(ratio), 2025, even)
            missed = found(rulebook, coefficient(ratio), 2025, uneven)
            for at, one in enumerate(drawn):
                on_limit = of_stage(met, at, one.stage)
                beside = of_stage(missed, at, one.stage)
                assert on_limit is not None
                assert beside is not None
                assert on_limit.value == pytest.approx(float(LIMITS[one.stage]), rel=1e-12)
                assert (on_limit.verdict, beside.verdict) == (Verdict.MET, Verdict.NOT_MET)

    holds()


@YEARS
def test_a_coefficient_equals_exact_arithmetic(
    year: int, is_relaxed: bool, rulebook: Rulebook
) -> None:
    @FEW
    @given(drawn=st.lists(random_districts(), min_size=3, max_size=6))
    def holds(drawn: list[District]) -> None:
        frame = stages(drawn, rulebook)

        for ratio in RATIOS:
            findings = found(rulebook, coefficient(ratio), year, frame)
            for at, district in enumerate(drawn):
                for stage, limit in LIMITS.items():
                    exact = squared_of(ratio, counted(district, stage, is_relaxed=is_relaxed))
                    finding = of_stage(findings, at, stage)
                    if exact is None:
                        assert finding is None or finding.verdict is Verdict.NOT_APPLICABLE
                        continue
                    assert finding is not None
                    assert finding.value == pytest.approx(root(exact), rel=1e-9, abs=1e-12)
                    is_met = finding.verdict is Verdict.MET
                    assert is_met == (exact <= limit**2)

    holds()


@YEARS
def test_the_stated_lift_meets_the_limit_and_one_level_less_fails(
    year: int, is_relaxed: bool, rulebook: Rulebook
) -> None:
    @FEW
    @given(
        drawn=st.lists(random_districts(most=40, students=whole(1, 900)), min_size=3, max_size=6)
    )
    def holds(drawn: list[District]) -> None:
        frame = stages(drawn, rulebook)

        for ratio in RATIOS:
            findings = found(rulebook, coefficient(ratio), year, frame)
            for at, district in enumerate(drawn):
                for stage, limit in LIMITS.items():
                    finding = of_stage(findings, at, stage)
                    if finding is None or finding.verdict is not Verdict.NOT_MET:
                        continue
                    (gap,) = finding.gaps
                    steps = Fraction(str(gap.amount)) / ratio.step
                    assert steps.denominator == 1
                    sections = counted(district, stage, is_relaxed=is_relaxed)
                    after = lifted(ratio, sections, int(steps))
                    assert after.units == steps
                    assert after.places == gap.places
                    assert after.after is not None
                    assert after.after <= limit**2
                    assert after.before is None or after.before > limit**2

    holds()
