"""Exact arithmetic beside the product's own: a unit's figures as fractions, and where a line lies.

Nothing here knows an expression of junheng: a line is written anew, from indicators.csv.
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
    """One unit as it is reported: its numbers, exact, and its words."""

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
    """One line, written apart from the product: what is drawn, what is exact, what passes.

    `moves` are the figures that a distance is stated in, the first of which is put on the line, in
    steps of `data`, the smallest amount that is reported; `step` is what is bought or built.
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
        """Return whether the value holds against the threshold, whatever is asked beside."""
        return self.holds(self.value(unit), self.threshold(unit))

    def verdict(self, unit: Unit) -> Verdict:
        if not self.applies(unit):
            return Verdict.NOT_APPLICABLE
        return Verdict.MET if self.reaches(unit) and self.also(unit) else Verdict.NOT_MET

    def moved(self, unit: Unit, steps: int) -> Unit:
        """Return a unit with that many of the smallest amounts in its first figure."""
        return unit.having(**{self.moves[0]: steps * self.data})

    def last_to_fail(self, unit: Unit) -> int | None:
        """Return the figure, in steps of `data`, beside which lies the first that passes.

        None where no figure, or every figure, of this unit passes.
        """
        if not self.applies(unit):
            return None
        return edge(lambda steps: self.reaches(self.moved(unit, steps)), self.least, self.most)

    @property
    def towards(self) -> int:
        """Return the direction in which a unit comes to pass: more of a figure, or less."""
        return -1 if self.holds(Fraction(-1), Fraction(0)) else 1


def fixed(threshold: str) -> Number:
    return lambda _: Fraction(threshold)


def stated(
    line: str, grain: Grain, figure: str, threshold: str | Number, *, most: int, **other: Any
) -> ExactLine:
    """Return a line of one figure, held as it is reported."""
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
    """Return the last failing number before the first passing one, from whichever side."""
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
    """Return numbers of which many are round: a ratio then hits its threshold exactly."""
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
    """Return a unit near its line more often than not, and often exactly on it."""
    unit = draw(units(line.draws))
    at = line.last_to_fail(unit)
    anywhere = st.integers(line.least, line.most)
    near = anywhere if at is None else st.one_of(st.integers(at - 2, at + 2), anywhere)
    return line.moved(unit, max(line.least, draw(near)))


def rule(rulebook: Rulebook, indicator: str, year: int) -> Rule:
    rules = rulebook.standard.in_force(date(year, 9, 1))
    return next(one for one in rules if one.id == indicator)


def found(rulebook: Rulebook, indicator: str, year: int, frame: Frame) -> dict[str, Finding]:
    """Return the product's findings on a frame, by unit."""
    of_rule = findings.of_rule(rule(rulebook, indicator, year), frame)
    return {finding.unit: finding for finding in of_rule}


# A figure that is derived from what is reported, by what is reported of it.
DERIVED = {"compulsory_students": "students_primary"}


def amounts(finding: Finding, of: Rule) -> dict[str, Fraction]:
    """Return the stated amounts of a finding: what has to be added to each figure, or taken."""
    figures = {lever.name: lever.figure for lever in of.line.levers}
    return {
        DERIVED.get(figures[gap.name], figures[gap.name]): Fraction(str(gap.amount))
        * (-1 if gap.is_excess else 1)
        for gap in finding.gaps
    }


def added(unit: Unit, amounts: Mapping[str, Fraction]) -> Unit:
    return unit.having(**{key: unit[key] + amount for key, amount in amounts.items()})
