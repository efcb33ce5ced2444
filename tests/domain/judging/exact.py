"""Exact arithmetic to check the product: a unit's figures as fractions, and thresholds.

Nothing here uses an expression of junheng: each line is implemented again, from indicators.csv.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from operator import ge
from typing import Any

from hypothesis import strategies as st

from junheng.domain.judging import findings
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard.standard import Grain, Rule
from junheng.rulebook import Rulebook

WHOLE, TENTH, HUNDREDTH = Fraction(1), Fraction(1, 10), Fraction(1, 100)
THOUSANDTH = Fraction(1, 1000)
PUPILS = 5_000
ROUND = 20


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit as reported: its exact numbers, and its words."""

    numbers: Mapping[str, Fraction]
    texts: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Fraction:
        return self.numbers[key]

    def total(self, keys: Iterable[str]) -> Fraction:
        return sum((self[key] for key in keys), Fraction(0))

    def having(self, **numbers: Fraction) -> "Unit":
        return replace(self, numbers={**self.numbers, **numbers})


Number = Callable[[Unit], Fraction]
Condition = Callable[[Unit], bool]
Holds = Callable[[Fraction, Fraction], bool]
Draws = Mapping[str, st.SearchStrategy[Fraction | str]]


def always(_: Unit) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class ExactLine:
    """One line, implemented independently of the product: draws, exact value and threshold.

    `moves` are the figures in which a distance is stated; the first one is put on the threshold in
    steps of `data`, the smallest reported amount; `step` is what can be bought or built.
    """

    id: str
    grain: Grain
    draws: Draws
    moves: tuple[str, ...]
    value: Number
    threshold: Number
    holds: Holds
    most: int
    data: Fraction = WHOLE
    step: Fraction = WHOLE
    least: int = 0
    applies: Condition = always
    also: Condition = always

    def reaches(self, unit: Unit) -> bool:
        """Return whether the value meets the threshold, without additional conditions."""
        return self.holds(self.value(unit), self.threshold(unit))

    def verdict(self, unit: Unit) -> Verdict:
        if not self.applies(unit):
            return Verdict.NOT_APPLICABLE
        return Verdict.MET if self.reaches(unit) and self.also(unit) else Verdict.NOT_MET

    def moved(self, unit: Unit, steps: int) -> Unit:
        """Return a unit with its first figure set to `steps` times the smallest amount."""
        return unit.having(**{self.moves[0]: steps * self.data})

    def last_to_fail(self, unit: Unit) -> int | None:
        """Return the last failing figure next to the first that passes, in steps of `data`.

        None if no figure, or every figure, of this unit passes.
        """
        if not self.applies(unit):
            return None
        return edge(lambda steps: self.reaches(self.moved(unit, steps)), self.least, self.most)

    @property
    def towards(self) -> int:
        """Return the direction towards passing: 1 for more of a figure, -1 for less."""
        return -1 if self.holds(Fraction(-1), Fraction(0)) else 1


def fixed(threshold: str) -> Number:
    return lambda _: Fraction(threshold)


def stated(
    line: str, grain: Grain, figure: str, threshold: str | Number, *, most: int, **other: Any
) -> ExactLine:
    """Return a line that compares one figure as reported."""
    usual: dict[str, Any] = {"holds": ge, "draws": {}}
    return ExactLine(
        line,
        grain,
        moves=(figure,),
        value=lambda u: u[figure],
        threshold=fixed(threshold) if isinstance(threshold, str) else threshold,
        most=most,
        **usual | other,
    )


def edge(passes: Callable[[int], bool], least: int, most: int) -> int | None:
    """Return the last failing number before the first passing one, from either side."""
    first, last = passes(least), passes(most)
    if first == last:
        return None
    low, high = least, most
    while high - low > 1:
        middle = (low + high) // 2
        if passes(middle) == first:
            low = middle
        else:
            high = middle
    return high if first else low


def whole(least: int, most: int) -> st.SearchStrategy[Fraction | str]:
    """Return numbers, many of them round, so that ratios often equal their threshold."""
    numbers = st.integers(least, most)
    is_wide = most - least >= ROUND
    round_numbers = numbers.map(lambda number: number - number % ROUND) if is_wide else numbers
    return st.one_of(numbers, round_numbers.filter(lambda number: number >= least)).map(Fraction)


def hundredths(least: int, most: int) -> st.SearchStrategy[Fraction | str]:
    return whole(least * 100, most * 100).map(lambda number: Fraction(number) / 100)


def one_of(*texts: str) -> st.SearchStrategy[Fraction | str]:
    return st.sampled_from(texts)


YES_OR_NO = whole(0, 1)


@st.composite
def units(draw: st.DrawFn, draws: Draws) -> Unit:
    drawn = {key: draw(strategy) for key, strategy in draws.items()}
    return Unit(
        {key: value for key, value in drawn.items() if isinstance(value, Fraction)},
        {key: value for key, value in drawn.items() if isinstance(value, str)},
    )


@st.composite
def placed(draw: st.DrawFn, line: ExactLine) -> Unit:
    """Return a unit that is usually near its threshold, and often exactly on it."""
    unit = draw(units(line.draws))
    at = line.last_to_fail(unit)
    anywhere = st.integers(line.least, line.most)
    near = anywhere if at is None else st.one_of(st.integers(at - 2, at + 2), anywhere)
    return line.moved(unit, max(line.least, draw(near)))


def rule(rulebook: Rulebook, indicator: str, year: int) -> Rule:
    rules = rulebook.standard.in_force(date(year, 9, 1))
    return next(candidate for candidate in rules if candidate.id == indicator)


def found(rulebook: Rulebook, indicator: str, year: int, frame: Frame) -> dict[str, Finding]:
    """Return the product's findings on a frame, by unit."""
    of_rule = findings.of_rule(rule(rulebook, indicator, year), frame)
    return {finding.unit: finding for finding in of_rule}


# Derived figures, with the reported figure from which each is derived.
DERIVED = {"compulsory_students": "students_primary"}


def amounts(finding: Finding, of: Rule) -> dict[str, Fraction]:
    """Return the distances of a finding: the amount to add to or subtract from each figure."""
    figures = {lever.name: lever.figure for lever in of.line.levers}
    return {
        DERIVED.get(figures[gap.name], figures[gap.name]): Fraction(str(gap.amount))
        * (-1 if gap.is_excess else 1)
        for gap in finding.gaps
    }


def added(unit: Unit, amounts: Mapping[str, Fraction]) -> Unit:
    return unit.having(**{key: unit[key] + amount for key, amount in amounts.items()})
