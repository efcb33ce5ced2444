"""Shortfalls: what an evaluation asks to be put right, and who answers for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from junheng.domain.duties.responsibilities import Assignment, DutyRoster
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.standard.standard import Grain, Line


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One line not met by one accountable unit, with the failing sections or classes of it."""

    line: Line
    owner: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A shortfall with who answers for it: what a remediation is drafted from."""

    line: Line
    unit: str
    unit_name: str
    town: str
    items: tuple[str, ...]
    assigned: Assignment


def shortfalls(findings: Iterable[Finding], lines: Mapping[str, Line]) -> tuple[Shortfall, ...]:
    """Return what must be put right, one for each indicator and accountable unit.

    What a school did not report is asked for once, under SUB, and not line by line.
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
    """Return the orders that answer shortfalls; `towns` and `names` are those of the schools.

    Raises:
        DutyMissing: nobody is named for a line.

    """
    return tuple(_order(one, roster, towns, names) for one in found)


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
    """Return a section or class as people call it beside its school: 小学, 初中7年级1班."""
    return item.removeprefix(f"{unit}:").replace(":", "")
