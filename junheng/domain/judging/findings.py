"""Findings: a line's verdict on each unit, and counts to compare with Great Expectations'."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import narwhals as nw

from junheng.domain.judging import composite, distances, stages, thresholds
from junheng.domain.judging.distances import Gap
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard.standard import Edition, Grain, Holds, Rule


class Verdict(StrEnum):
    """The verdicts; `MET` is exported as `pass`, `NOT_MET` as `fail`."""

    MET = "pass"
    NOT_MET = "fail"
    NOT_REPORTED = "missing"
    NOT_APPLICABLE = "not_applicable"
    NOT_JUDGED = "not_judged"


def everybody_meets(counts: Mapping[Verdict, int]) -> bool:
    """Return whether every unit that the line applies to reported and met it."""
    others = (Verdict.NOT_MET, Verdict.NOT_REPORTED, Verdict.NOT_JUDGED)
    return not any(counts.get(verdict, 0) for verdict in others)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line's verdict on one unit; `owner` is the school, department, project or district.

    `gaps` are the distances to the threshold if the unit does not meet it, as things to buy,
    build or do.
    """

    indicator: str
    unit: str
    owner: str
    value: float | None
    threshold: float | None
    verdict: Verdict
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts on which Great Expectations and the findings must agree, over one grain."""

    units: int
    concerned: int
    reported: int
    not_met: int


def held_frame(edition: Edition, grain: Frame) -> Frame:
    """Return the rows that a line judges, with value, bound and the three conditions."""
    if stages.is_grouped(edition):
        return stages.held_frame(edition, grain)
    if composite.is_combined(edition):
        return composite.held_frame(edition, grain)
    return thresholds.held_frame(edition, grain)


def counts(held: Frame) -> Counts:
    """Return the counts of a line's `held_frame`."""
    concerned, reported = nw.col("is_concerned"), nw.col("is_reported")
    summed = held.select(
        units=nw.len(),
        concerned=concerned.sum(),
        reported=(concerned & reported).sum(),
        not_met=(concerned & reported & ~nw.col("is_held")).sum(),
    )
    return Counts(*(int(number) for number in summed.row(0)))


def by_line(findings: Iterable[Finding]) -> Mapping[str, list[Finding]]:
    """Return findings grouped by line, each group in the original order."""
    lines: dict[str, list[Finding]] = {}
    for finding in findings:
        lines.setdefault(finding.indicator, []).append(finding)
    return lines


def of_rule(rule: Rule, grain: Frame) -> tuple[Finding, ...]:
    """Return a rule's finding on every unit of a grain."""
    shows_value = rule.edition.holds is not Holds.IS_TRUE
    held = held_frame(rule.edition, grain)
    gaps = distances.of_rule(rule, grain, held)
    return tuple(
        _finding(rule.id, row, gaps.get(row["unit"], ()), shows_value=shows_value)
        for row in held.iter_rows(named=True)
    )


def not_judged(rule: Rule, units: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    """Return the findings of a rule that raised an error, for every (unit, owner) it covers."""
    return tuple(
        Finding(rule.id, unit, owner, None, None, Verdict.NOT_JUDGED) for unit, owner in units
    )


def units_of(rule: Rule, grain: Frame) -> tuple[tuple[str, str], ...]:
    """Return each (unit, owner) that a rule covers, without computing its values."""
    if rule.line.per is Grain.STAGE:
        pairs = grain.select("district_code", "stage").unique().sort("stage", descending=True)
        return tuple((f"{code}:{stage}", code) for code, stage in pairs.iter_rows())
    among = thresholds.among(rule.edition, grain).select("unit", "owner")
    return tuple((unit, owner) for unit, owner in among.iter_rows())


def tally(findings: Iterable[Finding]) -> Counts:
    """Count findings the way Great Expectations counts."""
    verdicts = [finding.verdict for finding in findings]
    concerned = [verdict for verdict in verdicts if verdict is not Verdict.NOT_APPLICABLE]
    reported = [verdict for verdict in concerned if verdict is not Verdict.NOT_REPORTED]
    not_met = sum(verdict is Verdict.NOT_MET for verdict in reported)
    return Counts(len(verdicts), len(concerned), len(reported), not_met)


def _finding(
    indicator: str, row: dict[str, Any], gaps: tuple[Gap, ...], *, shows_value: bool
) -> Finding:
    verdict = _verdict(row)
    is_shown = shows_value and verdict in (Verdict.MET, Verdict.NOT_MET)
    return Finding(
        indicator=indicator,
        unit=row["unit"],
        owner=row["owner"],
        value=float(row["value"]) if is_shown else None,
        threshold=float(row["bound"]) if is_shown else None,
        verdict=verdict,
        gaps=gaps,
    )


def _verdict(row: dict[str, Any]) -> Verdict:
    if not row["is_concerned"]:
        return Verdict.NOT_APPLICABLE
    if not row["is_reported"]:
        return Verdict.NOT_REPORTED
    return Verdict.MET if row["is_held"] else Verdict.NOT_MET
