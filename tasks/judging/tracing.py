"""Follows a verdict back to the cells it was made of: what counted when it was judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from junheng import bootstrap, wording
from junheng.domain.intake.submissions import Counted
from junheng.domain.judging import district_frames, unit_words
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.judging.frames import YearData
from junheng.domain.judging.lineage import FigureKey, Lineage
from junheng.domain.judging.tracing import Trace, Tracer
from junheng.domain.standard.standard import Rule
from junheng.refusals import Refusal
from junheng.rulebook import Rulebook
from junheng.store import findings as findings_store
from junheng.store import submissions as store
from junheng.store.database.database import Session
from junheng.store.rows import stored_id
from junheng.store.tables.evaluation import EvaluationRow
from tasks.intake import register
from tasks.judging import overview, year_data
from tasks.judging.evaluation import BACKEND
from tasks.judging.overview import NEWEST, Which


class NothingToTrace(Refusal):
    """We cannot trace a verdict, because there is none of that indicator on that unit."""


@dataclass(frozen=True, slots=True)
class Place:
    """The cell a figure stands in, and the file, by its hash, that holds the cell."""

    file: str
    sha256: str
    sheet: str
    cell: str
    value: str


@dataclass(frozen=True, slots=True)
class TracedVerdict:
    """A trace, the places its figures stand in, and the evaluation and names it belongs to.

    `files` are what counted of the unit's own reporter, with their hashes; `reason` is why nothing
    of it was counted, or why the rule broke.
    """

    trace: Trace
    places: Mapping[FigureKey, tuple[Place, ...]]
    evaluation: EvaluationRow
    rules: Mapping[str, Rule]
    schools: Mapping[str, str]
    files: tuple[tuple[str, str], ...]
    reason: str


def trace(indicator: str, unit: str, *, year: int, which: Which = NEWEST) -> TracedVerdict:
    """Return how a verdict came about; raises NothingEvaluated, NothingToTrace."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        judged = overview.evaluation_of(session, rulebook, year, which)
        rules = {rule.id: rule for rule in findings_store.rules(session, judged)}
        found = findings_store.of_evaluation(session, stored_id(judged))
        schools = store.register_of(session, judged.register_collection_id)
        names = {school.code: school.name for school in schools}
        finding = _finding(found, indicator, _code_of(unit, names))
        counted = findings_store.counted(judged)
        data = year_data.of_evaluation(session, rulebook, judged)
        frames = district_frames.build(data, backend=BACKEND)
        tracer = Tracer(frames, _lineage(data, counted, names), rulebook.wording.figures)
        traced = tracer.trace(finding, rules[indicator])
        places = _places(session, counted, _keys(traced))
        files = _files(session, counted, finding.owner)
        reason = judged.broken.get(indicator) or _reason(session, rulebook, judged, finding)
    return TracedVerdict(traced, places, judged, rules, names, files, reason)


def _files(session: Session, counted: Sequence[Counted], owner: str) -> tuple[tuple[str, str], ...]:
    numbers = [number for one in counted if one.reporter == owner for number in one.submissions]
    return tuple((row.file, row.sha256) for row in store.files(session, numbers).values())


def _reason(session: Session, rulebook: Rulebook, judged: EvaluationRow, finding: Finding) -> str:
    """Return why nothing was counted of a unit, as long as that is what the register still says."""
    if finding.verdict is not Verdict.NOT_REPORTED:
        return ""
    known = register.of_year(session, rulebook, judged.school_year)
    if known.data_hash != judged.data_hash:
        return ""
    return next((one.reason for one in known.entries if one.code == finding.owner), "")


def _keys(traced: Trace) -> frozenset[FigureKey]:
    return frozenset(key for figure in traced.figures for key in figure.keys)


def _code_of(unit: str, names: Mapping[str, str]) -> str:
    """Return a unit as exports write it, also where a school is called by its name."""
    head, colon, rest = unit.partition(":")
    code = next((code for code, name in names.items() if name == head), head)
    return f"{code}{colon}{rest}"


def _finding(found: Sequence[Finding], indicator: str, unit: str) -> Finding:
    own = [finding for finding in found if finding.indicator == indicator]
    says = wording.packaged().judging
    if not own:
        raise NothingToTrace(says.line_not_judged.format(indicator=indicator))
    for finding in own:
        if finding.unit == unit:
            return finding
    # A school's name alone, where its sections or classes are judged: say what there is.
    near = [one.unit for one in own if one.unit.startswith(f"{unit}:")] or [one.unit for one in own]
    shown = "、".join(near[:MOST_UNITS_NAMED])
    not_judged = says.unit_not_judged
    raise NothingToTrace(not_judged.format(indicator=indicator, unit=unit, units=shown))


MOST_UNITS_NAMED = 5


def _lineage(data: YearData, counted: Iterable[Counted], names: Mapping[str, str]) -> Lineage:
    sent = [one.reporter for one in counted if one.submissions]
    return Lineage(
        data.school_form,
        data.department_form,
        tuple(reporter for reporter in sent if reporter in names),
        tuple(reporter for reporter in sent if reporter not in names),
    )


def _places(
    session: Session, counted: Sequence[Counted], keys: frozenset[FigureKey]
) -> Mapping[FigureKey, tuple[Place, ...]]:
    wanted = {key.reporter for key in keys}
    # One file may speak for two departments that a reform has made one.
    reporters: dict[int, list[str]] = {}
    for one in counted:
        for number in one.submissions if one.reporter in wanted else ():
            reporters.setdefault(number, []).append(one.reporter)
    files = store.files(session, list(reporters))
    places: dict[FigureKey, list[Place]] = {}
    for row in store.figures(session, list(reporters)):
        file = files[row.submission_id]
        value = unit_words.number(row.number) if row.number is not None else row.text or ""
        place = Place(file.file, file.sha256, row.sheet, row.cell, value)
        for reporter in reporters[row.submission_id]:
            for subject in (row.subject, None):
                key = FigureKey(reporter, subject, row.key)
                if key in keys:
                    places.setdefault(key, []).append(place)
    return {key: tuple(found) for key, found in places.items()}
