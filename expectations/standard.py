"""The judge: a suite built from the rules in force, one batch a grain, one verdict a line.

Great Expectations says whether a line holds and how many units break it. Which units they are is
read from the same rule by the domain; the two counts must agree, else the line is not judged.
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
    """What the judge says of one line: its counts, or why it could not say."""

    counts: Counts | None
    error: str = ""


SEVERITIES = {
    Severity.VETO: FailureSeverity.CRITICAL,
    Severity.MUST: FailureSeverity.WARNING,
    Severity.ADVISORY: FailureSeverity.INFO,
}
# Lines that are more than a comparison of each unit say more of what was seen.
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
    """Return the judge's word on each rule, by its id: one validation for each grain's batch."""
    # No site for Data Docs: it would leave a temporary folder behind after every judging.
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
            for one in result.results:
                judgements[_line_of(one)] = _judgement(one)
    return judgements


def _line_of(result: Any) -> str:
    return str(result.expectation_config.kwargs["line"])


def _judgement(result: Any) -> Judgement:
    # An errored expectation looks like a failed one: the exception is looked at first.
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
    nested = (one for one in info.values() if isinstance(one, Mapping))
    return next((str(one["exception_message"]) for one in nested if one["raised_exception"]), "")
