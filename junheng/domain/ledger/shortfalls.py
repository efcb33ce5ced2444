"""Shortfalls of an evaluation, and the units responsible for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from junheng.domain.duties.responsibilities import Assignment, DutyRoster
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.standard.standard import Grain, Line


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One line not met by one accountable unit, with its failing sections or classes."""

    line: Line
    owner: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A shortfall with its responsible units, from which a remediation is drafted."""

    line: Line
    unit: str
    unit_name: str
    town: str
    items: tuple[str, ...]
    assigned: Assignment


def shortfalls(findings: Iterable[Finding], lines: Mapping[str, Line]) -> tuple[Shortfall, ...]:
    """Return the shortfalls, one for each indicator and accountable unit.

    A missing report is one shortfall under SUB, not one for each line.
    """
    failing: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        line = lines[finding.indicator]
        is_unreported = line.per is Grain.SUBMISSION and finding.verdict is Verdict.NOT_REPORTED
        if finding.verdict is Verdict.NOT_MET or is_unreported:
            items = failing.setdefault((finding.indicator, finding.owner), [])
            items.extend([finding.unit] if finding.unit != finding.owner else [])
    return tuple(
        Shortfall(lines[indicator], owner, tuple(items))
        for (indicator, owner), items in failing.items()
    )


def orders(
    found: Iterable[Shortfall],
    *,
    roster: DutyRoster,
    towns: Mapping[str, str],
    names: Mapping[str, str],
) -> tuple[Order, ...]:
    """Return the orders for shortfalls; `towns` and `names` are those of the schools.

    Raises:
        DutyMissing: no unit is named for a line.

    """
    return tuple(_order(shortfall, roster, towns, names) for shortfall in found)


def _order(
    shortfall: Shortfall,
    roster: DutyRoster,
    towns: Mapping[str, str],
    names: Mapping[str, str],
) -> Order:
    owner = shortfall.owner
    town = towns.get(owner)
    return Order(
        line=shortfall.line,
        unit=owner,
        unit_name=names.get(owner, owner),
        town=town or (owner if owner in roster.towns else ""),
        items=shortfall.items,
        assigned=roster.assign(shortfall.line, owner, town=town),
    )


def item_name(item: str, unit: str) -> str:
    """Return the name of a section or class next to its school's: 小学, 初中7年级1班."""
    return item.removeprefix(f"{unit}:").replace(":", "")
