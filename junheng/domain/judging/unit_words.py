"""Display names of units, and the texts of values, thresholds and distances."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from junheng.domain.judging.distances import Gap
from junheng.domain.judging.findings import Finding
from junheng.domain.standard.standard import Grain, Holds, Line, Rule
from junheng.wording.judging.units import DistanceWords, UnitWords

# A share is stored as a fraction and displayed in percent; a figure in percent is left as it is.
AS_PERCENT = frozenset({"share", "pooled_share", "three_year_retention"})
HUNDRED = 100
MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class UnitNames:
    """Names of units: schools by their code, departments by their current name.

    `wording` is config/wording/units.yaml.
    """

    wording: UnitWords
    schools: Mapping[str, str]
    district: str
    display: Callable[[str], str]

    def owner(self, owner: str) -> str:
        return self.schools.get(owner) or self.display(owner)

    def unit(self, finding: Finding, per: Grain) -> str:
        """Return the display name of a finding's unit."""
        head, _, rest = finding.unit.partition(":")
        match per:
            case Grain.SECTION:
                return self.wording.section.format(school=self.owner(head), stage=rest)
            case Grain.CLASS:
                name = rest.replace(":", "")
                return self.wording.class_.format(school=self.owner(head), name=name)
            case Grain.STAGE:
                return self.wording.stage.format(district=self.district, stage=rest)
            case Grain.SUBJECT:
                return rest
            case Grain.DISTRICT:
                return self.district
            case Grain.SCHOOL | Grain.PLAN_TASK | Grain.PROJECT | Grain.SUBMISSION:
                return self.owner(finding.unit)

    def any_unit(self, unit: str) -> str:
        """Return the display name of a unit of any frame."""
        head, colon, rest = unit.partition(":")
        if not colon:
            return self.owner(unit)
        if head not in self.schools:
            return rest
        template = self.wording.class_ if ":" in rest else self.wording.section
        name = rest.replace(":", "")
        return template.format(school=self.owner(head), stage=name, name=name)


def number(amount: float, decimals: int | None = None) -> str:
    """Return a number as text, with the given decimals or with as few as it needs.

    `decimals` is None for a figure that is shown as reported.
    """
    if decimals is not None:
        return f"{amount:,.{decimals}f}"
    return f"{amount:,.4f}".rstrip("0").rstrip(".")


def value(amount: float | None, rule: Rule, *, apart_from: float | None = None) -> str:
    """Return a value of a line with its unit, '' if there is none.

    A value just short of its threshold could be rounded to the threshold itself: it gets as many
    decimals as needed to differ from `apart_from`.
    """
    if amount is None:
        return ""
    decimals = rule.line.decimals
    shown = number(_scaled(amount, rule), decimals)
    if apart_from is not None and decimals is not None and amount != apart_from:
        limit = _scaled(apart_from, rule)
        while decimals < MOST_DECIMALS and shown == number(limit, decimals):
            decimals += 1
            shown = number(_scaled(amount, rule), decimals)
    return f"{shown}{rule.line.unit}"


def _scaled(amount: float, rule: Rule) -> float:
    is_share = rule.edition.measure in AS_PERCENT and rule.line.unit == "%"
    return amount * HUNDRED if is_share else amount


def threshold(amount: float | None, rule: Rule, wording: UnitWords) -> str:
    """Return the threshold of a line for a unit: ≥4.2人, or the required answer."""
    edition = rule.edition
    if amount is None or edition.holds is Holds.IS_TRUE:
        return wanted(edition.measure, edition.with_, wording)
    # A threshold is printed as configured, without additional decimals.
    shown = number(_scaled(amount, rule))
    if edition.holds is Holds.AT_MOST and amount == 0:
        return wording.none.format(amount=shown, unit=rule.line.unit)
    return f"{wording.holds[edition.holds]}{shown}{rule.line.unit}"


def wanted(measure: str, parameters: Mapping[str, Any], wording: UnitWords) -> str:
    """Return the answer that a measure requires: 为“是”, or for several figures 均为“是”."""
    answer = wording.answers.get(measure) or ""
    if isinstance(answer, str):
        return answer
    return answer.one if len(parameters["figures"]) == 1 else answer.several


def distance(gap: Gap, wording: DistanceWords) -> str:
    """Return one distance in words: 网络多媒体教室差2间, 学生超7人."""
    template = wording.over if gap.is_excess else wording.short
    if (of_lines := wording.lines.get(gap.name)) is not None:
        template = of_lines
    elif gap.places is not None:
        template = wording.lift
    amount = number(gap.amount)
    return template.format(name=gap.name, amount=amount, unit=gap.unit, places=gap.places)


def distances(finding: Finding, wording: DistanceWords) -> str:
    """Return all distances of a finding, '' if it has none."""
    return "，".join(distance(gap, wording) for gap in finding.gaps)


def line_name(line: Line) -> str:
    return f"{line.id} {line.name}"
