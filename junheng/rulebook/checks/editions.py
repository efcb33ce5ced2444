"""Checks the lines of the standard: their measures, conditions, parameters and columns."""

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
# Words that a column may contain although they are not choices of its item.
NOT_ASKED = {"school_kind": register.NOT_ASKED}
# The parameters of the measures over a whole stage or over other lines, by name.
GROUP_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    composite.LINES_MET: (),
    "weighted_coefficient": (),
    "pooled_share": ("figures", "among"),
}


@dataclass(frozen=True)
class Written:
    """One edition as written in the file, its place, and the forms of the years it judges."""

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
        """Return the columns that exist in all of its years."""
        each = [columns_of(self.grain, years.schools, years.departments) for years in self.years]
        return frozenset.intersection(*each) if each else frozenset()

    def choices(self, column: str) -> tuple[str, ...] | None:
        """Return the allowed words of a column in all of its years, None if it is an open set."""
        each = [
            choices_of(column, self.grain, years.schools, years.departments) for years in self.years
        ]
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
    """Yield the mistakes in the lines of the standard."""
    lines = {line.id: line for line in subject.rulebook.standard.lines}
    for path, content in subject.common("standard"):
        for index, line in enumerate(content.get("lines", ())):
            for number, edition in enumerate(line["editions"]):
                place = ("lines", index, "editions", number)
                years = _years_of(subject, edition_of(subject, line, number))
                written = Written(path, place, line, edition, years)
                yield from _of_edition(written, lines)
                yield from _of_levers(written, index)


def edition_of(subject: Subject, line: Mapping[str, Any], number: int) -> Edition:
    """Return the parsed edition; a line repeated for plan tasks has the same one in each copy."""
    own = (known for known in subject.rulebook.standard.lines if known.id.startswith(line["id"]))
    exact = subject.rulebook.standard.line(line["id"]) or next(own)
    return exact.editions[number]


def _years_of(subject: Subject, edition: Edition) -> tuple[FormYears, ...]:
    """Return the years that an edition judges, or the newest form years if it judges none."""
    judged = (
        years
        for years in subject.form_years
        if any(edition.is_in_force(judged_on(year)) for year in years.years)
    )
    return tuple(judged) or subject.form_years[-1:]


def _of_edition(written: Written, lines: Mapping[str, Line]) -> Iterator[Mistake]:
    name, edition = written.edition["measure"], written.edition
    if edition.get("of") or name in GROUP_PARAMETERS:
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
        yield from _of_measure(written, (), edition, name="also", parameters="also_with")


def _of_group(written: Written, name: str) -> Iterator[Mistake]:
    """Yield the mistakes in a line over a whole stage or over other lines."""
    edition = written.edition
    if name not in GROUP_PARAMETERS:
        yield written.unknown(("measure",), "measure", name, (*GROUP_PARAMETERS, *MEASURES))
        return
    if (name in stages.GROUPED) != (written.grain is Grain.STAGE):
        yield written.mistake(("measure",), "of_a_stage", word=name)
    yield from _parameters(written, "with", GROUP_PARAMETERS[name], GROUP_PARAMETERS[name])
    yield from _chosen(written, ("with",), edition.get("with", {}), GROUP_PARAMETERS[name])
    if bool(edition.get("of")) == (name == "pooled_share"):
        yield written.mistake(("measure",), "made_of", word=name)
    if name == composite.LINES_MET:
        also = edition.get("also")
        if also != EVERY_LINE_REACHES_SHARE:
            place = ("also",) if also else ()
            yield written.unknown(place, "measure", also or "", (EVERY_LINE_REACHES_SHARE,))
        yield from _parameters(written, "also_with", ("share",), ("share",))


def _made_of(written: Written, name: str, lines: Mapping[str, Line]) -> Iterator[Mistake]:
    """Yield a mistake for each line that cannot be combined: another grain, or itself combined."""
    wanted = written.grain if name == composite.LINES_MET else Grain.SECTION
    for index, other in enumerate(written.edition.get("of", ())):
        line = lines.get(other)
        if line is None:
            continue
        if line.per is not wanted:
            yield written.mistake(("of", index), "other_grain", word=other)
        elif any(edition.measure in GROUP_PARAMETERS for edition in line.editions):
            yield written.mistake(("of", index), "made_of_others", word=other)


