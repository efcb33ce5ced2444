"""The coefficient between schools in fractions, and districts exactly on its limit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TypeAlias

from hypothesis import strategies as st

from tests.domain.judging.exact import Unit, whole
from tests.domain.judging.exact_sections import (
    BESIDE,
    JUNIOR,
    MOVED,
    PRIMARY,
    RATIOS,
    STUDENTS,
    SUFFIX,
    WEIGHTS,
    Ratio,
    Section,
)

LIMITS = {PRIMARY: Fraction("0.50"), JUNIOR: Fraction("0.45")}
District = Sequence[Unit]
Students: TypeAlias = st.SearchStrategy[Fraction | str]


def squared(ratios: Iterable[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Return the square of the coefficient of (ratio, pupils), None if all ratios are 0.

    S²/X̄² with S² = Σ(P/ΣP)·r² − X̄² and X̄ = ΣPr/ΣP: without the root it remains a fraction.
    """
    pairs = tuple(ratios)
    pupils = sum((number for _, number in pairs), Fraction(0))
    weighted = sum((number * ratio for ratio, number in pairs), Fraction(0))
    if not weighted:
        return None
    squares = sum((number * ratio**2 for ratio, number in pairs), Fraction(0))
    return pupils * squares / weighted**2 - 1


def root(square: Fraction) -> float:
    with localcontext() as context:
        context.prec = 50
        return float((Decimal(square.numerator) / Decimal(square.denominator)).sqrt())


def counted(district: District, stage: str, *, is_relaxed: bool) -> list[Section]:
    staged = (school for school in district if school[f"students_{SUFFIX[stage]}"] > 0)
    every = (Section(school, stage, is_relaxed) for school in staged)
    return [section for section in every if section.is_counted]


def squared_of(ratio: Ratio, sections: Iterable[Section]) -> Fraction | None:
    return squared((ratio.value(section), section.students) for section in sections)


@dataclass(frozen=True, slots=True)
class Lifted:
    """A stage after lifting its lowest sections, and one level before."""

    units: int
    places: int
    after: Fraction | None
    before: Fraction | None


def lifted(ratio: Ratio, sections: Sequence[Section], units: int) -> Lifted:
    """Give one more unit to the lowest section repeatedly, until all units are used.

    Of equally low sections, those that gain least by a unit come first.
    """
    pupils = [section.students for section in sections]
    effects = [effect_of(ratio, section) for section in sections]
    now = [ratio.value(section) for section in sections]
    before, given = now, [0] * len(now)
    while sum(given) < units:
        lowest, before = min(zip(now, effects, strict=True)), now
        is_next = [int(one == lowest) for one in zip(now, effects, strict=True)]
        given = [number + more for number, more in zip(given, is_next, strict=True)]
        now = [one + lowest[1] * more for one, more in zip(now, is_next, strict=True)]
    return Lifted(
        units=sum(given),
        places=sum(number > 0 for number in given),
        after=squared(zip(now, pupils, strict=True)),
        before=squared(zip(before, pupils, strict=True)),
    )


def effect_of(ratio: Ratio, section: Section) -> Fraction:
    """Return the increase of a section's ratio by one step of things to buy or build."""
    key = ratio.key(section.stage)
    school = section.school.having(**{key: section.school[key] + ratio.step})
    moved = Section(school, section.stage, section.is_relaxed)
    return ratio.value(moved) - ratio.value(section)


@st.composite
def random_districts(
    draw: st.DrawFn,
    *,
    most: int = 400,
    students: Students = STUDENTS,
) -> District:
    return [draw(_school(most=most, students=students)) for _ in range(draw(st.integers(1, 6)))]


@st.composite
def _school(draw: st.DrawFn, *, most: int, students: Students) -> Unit:
    kind = draw(st.sampled_from([*WEIGHTS]))
    texts = {"school_kind": kind, "locale": draw(st.sampled_from(("城区", "镇区", "乡村")))}
    numbers = dict.fromkeys([*BESIDE, *MOVED], Fraction(0))
    numbers.pop("locale")
    numbers |= {
        f"students_{suffix}": Fraction(draw(students) if stage in WEIGHTS[kind] else 0)
        for stage, suffix in SUFFIX.items()
    }
    scarce = draw(st.sampled_from((3, most)))
    numbers |= {key: Fraction(draw(whole(0, scarce))) for key in MOVED}
    numbers |= {
        "visiting_pe_and_arts_teachers": Fraction(draw(st.integers(0, 2))),
        "rented_sports_area_m2": Fraction(draw(st.integers(0, 50))),
        "is_dense_metropolitan_centre": Fraction(draw(st.integers(0, 1))),
    }
    return Unit(numbers, texts)


@dataclass(frozen=True, slots=True)
class OnTheLimit:
    """A district of richer and poorer schools whose seven coefficients equal the limit."""

    richer: Unit
    poorer: Unit
    pairs: int
    stage: str

    @property
    def schools(self) -> District:
        return [self.richer, self.poorer] * self.pairs

    @property
    def more_unequal(self) -> District:
        """One more unit of data in each figure of one richer school."""
        data = {key: self.richer[key] + amount for key, amount in SMALLEST.items()}
        return [self.richer.having(**data), *self.schools[1:]]


SMALLEST: Mapping[str, Fraction] = {
    ratio.key(stage): ratio.data for ratio in RATIOS for stage in (PRIMARY, JUNIOR)
}


@st.composite
def on_the_limit(draw: st.DrawFn) -> OnTheLimit:
    """Two schools with pupils as a² : b² have the coefficient T if their things are as

    a·(a + T·b) : b·(b − T·a), since √(p·q) of their weights is then a·b/(a² + b²), a fraction.
    """
    stage = draw(st.sampled_from((PRIMARY, JUNIOR)))
    limit = LIMITS[stage]
    sides = st.tuples(st.integers(1, 5), st.integers(1, 5))
    a, b = draw(sides.filter(lambda pair: pair[1] > limit * pair[0]))
    kind = draw(st.sampled_from([kind for kind, stages in WEIGHTS.items() if stage in stages]))
    kind = kind if kind not in {"教学点", "特殊教育学校"} else "九年一贯制学校"
    pupils = {one: draw(st.integers(1, 200)) for one in WEIGHTS[kind]}
    times = draw(st.integers(1, 30))
    richer, poorer = (
        _having(kind, pupils, side * side, held * limit.denominator * times)
        for side, held in ((a, a * (a + limit * b)), (b, b * (b - limit * a)))
    )
    return OnTheLimit(richer, poorer, draw(st.integers(1, 3)), stage)


def _having(kind: str, pupils: Mapping[str, int], times: int, amount: Fraction) -> Unit:
    numbers = {key: Fraction(0) for key in BESIDE if key != "locale"}
    numbers |= {
        f"students_{suffix}": Fraction(pupils.get(stage, 0) * times)
        for stage, suffix in SUFFIX.items()
    }
    numbers |= {key: amount * data for key, data in SMALLEST.items()}
    return Unit(numbers, {"school_kind": kind, "locale": "镇区"})
