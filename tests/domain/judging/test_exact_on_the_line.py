"""Exact on the threshold: a unit on it passes, and with one unit of data less it fails.

Each line is implemented again in fractions over drawn integers; floating-point error never decides.
"""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.judging.findings import Verdict
from junheng.domain.standard.standard import Edition
from junheng.rulebook import Rulebook
from tests import examples
from tests.domain.judging import exact_lines
from tests.domain.judging.exact import ExactLine, Unit, added, amounts, found, placed, rule, units
from tests.domain.judging.exact_frames import of_units
from tests.domain.judging.exact_sections import RATIOS

YEARS = (2018, 2021, 2025)
# A line is also tested for an earlier year if another edition is in force then.
OF_A_YEAR = {2018: {"G07"}, 2021: {"G07", "G03", "G04"}}
CASES = [
    pytest.param(line, year, id=f"{line.id}-{year}-{line.moves[0]}")
    for year in YEARS
    for line in exact_lines.lines(year)
    if line.id in OF_A_YEAR.get(year, {line.id})
]
EACH_LINE = pytest.mark.parametrize(("line", "year"), CASES)
# An example is a list of units, judged as one frame; the assertion names the unit that fails.
FEW = examples.costly(15)
# `given` is used within the tests, where its pytest plugin does not detect it.
pytestmark = pytest.mark.hypothesis


def many(strategy: st.SearchStrategy[Unit]) -> st.SearchStrategy[list[Unit]]:
    return st.lists(strategy, min_size=12, max_size=20)


@EACH_LINE
def test_a_verdict_equals_exact_arithmetic(line: ExactLine, year: int, rulebook: Rulebook) -> None:
    @FEW
    @given(drawn=many(placed(line)))
    def holds(drawn: list[Unit]) -> None:
        verdicts = found(rulebook, line.id, year, of_units(drawn))

        for at, unit in enumerate(drawn):
            finding = verdicts[str(at)]
            assert finding.verdict is line.verdict(unit)
            if finding.value is not None and finding.threshold is not None:
                assert finding.value == pytest.approx(float(line.value(unit)), rel=1e-12)
                assert finding.threshold == pytest.approx(float(line.threshold(unit)), rel=1e-12)

    holds()


@EACH_LINE
def test_the_first_passing_figure_passes_and_one_unit_of_data_less_fails(
    line: ExactLine, year: int, rulebook: Rulebook
) -> None:
    @FEW
    @given(drawn=many(units(line.draws)))
    def holds(drawn: list[Unit]) -> None:
        edges = [(unit, at) for unit in drawn if (at := line.last_to_fail(unit)) is not None]
        on = [line.moved(unit, at + line.towards) for unit, at in edges]
        short = [line.moved(unit, at) for unit, at in edges]
        if not edges:
            return

        verdicts = found(rulebook, line.id, year, of_units([*on, *short]))

        is_met = [finding.verdict is Verdict.MET for finding in verdicts.values()]
        assert is_met == [*(line.also(unit) for unit in on), *(False for _ in short)]

    holds()


@EACH_LINE
def test_the_stated_distance_is_the_smallest_sufficient_one(
    line: ExactLine, year: int, rulebook: Rulebook
) -> None:
    @FEW
    @given(drawn=many(placed(line)))
    def holds(drawn: list[Unit]) -> None:
        verdicts = found(rulebook, line.id, year, of_units(drawn))

        for at, unit in enumerate(drawn):
            finding = verdicts[str(at)]
            stated = amounts(finding, rule(rulebook, line.id, year))
            if finding.verdict is not Verdict.NOT_MET or line.reaches(unit):
                assert not stated
            else:
                assert_smallest(line, unit, stated)

    holds()


def assert_smallest(line: ExactLine, unit: Unit, stated: dict[str, Fraction]) -> None:
    assert stated.keys() <= set(line.moves)
    assert line.reaches(added(unit, stated))
    for key, amount in stated.items():
        steps = amount * line.towards / line.step
        assert steps > 0
        assert steps.denominator == 1
        one_step_less = stated | {key: amount - line.towards * line.step}
        assert not line.reaches(added(unit, one_step_less))


def test_every_numeric_line_of_the_standard_has_an_exact_line(rulebook: Rulebook) -> None:
    of_sections = {ratio.id for ratio in RATIOS}
    of_stages = {f"CV{number}" for number in range(1, 8)} | {"G13"}

    for year in YEARS:
        numeric = {
            rule_.id
            for rule_ in rulebook.standard.in_force(date(year, 9, 1))
            if rule_.edition.threshold is not None
        }
        written = {line.id for line in exact_lines.lines(year)}

        assert numeric == written | of_sections | of_stages | {"R"}


def test_a_line_tested_for_one_year_has_one_edition(rulebook: Rulebook) -> None:
    def editions(year: int) -> dict[str, Edition]:
        rules = rulebook.standard.in_force(date(year, 9, 1))
        return {rule_.id: rule_.edition for rule_ in rules if not rule_.edition.of}

    of_2025 = editions(2025)

    changed = {
        year: {name for name, rule_ in editions(year).items() if rule_ != of_2025[name]}
        for year in YEARS
    }

    assert changed == {2018: {"G07"}, 2021: {"G07", "R3", "R5", "G03", "G04"}, 2025: set()}
