"""The lines of the standard: the measures and conditions they name, and what those look at."""

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from junheng import config_files
from junheng.config_files import Mistake
from junheng.domain.intake import register
from junheng.domain.judging import composite, stages
from junheng.domain.judging.columns import choices_of, columns_of
from junheng.domain.school_years import judged_on
from junheng.domain.standard import applicability
from junheng.domain.standard.measures import MEASURES, Measure
from junheng.domain.standard.standard import Edition, Grain, Holds, Line
from junheng.rulebook.checks.subject import FormYears, Subject, mistake, unknown
from junheng.yaml_lines import Place

EVERY_LINE_REACHES_SHARE = "every_line_reaches_share"
# Parameters that choose figures; all others are numbers.
FIGURES = ("figure", "figures", "among")
# Words that a column holds though its item does not offer them.
NOT_ASKED = {"school_kind": register.NOT_ASKED}
# What a measure over a whole stage, or one made of other lines, is told: by its name.
TOLD: Mapping[str, tuple[str, ...]] = {
    composite.LINES_MET: (),
    "weighted_coefficient": (),
    "pooled_share": ("figures", "among"),
}


@dataclass(frozen=True)
class Written:
    """One edition as it is written, with its place, and the forms of the years it judges."""

    path: Path
    place: Place
    line: Mapping[str, Any]
    edition: Mapping[str, Any]
    years: tuple[FormYears, ...]

    @property
    def grain(self) -> Grain:
        return Grain(self.line["per"])

    @cached_property
    def columns(self) -> frozenset[str]:
        """Return the columns that there are in all of its years."""
        each = [columns_of(self.grain, one.schools, one.departments) for one in self.years]
        return frozenset.intersection(*each) if each else frozenset()

    def choices(self, column: str) -> tuple[str, ...] | None:
        """Return the words that a column may hold in all of its years, None where it is open."""
        each = [choices_of(column, self.grain, one.schools, one.departments) for one in self.years]
        closed = [choices for choices in each if choices is not None]
        common = set.intersection(*map(set, closed)) if closed else set()
        return tuple(word for word in closed[0] if word in common) if closed else None

    def at(self, *place: int | str) -> Place:
        return (*self.place, *place)

    def unknown(self, place: Place, kind: str, word: object, known: Collection[object]) -> Mistake:
        return unknown(self.path, self.at(*place), kind, word, known)

    def mistake(self, place: Place, check: str, **filled: object) -> Mistake:
        return mistake(self.path, self.at(*place), check, **filled)


def mistakes(subject: Subject) -> Iterator[Mistake]:
    """Yield what is wrong in the lines of the standard."""
    lines = {line.id: line for line in subject.rulebook.standard.lines}
    for path, content in subject.common("standard"):
        for at, line in enumerate(content.get("lines", ())):
            for number, edition in enumerate(line["editions"]):
                place = ("lines", at, "editions", number)
                years = _years_of(subject, edition_of(subject, line, number))
                written = Written(path, place, line, edition, years)
                yield from _of_edition(written, lines)
                yield from _of_levers(written, at)


def edition_of(subject: Subject, line: Mapping[str, Any], number: int) -> Edition:
    """Return an edition as it was read; a line for every plan task has the same in each."""
    own = (one for one in subject.rulebook.standard.lines if one.id.startswith(line["id"]))
    exact = subject.rulebook.standard.line(line["id"]) or next(own)
    return exact.editions[number]


def _years_of(subject: Subject, edition: Edition) -> tuple[FormYears, ...]:
    """Return the years that an edition judges; one that judges none is held to the newest forms."""
    judged = (
        years
        for years in subject.form_years
        if any(edition.is_in_force(judged_on(year)) for year in years.years)
    )
    return tuple(judged) or subject.form_years[-1:]


def _of_edition(written: Written, lines: Mapping[str, Line]) -> Iterator[Mistake]:
    name, edition = written.edition["measure"], written.edition
    if edition.get("of") or name in TOLD:
        yield from _of_group(written, name)
        yield from _made_of(written, name, lines)
    else:
        yield from _of_measure(written, (), edition)
        if written.grain is Grain.STAGE:
            yield written.mistake(("measure",), "not_of_a_stage", word=name)
    for key in ("among", "applies"):
        if edition.get(key) in applicability.CONDITIONS:
            yield from _of_condition(written, key, edition[key])
    yield from _of_threshold(written)
    if edition.get("also") and name != composite.LINES_MET:
        yield from _of_measure(written, (), edition, name="also", told="also_with")


def _of_group(written: Written, name: str) -> Iterator[Mistake]:
    """Yield what is wrong in a line that is judged of a whole stage, or made of other lines."""
    edition = written.edition
    if name not in TOLD:
        yield written.unknown(("measure",), "measure", name, (*TOLD, *MEASURES))
        return
    if (name in stages.GROUPED) != (written.grain is Grain.STAGE):
        yield written.mistake(("measure",), "of_a_stage", word=name)
    yield from _parameters(written, "with", TOLD[name], TOLD[name])
    yield from _chosen(written, ("with",), edition.get("with", {}), TOLD[name])
    if bool(edition.get("of")) == (name == "pooled_share"):
        yield written.mistake(("measure",), "made_of", word=name)
    if name == composite.LINES_MET:
        also = edition.get("also")
        if also != EVERY_LINE_REACHES_SHARE:
            place = ("also",) if also else ()
            yield written.unknown(place, "measure", also or "", (EVERY_LINE_REACHES_SHARE,))
        yield from _parameters(written, "also_with", ("share",), ("share",))


