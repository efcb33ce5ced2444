"""Traces a verdict back to the cells that it was calculated from."""

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
    """We cannot trace a verdict, because there is none for that indicator and unit."""


@dataclass(frozen=True, slots=True)
class Place:
    """The cell of a figure, with its file and the file's hash."""

    file: str
    sha256: str
    sheet: str
    cell: str
    value: str


@dataclass(frozen=True, slots=True)
class TracedVerdict:
    """A trace with the cells of its figures, its evaluation and its names.

    `files` are the counted files of the unit's own reporter, with hashes; `reason` says why there
    are none, or why the rule broke.
    """

    trace: Trace
    places: Mapping[FigureKey, tuple[Place, ...]]
    evaluation: EvaluationRow
    rules: Mapping[str, Rule]
    schools: Mapping[str, str]
    files: tuple[tuple[str, str], ...]
    reason: str


def trace(indicator: str, unit: str, *, year: int, which: Which = NEWEST) -> TracedVerdict:
    """Return the trace of a verdict; raises NothingEvaluated, NothingToTrace."""
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
    numbers = [
        number for source in counted if source.reporter == owner for number in source.submissions
    ]
    return tuple((row.file, row.sha256) for row in store.files(session, numbers).values())


def _reason(session: Session, rulebook: Rulebook, judged: EvaluationRow, finding: Finding) -> str:
    """Return why nothing of a unit counted, if the register has not changed since."""
    if finding.verdict is not Verdict.NOT_REPORTED:
        return ""
    known = register.of_year(session, rulebook, judged.school_year)
    if known.data_hash != judged.data_hash:
        return ""
    return next((entry.reason for entry in known.entries if entry.code == finding.owner), "")


def _keys(traced: Trace) -> frozenset[FigureKey]:
    return frozenset(key for figure in traced.figures for key in figure.keys)


def _code_of(unit: str, names: Mapping[str, str]) -> str:
    """Return the id of a unit, also if its school is given by name."""
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
    # A school without a section or class, although those are judged: list the existing units.
    units = [finding.unit for finding in own]
    near = [existing for existing in units if existing.startswith(f"{unit}:")] or units
    shown = "、".join(near[:MOST_UNITS_NAMED])
    not_judged = says.unit_not_judged
    raise NothingToTrace(not_judged.format(indicator=indicator, unit=unit, units=shown))


MOST_UNITS_NAMED = 5


def _lineage(data: YearData, counted: Iterable[Counted], names: Mapping[str, str]) -> Lineage:
    sent = [source.reporter for source in counted if source.submissions]
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
    # One file may count for two departments that were merged.
    reporters: dict[int, list[str]] = {}
    for source in counted:
        for number in source.submissions if source.reporter in wanted else ():
            reporters.setdefault(number, []).append(source.reporter)
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
