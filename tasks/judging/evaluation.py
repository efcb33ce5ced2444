"""Evaluates a year by the standard: figures to frames, frames to findings."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from junheng import bootstrap, wording
from junheng.domain.judging import district_frames, frames
from junheng.domain.judging import findings as findings_of
from junheng.domain.judging.findings import Finding
from junheng.domain.judging.thresholds import Frame
from junheng.domain.school_years import judged_on
from junheng.domain.standard.standard import Grain, Rule
from junheng.store import findings as store
from junheng.store import submissions as submissions_store
from junheng.store.findings import NewEvaluation
from tasks.intake import register
from tasks.judging import year_data
from tasks.progress import Progress, followed, unseen

log = logging.getLogger(__name__)
# One district's figures easily fit in memory. A nation's would not: that needs another backend.
BACKEND: frames.Backend = "pandas"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The result of an evaluation: its id, the hash of its data, the broken lines with reasons."""

    evaluation_id: int
    data_hash: str
    broken: Mapping[str, str]


def evaluate(
    *, year: int, now: datetime, rules_year: int | None = None, show: Progress = unseen
) -> Evaluated:
    """Judge a year by the rules of that year (or of another); raises NothingCollected."""
    rulebook = bootstrap.rulebook()
    district, judged_by = rulebook.district.code, rules_year or year
    rules = rulebook.standard.in_force(judged_on(judged_by))
    with bootstrap.session() as session:
        year_register = register.of_year(session, rulebook, year)
        new = NewEvaluation(
            district,
            year,
            judged_by,
            rulebook.judging_hash(year, rules_year=judged_by),
            year_register.data_hash,
            now,
            rules,
            year_data.counted_now(year_register),
            submissions_store.register_collection(session, district, year),
        )
        schools = [entry.school for entry in year_register.entries if entry.school is not None]
        data = year_data.gathered(
            session, rulebook, new.counted, schools, year=year, rules_year=judged_by
        )
        before = store.latest(session, district, year, rules_year=judged_by)
    # The same rules and data give the same findings; but a line that broke is tried again.
    if before is not None and before.id is not None and new.is_the_same_as(before):
        return Evaluated(before.id, new.data_hash, {})
    found, broken = hold(rules, district_frames.build(data, backend=BACKEND), show)
    with bootstrap.session() as session:
        number = store.keep(session, replace(new, broken=broken), found)
        return Evaluated(number, new.data_hash, broken)


def hold(
    rules: Sequence[Rule],
    grains: Mapping[Grain, Frame],
    show: Progress = unseen,
) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """Return every rule's findings, and the rules that broke with the reason, by id."""
    # Importing Great Expectations takes seconds: only a process that judges pays for it.
    from expectations import standard as judge

    judgements, says = judge.judge(rules, grains), wording.packaged().judging
    found: list[Finding] = []
    broken: dict[str, str] = {}
    for rule in followed(rules, len(rules), show):
        judgement = judgements[rule.id]
        own, error = _keyed(rule, grains[rule.line.per], judgement.error)
        if not error and findings_of.tally(own) != judgement.counts:
            error = says.counts_differ.format(ours=findings_of.tally(own), theirs=judgement.counts)
        if error:
            broken[rule.id] = error = _broken_parts(rule, broken) or error
            own = findings_of.not_judged(rule, findings_of.units_of(rule, grains[rule.line.per]))
            log.warning("%s", says.broken.format(indicator=rule.id, reason=error))
        found.extend(own)
    return tuple(found), broken


def _broken_parts(rule: Rule, broken: Mapping[str, str]) -> str:
    """Return the broken lines that a composite line depends on; '' if it broke by itself."""
    parts = [str(part.line) for part in rule.edition.editions_of if part.line in broken]
    says = wording.packaged().judging
    return says.broken_with.format(lines="、".join(parts)) if parts else ""


def _keyed(rule: Rule, grain: Frame, error: str) -> tuple[tuple[Finding, ...], str]:
    if error:
        return (), error
    try:
        return findings_of.of_rule(rule, grain), ""
    except Exception as problem:  # one broken line must not take the others with it
        failed = wording.packaged().judging.measure_failed
        log.exception("%s", failed.format(indicator=rule.id))
        return (), str(problem)