def _of_measure(
    written: Written,
    place: Place,
    content: Mapping[str, Any],
    *,
    name: str = "measure",
    parameters: str = "with",
) -> Iterator[Mistake]:
    """Yield the mistakes of a named measure: its name, parameters, figures and answers.

    `name` and `parameters` are the keys of the measure and of its parameters in `content`.
    """
    word = content[name]
    if word not in MEASURES:
        yield written.unknown((*place, name), "measure", word, (*MEASURES, *GROUP_PARAMETERS))
        return
    measure, given = MEASURES[word], content.get(parameters) or {}
    known, wanted = _signature(measure.expression)
    yield from _parameters(written, parameters, known, wanted, content=content, place=place)
    chosen = [figure.strip("{}") for figure in measure.figures if figure.startswith("{")]
    yield from _chosen(written, (*place, parameters), given, chosen)
    yield from _fixed(written, (*place, name), measure)


def _signature(expression: Callable[..., Any]) -> tuple[Collection[str], Collection[str]]:
    """Return all parameters of a measure or condition, and the required ones."""
    parameters = inspect.signature(expression).parameters.values()
    wanted = [
        parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty
    ]
    return [parameter.name for parameter in parameters], wanted


def _parameters(
    written: Written,
    key: str,
    known: Collection[str],
    wanted: Collection[str],
    *,
    content: Mapping[str, Any] | None = None,
    place: Place = (),
) -> Iterator[Mistake]:
    given = (written.edition if content is None else content).get(key) or {}
    for name, value in given.items():
        if name not in known:
            yield written.unknown((*place, key, name), "parameter", name, known)
        elif name not in FIGURES and not _is_number(value):
            yield written.mistake((*place, key, name), "not_a_number", word=value)
    for name in wanted:
        if name not in given:
            yield written.mistake((*place, key), "parameter_missing", word=name)


def _chosen(
    written: Written, place: Place, given: Mapping[str, Any], names: Collection[str]
) -> Iterator[Mistake]:
    """Yield the figures chosen for a measure that are not columns of its years."""
    for name in names:
        figures = given.get(name, ())
        single = isinstance(figures, str)
        for index, figure in enumerate((figures,) if single else figures):
            if figure not in written.columns:
                within = (*place, name) if single else (*place, name, index)
                yield written.unknown(within, "figure", figure, written.columns)


def _fixed(written: Written, place: Place, measure: Measure) -> Iterator[Mistake]:
    """Yield the figures and answers that a measure requires and that are missing in a form."""
    for figure in measure.figures:
        if not figure.startswith("{") and figure not in written.columns:
            yield _required_but_missing(written, place, measure.name, figure, written.columns)
    yield from _answers(written, place, measure.name, measure.answers)


def _of_condition(written: Written, key: str, name: str) -> Iterator[Mistake]:
    condition = applicability.CONDITIONS[name]
    yield from _parameters(written, f"{key}_with", *_signature(condition.expression))
    for column in condition.columns:
        if column not in written.columns:
            yield _required_but_missing(written, (key,), name, column, written.columns)
    yield from _answers(written, (key,), name, condition.answers)


def _answers(
    written: Written, place: Place, name: str, answers: Mapping[str, tuple[str, ...]]
) -> Iterator[Mistake]:
    for column, words in answers.items():
        choices = written.choices(column)
        if choices is None:
            continue
        for word in words:
            if word not in choices and word not in NOT_ASKED.get(column, ()):
                yield _required_but_missing(written, place, name, word, choices)


def _required_but_missing(
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
        yield from _of_measure(written, (), written.edition, name="by", parameters="by_with")
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
    """Yield the levers whose figure or part does not belong to an edition."""
    parts = getattr(MEASURES.get(written.edition["measure"]), "parts", {})
    for index, lever in enumerate(written.line.get("levers", ())):
        place = ("lines", line, "levers", index)
        if lever["figure"] not in written.columns:
            word, known = lever["figure"], written.columns
            yield unknown(written.path, (*place, "figure"), "figure", word, known)
        part = lever.get("part")
        if part is not None and part not in parts:
            yield unknown(written.path, (*place, "part"), "part", part, parts)


def _is_number(value: object) -> bool:
    """Return whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
