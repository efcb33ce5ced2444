"""Measures that take figures as reported, as a sum or as a share; config/standard names them."""

from collections.abc import Sequence
from functools import reduce
from operator import add

import narwhals as nw

from junheng.domain.standard.measures.registry import measure


def _sum(figures: Sequence[str]) -> str:
    return " + ".join(f"{{{figure}}}" for figure in figures)


def _bracketed(figures: Sequence[str]) -> str:
    return _sum(figures) if len(figures) == 1 else f"({_sum(figures)})"


def _total(figures: Sequence[str]) -> nw.Expr:
    return reduce(add, (nw.col(figure) for figure in figures))


def _listed(figures: Sequence[str]) -> str:
    return "、".join(f"{{{figure}}}" for figure in figures)


@measure("{figure}", formula=lambda figure: f"{{{figure}}}")
def stated(*, figure: str) -> nw.Expr:
    """The figure itself, as reported."""
    return nw.col(figure)


@measure("{figures}", formula=_sum)
def total(*, figures: Sequence[str]) -> nw.Expr:
    return _total(figures)


@measure(
    "{figures}",
    "{among}",
    formula=lambda figures, among: f"{_bracketed(figures)} ÷ {_bracketed(among)}",
)
def share(*, figures: Sequence[str], among: Sequence[str]) -> nw.Expr:
    """The sum of `figures` divided by the sum of `among`: a fraction."""
    return _total(figures) / _total(among)


@measure("{figures}", formula=_listed)
def all_stated_yes(*, figures: Sequence[str]) -> nw.Expr:
    """每项均填“是”."""
    return nw.all_horizontal(*(nw.col(name) == 1 for name in figures), ignore_nulls=False)


@measure("{figures}", formula=_listed)
def all_stated_no(*, figures: Sequence[str]) -> nw.Expr:
    """每项均填“否”."""
    return nw.all_horizontal(*(nw.col(name) == 0 for name in figures), ignore_nulls=False)
