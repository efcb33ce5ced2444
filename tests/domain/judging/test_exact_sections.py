"""Exact on the threshold: the seven ratios, also in combined schools, and six of seven."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.judging.distances import UNDER_FLOOR, WANTING
from junheng.domain.judging.findings import Verdict
from junheng.domain.standard.standard import Grain
from junheng.rulebook import Rulebook
from tests import examples
from tests.domain.judging.exact import WHOLE, Unit, amounts, found, rule
from tests.domain.judging.exact_frames import of_schools
from tests.domain.judging.exact_sections import (
    FLOOR,
    RATIOS,
    Ratio,
    Section,
    lines_met,
    lines_under_floor,
    on_every_line,
    put,
    schools,
    sections,
    six_of_seven,
    verdict,
)

# The editions of 2018 are those of 2025: only the years of 2019 to 2022 are relaxed.
YEARS = pytest.mark.parametrize(("year", "is_relaxed"), [(2021, True), (2025, False)])
# An example is many schools, judged as one frame.
FEW = examples.costly(15)
# `given` is used within the tests, where its pytest plugin does not detect it.
pytestmark = pytest.mark.hypothesis


def many(*, is_relaxed: bool) -> st.SearchStrategy[list[Unit]]:
    return st.lists(schools(is_relaxed=is_relaxed), min_size=6, max_size=12)


def many_on_every_line(*, is_relaxed: bool) -> st.SearchStrategy[list[Section]]:
    return st.lists(on_every_line(is_relaxed=is_relaxed), min_size=6, max_size=12)


def by_code(drawn: list[Unit]) -> dict[str, Unit]:
    return {str(at): school for at, school in enumerate(drawn)}


@YEARS
def test_the_verdict_on_a_ratio_equals_exact_arithmetic(
    year: int, is_relaxed: bool, rulebook: Rulebook
) -> None:
    @FEW
    @given(drawn=many(is_relaxed=is_relaxed))
    def holds(drawn: list[Unit]) -> None:
        frame = of_schools(by_code(drawn), rulebook)[Grain.SECTION]

        for ratio in RATIOS:
            findings = found(rulebook, ratio.id, year, frame)
            exact = sections(drawn, is_relaxed=is_relaxed)
            assert findings.keys() == exact.keys()
            for unit, section in exact.items():
                assert findings[unit].verdict is verdict(ratio, section), (ratio.id, section)
                value = findings[unit].value
                if value is not None:
                    assert value == pytest.approx(float(ratio.value(section)), rel=1e-12)

    holds()


@YEARS
def test_a_section_on_its_thresholds_passes_and_one_unit_of_data_less_fails(
    year: int, is_relaxed: bool, rulebook: Rulebook
) -> None:
    @FEW
    @given(drawn=many_on_every_line(is_relaxed=is_relaxed))
    def holds(drawn: list[Section]) -> None:
        short = drawn
        for ratio in RATIOS:
            short = [put(section, ratio, WHOLE, 0) for section in short]

        of_ratios = [ratio.id for ratio in RATIOS]
        on_line = judged(drawn, of_ratios, rulebook, year)
        beside = judged(short, of_ratios, rulebook, year)

        for ratio in RATIOS:
            for at, section in enumerate(drawn):
                expected = verdict(ratio, section), verdict(ratio, short[at])
                could_fall_short = ratio.last_to_fail(section, WHOLE) is not None
                assert (on_line[ratio.id][at], beside[ratio.id][at]) == expected
                if section.is_counted and could_fall_short:
                    assert expected == (Verdict.MET, Verdict.NOT_MET)

    holds()


def judged(
    drawn: list[Section], lines: Sequence[str], rulebook: Rulebook, year: int
) -> dict[str, list[Verdict]]:
    """Return the product's verdicts on sections, by line, in their order."""
    if not drawn:
        return {line: [] for line in lines}
    schools_of = by_code([section.school for section in drawn])
    frame = of_schools(schools_of, rulebook)[Grain.SECTION]
    named = [f"{at}:{section.stage}" for at, section in enumerate(drawn)]
    of_lines = {line: found(rulebook, line, year, frame) for line in lines}
    return {line: [one[unit].verdict for unit in named] for line, one in of_lines.items()}


