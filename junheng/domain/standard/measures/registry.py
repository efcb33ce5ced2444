"""The registry of measures: named formulas with their figures and expressions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import narwhals as nw

from junheng import wording

Parameters: TypeAlias = Mapping[str, Any]
Expression: TypeAlias = Callable[..., nw.Expr]
Template: TypeAlias = str | Callable[..., str]


@dataclass(frozen=True, slots=True)
class Measure:
    """A formula: the figures it needs, its text over their keys, and its expression.

    A figure written `{name}` is a parameter: one figure or several, chosen in config/standard.
    `parts` are named parts of the formula that depend on the unit, such as relaxed room counts.
    `gives` are the words it returns, if it returns words; `answers` the words it compares with.
    """

    name: str
    figures: tuple[str, ...]
    formula: Template
    expression: Expression
    parts: Mapping[str, Expression] = field(default_factory=dict)
    gives: tuple[str, ...] = ()
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def figures_with(self, parameters: Parameters) -> tuple[str, ...]:
        """Return the figures that the measure requires, with its parameters filled in."""
        return tuple(name for figure in self.figures for name in _parameter(figure, parameters))

    def formula_with(self, parameters: Parameters) -> str:
        """Return the formula as a template over the keys of figures and parts."""
        return self.formula if isinstance(self.formula, str) else self.formula(**parameters)


def _parameter(figure: str, parameters: Parameters) -> tuple[str, ...]:
    if not figure.startswith("{"):
        return (figure,)
    chosen = parameters[figure.strip("{}")]
    return (chosen,) if isinstance(chosen, str) else tuple(chosen)


MEASURES: dict[str, Measure] = {}


class MeasureUnknown(LookupError):
    """The rulebook names a measure that does not exist."""


def measure(
    *figures: str,
    formula: Template,
    parts: Mapping[str, Expression] | None = None,
    gives: tuple[str, ...] = (),
    answers: Mapping[str, tuple[str, ...]] | None = None,
) -> Callable[[Expression], Expression]:
    """Register a measure under its function's name, with the figures it requires."""

    def register(expression: Expression) -> Expression:
        name = expression.__name__
        MEASURES[name] = Measure(
            name, figures, formula, expression, parts or {}, gives, answers or {}
        )
        return expression

    return register


def named(name: str) -> Measure:
    """Return the measure of a name; raises MeasureUnknown."""
    try:
        return MEASURES[name]
    except KeyError:
        unknown = wording.packaged().judging.measure_unknown
        raise MeasureUnknown(unknown.format(name=name)) from None


def column(name: str, **parameters: Any) -> nw.Expr:
    """Return a measure's expression, or the column itself if there is no such measure."""
    return MEASURES[name].expression(**parameters) if name in MEASURES else nw.col(name)
