"""Verdicts that differ between two judgings, and whether the rule or the data caused it."""

from datetime import date

from junheng.domain.judging.comparison import Cause, Judging, flips
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.standard.standard import Rule
from junheng.rulebook import Rulebook

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET


def rule(rulebook: Rulebook, year: int) -> Rule:
    return next(
        candidate
        for candidate in rulebook.standard.in_force(date(year, 9, 1))
        if candidate.id == "G07"
    )


def judging(rule_: Rule, verdict: Verdict, data: str) -> Judging:
    finding = Finding("G07", "370405", "370405", 6500.0, None, verdict)
    return Judging((finding,), {"G07": rule_}, data)


def cause_of(before: Judging, after: Judging, by_rule_alone: Verdict) -> list[Cause]:
    again = Finding("G07", "370405", "370405", 6500.0, None, by_rule_alone)
    return [flip.cause for flip in flips(before, after, rejudged_before=lambda _rule: (again,))]


def test_the_same_verdict_is_no_flip(rulebook: Rulebook) -> None:
    same = judging(rule(rulebook, 2024), MET, "a")

    assert cause_of(same, judging(rule(rulebook, 2025), MET, "a"), MET) == []


def test_with_the_same_data_the_cause_is_the_rule(rulebook: Rulebook) -> None:
    before = judging(rule(rulebook, 2024), MET, "a")
    after = judging(rule(rulebook, 2025), NOT_MET, "a")

    assert cause_of(before, after, MET) == [Cause.RULE]


def test_with_the_same_rule_the_cause_is_the_data(rulebook: Rulebook) -> None:
    before = judging(rule(rulebook, 2025), MET, "a")
    after = judging(rule(rulebook, 2025), NOT_MET, "b")

    assert cause_of(before, after, MET) == [Cause.DATA]


def test_if_both_changed_judging_the_old_data_by_the_new_rule_decides(rulebook: Rulebook) -> None:
    before = judging(rule(rulebook, 2024), MET, "a")
    after = judging(rule(rulebook, 2025), NOT_MET, "b")

    assert cause_of(before, after, NOT_MET) == [Cause.RULE]
    assert cause_of(before, after, MET) == [Cause.DATA]
    assert cause_of(before, after, Verdict.NOT_JUDGED) == [Cause.BOTH]