@YEARS
def test_the_stated_distance_is_the_smallest_sufficient_one(
    year: int, is_relaxed: bool, rulebook: Rulebook
) -> None:
    @FEW
    @given(drawn=many(is_relaxed=is_relaxed))
    def holds(drawn: list[Unit]) -> None:
        frame = of_schools(by_code(drawn), rulebook)[Grain.SECTION]

        for ratio in RATIOS:
            findings = found(rulebook, ratio.id, year, frame)
            for unit, section in sections(drawn, is_relaxed=is_relaxed).items():
                stated = amounts(findings[unit], rule(rulebook, ratio.id, year))
                if verdict(ratio, section) is Verdict.NOT_MET:
                    assert_smallest(ratio, section, stated)
                else:
                    assert not stated

    holds()


def assert_smallest(ratio: Ratio, section: Section, stated: dict[str, Fraction]) -> None:
    assert stated.keys() == {ratio.moves}
    amount = stated[ratio.moves]
    assert (amount / ratio.step).denominator == 1
    assert not ratio.falls_short(given_more(ratio, section, amount))
    assert ratio.falls_short(given_more(ratio, section, amount - ratio.step))


def given_more(ratio: Ratio, section: Section, amount: Fraction) -> Section:
    key = ratio.key(section.stage)
    school = section.school.having(**{key: section.school[key] + amount})
    return Section(school, section.stage, section.is_relaxed)


@YEARS
def test_six_of_seven_and_none_under_85_percent(
    year: int, is_relaxed: bool, rulebook: Rulebook
) -> None:
    @FEW
    @given(drawn=many(is_relaxed=is_relaxed))
    def holds(drawn: list[Unit]) -> None:
        frame = of_schools(by_code(drawn), rulebook)[Grain.SECTION]

        findings = found(rulebook, "R", year, frame)

        for unit, section in sections(drawn, is_relaxed=is_relaxed).items():
            finding = findings[unit]
            assert finding.verdict is six_of_seven(section), section
            if finding.verdict is not Verdict.NOT_APPLICABLE:
                assert finding.value == lines_met(section)
            gaps = {gap.name: gap.amount for gap in finding.gaps}
            wanting = {WANTING: 6 - lines_met(section), UNDER_FLOOR: lines_under_floor(section)}
            is_failing = finding.verdict is Verdict.NOT_MET
            lacking = {name: number for name, number in wanting.items() if number > 0}
            assert gaps == (lacking if is_failing else {})

    holds()


@YEARS
def test_a_seventh_ratio_at_85_percent_passes_one_unit_less_and_five_of_seven_fail(
    year: int, is_relaxed: bool, rulebook: Rulebook
) -> None:
    @FEW
    @given(
        drawn=many_on_every_line(is_relaxed=is_relaxed),
        two=st.permutations(RATIOS).map(lambda ratios: ratios[:2]),
    )
    def holds(drawn: list[Section], two: list[Ratio]) -> None:
        one, other = two
        counted = [
            section
            for section in drawn
            if section.is_counted and one.last_to_fail(section, FLOOR) is not None
        ]
        at_floor = [put(section, one, FLOOR, 1) for section in counted]
        below = [put(section, one, FLOOR, 0) for section in counted]
        both = [put(section, other, FLOOR, 1) for section in at_floor]

        on_floor, below_floor = (
            judged(sections_of, ["R"], rulebook, year)["R"] for sections_of in (at_floor, below)
        )
        assert set(on_floor) <= {Verdict.MET}
        assert set(below_floor) <= {Verdict.NOT_MET}
        # In a school with few pupils, one teacher may be both the threshold and 85 % of it.
        five = [section for section in both if lines_met(section) == 5]
        assert set(judged(five, ["R"], rulebook, year)["R"]) <= {Verdict.NOT_MET}

    holds()
