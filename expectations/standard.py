"""Judging by Great Expectations: a suite of the rules in force, a batch per grain.

Great Expectations returns how many units fail a line. The domain computes from the same rule which
units these are; the two counts must agree, else the line is not judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import great_expectations as gx
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.lines import (
    ExpectEnoughLinesToBeMet,
    ExpectUnitsToMeetLine,
    ExpectWeightedCoefficientToBeAtMost,
)
from junheng.domain.judging.findings import Counts
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard.standard import Grain, Rule, Severity


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result for one line: its counts, or the error."""

    counts: Counts | None
    error: str = ""


SEVERITIES = {
    Severity.VETO: FailureSeverity.CRITICAL,
    Severity.MUST: FailureSeverity.WARNING,
    Severity.ADVISORY: FailureSeverity.INFO,
}
# Custom expectations of lines that are more than a comparison of each unit.
EXPECTATIONS: Mapping[str, type[ExpectUnitsToMeetLine]] = {
    "weighted_coefficient": ExpectWeightedCoefficientToBeAtMost,
    "lines_met": ExpectEnoughLinesToBeMet,
}


def suite(rules: Sequence[Rule], *, name: str) -> gx.ExpectationSuite:
    """Return the suite of a grain: one expectation for each rule, described in Chinese."""
    return gx.ExpectationSuite(name=name, expectations=[_expectation(rule) for rule in rules])


def _expectation(rule: Rule) -> ExpectUnitsToMeetLine:
    expected = EXPECTATIONS.get(rule.edition.measure, ExpectUnitsToMeetLine)
    return expected(
        line=rule.id,
        rule=rule.edition.model_dump_json(by_alias=True),
        severity=SEVERITIES[rule.line.severity],
        description=f"{rule.id} {rule.line.name}（{rule.clause}）",
        meta={"indicator": rule.id, "clause": rule.clause, "group": rule.line.group},
    )


def judge(rules: Sequence[Rule], frames: Mapping[Grain, Frame]) -> dict[str, Judgement]:
    """Return the judgement of each rule by its id, with one validation for each grain's batch."""
    # No site for Data Docs: it would leave a temporary folder after every judging.
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    context = gx.get_context(
        mode="ephemeral", project_config=DataContextConfig(store_backend_defaults=stores)
    )
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("figures")
    judgements: dict[str, Judgement] = {}
    for grain, frame in frames.items():
        judged = [rule for rule in rules if rule.line.per is grain]
        if judged:
            asset = source.add_dataframe_asset(grain.value)
            definition = asset.add_batch_definition_whole_dataframe("all")
            batch = definition.get_batch(batch_parameters={"dataframe": frame.to_native()})
            result = batch.validate(suite(judged, name=grain.value), result_format="BASIC")
            for line_result in result.results:
                judgements[_line_of(line_result)] = _judgement(line_result)
    return judgements


def _line_of(result: Any) -> str:
    return str(result.expectation_config.kwargs["line"])


def _judgement(result: Any) -> Judgement:
    # An expectation with an error looks like a failed one, so check for the exception first.
    if error := _exception(result.exception_info):
        return Judgement(None, error)
    details = result.result["details"]
    return Judgement(
        Counts(
            units=int(result.result["element_count"]),
            concerned=int(details["concerned"]),
            reported=int(details["reported"]),
            not_met=int(result.result["unexpected_count"]),
        ),
    )


def _exception(info: Mapping[str, Any]) -> str:
    if info.get("raised_exception"):
        return str(info.get("exception_message"))
    nested = (entry for entry in info.values() if isinstance(entry, Mapping))
    messages = (str(entry["exception_message"]) for entry in nested if entry["raised_exception"])
    return next(messages, "")
