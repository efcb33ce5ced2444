"""Exact on the threshold: 就近划片入学, pooled over the zone schools of a stage."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.judging.findings import Verdict
from junheng.domain.standard.standard import Grain
from junheng.rulebook import Rulebook
from tests import examples
from tests.domain.judging.exact import YES_OR_NO, Unit, amounts, found, one_of, rule, units, whole
from tests.domain.judging.exact_frames import of_schools
from tests.domain.judging.exact_sections import JUNIOR, PRIMARY, SUFFIX, WEIGHTS

SHARES = {PRIMARY: Fraction(1), JUNIOR: Fraction("0.95")}
FEW = examples.costly(5)
# `given` is used within the tests, where its pytest plugin does not detect it.
pytestmark = pytest.mark.hypothesis
FIRST_DISTRICT = 370_401


def takes_a_zone(school: Unit) -> bool:
    """公办、城区或镇区、非寄宿，不含特教."""
    return (
        school.texts["ownership"] == "公办"
        and school.texts["locale"] in {"城区", "镇区"}
        and school.texts["school_kind"] != "特殊教育学校"
        and school["is_boarding"] == 0
    )


def pooled(schools: Sequence[Unit], figure: str, stage: str) -> Fraction:
    """Return the sum of a figure over the schools that enrol by zone at a stage."""
    counted = (school for school in schools if takes_a_zone(school))
    return sum((school[f"{figure}_{SUFFIX[stage]}"] for school in counted), Fraction(0))


@st.composite
def districts(draw: st.DrawFn) -> list[Unit]:
    """Return a district whose share of zone pupils is near the threshold."""
    schools = [draw(_schools()) for _ in range(draw(st.integers(1, 5)))]
    for stage, share in SHARES.items():
        students = pooled(schools, "students", stage)
        wanted = -(-students * share // 1) + draw(st.integers(-3, 1))
        for at, school in enumerate(schools):
            key = f"in_zone_students_{SUFFIX[stage]}"
            rest = max(Fraction(0), wanted - pooled(schools, "in_zone_students", stage))
            if takes_a_zone(school):
                most = school[f"students_{SUFFIX[stage]}"]
                schools[at] = school.having(**{key: min(rest, most)})
    return schools


@st.composite
def _schools(draw: st.DrawFn) -> Unit:
    texts = {
        "school_kind": one_of(*WEIGHTS),
        "locale": one_of("城区", "镇区", "镇区", "乡村"),
        "ownership": one_of("公办", "公办", "民办"),
    }
    school = draw(units({**texts, "is_boarding": YES_OR_NO}))
    stages = WEIGHTS[school.texts["school_kind"]]
    pupils = {
        f"students_{suffix}": Fraction(draw(whole(1, 5000)) if stage in stages else 0)
        for stage, suffix in SUFFIX.items()
    }
    nobody = dict.fromkeys((f"in_zone_students_{SUFFIX[one]}" for one in SHARES), Fraction(0))
    return school.having(**pupils, **nobody)


@pytest.mark.parametrize("year", [2018, 2025])
def test_a_stage_is_judged_by_all_its_pupils_together(year: int, rulebook: Rulebook) -> None:
    @FEW
    @given(drawn=st.lists(districts(), min_size=3, max_size=8))
    def holds(drawn: list[list[Unit]]) -> None:
        by_code = {
            f"{FIRST_DISTRICT + at}{number:04d}": school
            for at, schools in enumerate(drawn)
            for number, school in enumerate(schools)
        }
        findings = found(rulebook, "G13", year, of_schools(by_code, rulebook)[Grain.STAGE])

        for at, schools in enumerate(drawn):
            for stage, share in SHARES.items():
                finding = findings.get(f"{FIRST_DISTRICT + at}:{stage}")
                students = pooled(schools, "students", stage)
                if not students:
                    assert finding is None or finding.verdict is Verdict.NOT_APPLICABLE
                    continue
                assert finding is not None
                in_zone = pooled(schools, "in_zone_students", stage)
                is_met = in_zone >= students * share
                assert (finding.verdict is Verdict.MET) == is_met
                stated = amounts(finding, rule(rulebook, "G13", year))
                lacking = -(-(students * share - in_zone) // 1)
                assert stated == ({} if is_met else {"in_zone_students": lacking})

    holds()