def _made_of(written: Written, name: str, lines: Mapping[str, Line]) -> Iterator[Mistake]:
    """Yield the lines that another cannot be made of: of other units, or made of others too."""
    wanted = written.grain if name == composite.LINES_MET else Grain.SECTION
    for at, other in enumerate(written.edition.get("of", ())):
        line = lines.get(other)
        if line is None:
            continue
        if line.per is not wanted:
            yield written.mistake(("of", at), "other_grain", word=other)
        elif not all(edition.measure in MEASURES for edition in line.editions):
            yield written.mistake(("of", at), "made_of_others", word=other)


def _of_measure(
    written: Written,
    place: Place,
    said: Mapping[str, Any],
    *,
    name: str = "measure",
    told: str = "with",
) -> Iterator[Mistake]:
    """Yield what is wrong where a measure is named: itself, what it is told, what it looks at."""
    word = said[name]
    if word not in MEASURES:
        yield written.unknown((*place, name), "measure", word, (*MEASURES, *TOLD))
        return
    measure, given = MEASURES[word], said.get(told) or {}
    yield from _parameters(written, told, *_signature(measure.expression), said=said, place=place)
    chosen = [figure.strip("{}") for figure in measure.figures if figure.startswith("{")]
    yield from _chosen(written, (*place, told), given, chosen)
    yield from _fixed(written, (*place, name), measure)


def _signature(expression: Callable[..., Any]) -> tuple[Collection[str], Collection[str]]:
    """Return the parameters of a measure or condition, and those that must be told."""
    parameters = inspect.signature(expression).parameters.values()
    wanted = [one.name for one in parameters if one.default is inspect.Parameter.empty]
    return [one.name for one in parameters], wanted


def _parameters(
    written: Written,
    told: str,
    known: Collection[str],
    wanted: Collection[str],
    *,
    said: Mapping[str, Any] | None = None,
    place: Place = (),
) -> Iterator[Mistake]:
    given = (written.edition if said is None else said).get(told) or {}
    for name, value in given.items():
        if name not in known:
            yield written.unknown((*place, told, name), "parameter", name, known)
        elif name not in FIGURES and not _is_number(value):
            yield written.mistake((*place, told, name), "not_a_number", word=value)
    for name in wanted:
        if name not in given:
            yield written.mistake((*place, told), "parameter_missing", word=name)


def _chosen(
    written: Written, place: Place, given: Mapping[str, Any], names: Collection[str]
) -> Iterator[Mistake]:
    """Yield the figures chosen for a measure that no form of its years asks for."""
    for name in names:
        figures = given.get(name, ())
        single = isinstance(figures, str)
        for at, figure in enumerate((figures,) if single else figures):
            if figure not in written.columns:
                within = (*place, name) if single else (*place, name, at)
                yield written.unknown(within, "figure", figure, written.columns)


def _fixed(written: Written, place: Place, measure: Measure) -> Iterator[Mistake]:
    """Yield the figures and answers that a measure looks for by itself and no form has."""
    for figure in measure.figures:
        if not figure.startswith("{") and figure not in written.columns:
            yield _looked_for(written, place, measure.name, figure, written.columns)
    yield from _known_by(written, place, measure.name, measure.answers)


def _of_condition(written: Written, key: str, name: str) -> Iterator[Mistake]:
    condition = applicability.CONDITIONS[name]
    yield from _parameters(written, f"{key}_with", *_signature(condition.expression))
    for column in condition.columns:
        if column not in written.columns:
            yield _looked_for(written, (key,), name, column, written.columns)
    yield from _known_by(written, (key,), name, condition.answers)


def _known_by(
    written: Written, place: Place, name: str, answers: Mapping[str, tuple[str, ...]]
) -> Iterator[Mistake]:
    for column, words in answers.items():
        choices = written.choices(column)
        if choices is None:
            continue
        for word in words:
            if word not in choices and word not in NOT_ASKED.get(column, ()):
                yield _looked_for(written, place, name, word, choices)


def _looked_for(
    written: Written, place: Place, name: str, word: str, known: Collection[str]
) -> Mistake:
    near = config_files.nearest(word, known)
    return written.mistake(place, "looked_for", name=name, word=word, nearest=near)


def _of_threshold(written: Written) -> Iterator[Mistake]:
    threshold, by = written.edition.get("threshold"), written.edition.get("by")
    if isinstance(threshold, dict) and "measure" in threshold and by is None:
        yield from _of_measure(written, ("threshold",), threshold)
    if by is None:
        return
    if by in MEASURES:
        yield from _of_measure(written, (), written.edition, name="by", told="by_with")
        known: Collection[str] = MEASURES[by].gives
    elif by in written.columns:
        known = written.choices(by) or ()
    else:
        keyed = [name for name, measure in MEASURES.items() if measure.gives]
        yield written.unknown(("by",), "by", by, (*keyed, *written.columns))
        return
    given = threshold if isinstance(threshold, dict) else {}
    for key in given:
        if key not in known:
            yield written.unknown(("threshold", key), "threshold_key", key, known)
    for key in known:
        if key not in given and written.edition.get("holds") != Holds.IS_TRUE.value:
            yield written.mistake(("threshold",), "threshold_missing", word=key)


def _of_levers(written: Written, line: int) -> Iterator[Mistake]:
    """Yield the levers whose figure or part an edition does not look at."""
    parts = getattr(MEASURES.get(written.edition["measure"]), "parts", {})
    for at, lever in enumerate(written.line.get("levers", ())):
        place = ("lines", line, "levers", at)
        if lever["figure"] not in written.columns:
            word, known = lever["figure"], written.columns
            yield unknown(written.path, (*place, "figure"), "figure", word, known)
        part = lever.get("part")
        if part is not None and part not in parts:
            yield unknown(written.path, (*place, "part"), "part", part, parts)


def _is_number(value: object) -> bool:
    """Return whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
