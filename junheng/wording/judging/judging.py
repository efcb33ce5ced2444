"""The sentences of config/wording/judging.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words

_Indicator = Takes("indicator")
_Name = Takes("name")


class JudgingWords(Words):
    nothing_evaluated: Annotated[str, Takes("year")]
    nothing_evaluated_by_rules: Annotated[str, Takes("year", "rules_year")]
    evaluation_unknown: Annotated[str, Takes("year", "number")]
    line_not_judged: Annotated[str, _Indicator]
    unit_not_judged: Annotated[str, Takes("indicator", "unit", "units")]
    broken: Annotated[str, Takes("indicator", "reason")]
    broken_with: Annotated[str, Takes("lines")]
    counts_differ: Annotated[str, Takes("ours", "theirs")]
    measure_failed: Annotated[str, _Indicator]
    measure_unknown: Annotated[str, _Name]
    condition_unknown: Annotated[str, _Name]
    duty_missing: Annotated[str, _Indicator]
