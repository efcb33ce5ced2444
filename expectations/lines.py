"""Custom expectations: a line on units, a weighted coefficient of stages, and "6 of 7".

Each contains the dated rule as JSON; its metric evaluates the rule's narwhals expressions once
over the whole batch, for any number of schools or districts, and returns counts.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

import narwhals as nw
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from junheng.domain.judging import findings
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard.standard import Edition

Details: TypeAlias = dict[str, Any]


def _counts(held: Frame) -> list[int]:
    counts = findings.counts(held)
    return [counts.units, counts.concerned, counts.reported, counts.not_met]


def _coefficients(held: Frame) -> Details:
    """Return the coefficient of every district and stage of the batch."""
    named = {"stage": "unit", "coefficient": "value", "limit": "bound", "is_held": "is_held"}
    rows = held.select(**{name: nw.col(column) for name, column in named.items()})
    return {
        "stages": [{**row, "is_held": bool(row["is_held"])} for row in rows.iter_rows(named=True)]
    }


def _sections_by_lines_met(held: Frame) -> Details:
    """Return the number of sections by the lines they meet, and how many are under the floor."""
    lines_met = Counter(int(value) for value in held["value"].to_list())
    under_floor = sum(value > 0 for value in held["lines_under_floor"].to_list())
    sections = {str(count): lines_met[count] for count in sorted(lines_met, reverse=True)}
    return {"sections_by_lines_met": sections, "under_floor": under_floor}


# Additional details of lines that are more than a comparison of each unit.
DETAILS: Mapping[str, Callable[[Frame], Details]] = {
    "weighted_coefficient": _coefficients,
    "lines_met": _sections_by_lines_met,
}


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


class UnitsHeldAgainstRule(TableMetricProvider):
    """The counts of units that a rule applies to, that reported and that fail, with details.

    One pass over the batch, for any number of districts.
    """

    metric_name = "table.units_held_against_rule"
    value_keys = ("rule",)

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(  # type: ignore[no-untyped-def]  # the signature is Great Expectations' own
        cls,  # noqa: N805
        execution_engine,
        metric_domain_kwargs,
        metric_value_kwargs,
        metrics,
        runtime_configuration,
    ):
        frame, _, _ = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE
        )
        edition = Edition.model_validate_json(metric_value_kwargs["rule"])
        held = findings.held_frame(edition, nw.from_native(frame, eager_only=True))
        reported = held.filter(nw.col("is_concerned") & nw.col("is_reported"))
        details = DETAILS.get(edition.measure)
        return _counts(held), details(reported) if details else {}


class ExpectUnitsToMeetLine(BatchExpectation):
    """Expect every reporting unit that a line applies to to meet it."""

    line: str
    rule: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (UnitsHeldAgainstRule.metric_name,)
    success_keys: ClassVar[tuple[str, ...]] = ("line", "rule")
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "table")
    args_keys: ClassVar[tuple[str, ...]] = ("line", "rule")
    library_metadata: ClassVar[dict[str, Any]] = {"maturity": "production"}

    def _validate(  # type: ignore[no-untyped-def]
        self,
        metrics,
        runtime_configuration=None,
        execution_engine=None,
    ):
        (units, concerned, reported, not_met), details = metrics[UnitsHeldAgainstRule.metric_name]
        return {
            "success": not_met == 0,
            "result": {
                "observed_value": not_met,
                "element_count": units,
                "unexpected_count": not_met,
                "unexpected_percent": _percent(not_met, reported),
                "missing_count": concerned - reported,
                "missing_percent": _percent(concerned - reported, concerned),
                "details": {"concerned": concerned, "reported": reported, **details},
            },
        }


class ExpectWeightedCoefficientToBeAtMost(ExpectUnitsToMeetLine):
    """Expect the pupil-weighted coefficient of each district and stage to be within its limit."""


class ExpectEnoughLinesToBeMet(ExpectUnitsToMeetLine):
    """Expect each section to meet 6 of its 7 lines, and to reach 85 % of every one."""
