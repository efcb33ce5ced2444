"""Checks that names of config/ have words in config/wording: measures, columns, rungs, …"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from junheng.config_files import Mistake
from junheng.domain.judging import composite
from junheng.domain.standard.measures import MEASURES
from junheng.domain.standard.standard import Holds, MeasuredThreshold
from junheng.rulebook.checks.places import found
from junheng.rulebook.checks.subject import Subject, mistake, unknown
from junheng.wording.words import OTHER
from junheng.yaml_lines import Place


def mistakes(subject: Subject) -> Iterator[Mistake]:
    """Yield the names without words in config/wording; its models refuse unknown keys."""
    yield from _without_words(subject)
    yield from _unnamed_columns(subject)
    yield from _rungs(subject)


def _without_words(subject: Subject) -> Iterator[Mistake]:
    """Yield the measures, conditions and threshold kinds that are missing in units.yaml."""
    units = subject.rulebook.wording.units
    for path, content in subject.common("standard"):
        for place, edition in found(content, "lines.*.editions.*"):
            is_answer = edition["holds"] == Holds.IS_TRUE.value
            if is_answer and units.answers.get(edition["measure"]) is None:
                yield _no_words(path, (*place, "measure"), edition["measure"], "answers")
            condition = edition.get("applies")
            if condition is not None and units.applies.get(condition) is None:
                yield _no_words(path, (*place, "applies"), condition, "applies")
            by = MEASURES.get(edition.get("by", ""))
            for word in () if by is None else by.gives:
                if units.kinds.get(word) is None:
                    yield _no_words(path, (*place, "by"), word, "kinds")


def _no_words(path: Path, place: Place, word: str, part: str) -> Mistake:
    return mistake(path, place, "no_words", word=word, file=f"units.yaml {part}")


def _unnamed_columns(subject: Subject) -> Iterator[Mistake]:
    """Yield the columns of a line's formula without a name in the forms and figures.yaml."""
    words = subject.rulebook.words
    places = {
        line["id"]: (path, ("lines", index))
        for path, content in subject.common("standard")
        for index, line in enumerate(content.get("lines", ()))
    }
    for line in subject.rulebook.standard.lines:
        path, place = places.get(line.id) or places[line.id.rstrip("0123456789")]
        for edition in line.editions:
            for column in _columns(edition):
                if words.label(line.per, column) == column:
                    yield mistake(path, place, "no_words", word=column, file="figures.yaml")


def _columns(edition: Any) -> Collection[str]:
    """Return the columns of an edition's formula, and the names of its parts."""
    measured = [(edition.measure, edition.with_)]
    if edition.also is not None:
        measured.append((edition.also, edition.also_with))
    if isinstance(edition.threshold, MeasuredThreshold):
        measured.append((edition.threshold.measure, edition.threshold.with_))
    named = [name for name, _ in measured if name not in MEASURES and _is_combined(edition)]
    known = [(MEASURES[name], with_) for name, with_ in measured if name in MEASURES]
    figures = [figure for measure, with_ in known for figure in measure.figures_with(with_)]
    return (*named, *figures, *(part for measure, _ in known for part in measure.parts))


def _is_combined(edition: Any) -> bool:
    return bool(edition.measure == composite.LINES_MET)


def _rungs(subject: Subject) -> Iterator[Mistake]:
    """Yield the rungs without instructions for any reader."""
    todo = subject.rulebook.wording.cards.todo
    known = {name for _, rungs in todo for name in rungs} - {OTHER}
    ((path, ladder),) = subject.named("ladder.yaml")
    for pattern in ("rungs.*.name", "by_kind.*.*.name"):
        for place, name in found(ladder, pattern):
            if name not in known:
                yield unknown(path, place, "rung", name, known)
