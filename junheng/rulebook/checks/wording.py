"""Keys of config/wording that are names of something else: of measures, conditions and rungs."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from junheng import config_files
from junheng.config_files import Mistake
from junheng.domain.judging import composite
from junheng.domain.standard import applicability
from junheng.domain.standard.measures import MEASURES
from junheng.domain.standard.standard import Holds, MeasuredThreshold
from junheng.rulebook.checks.places import found
from junheng.rulebook.checks.subject import Subject, mistake, unknown, unknown_at

# What is said to a reader of any rung that is not named.
OTHER = "other"


def mistakes(subject: Subject) -> Iterator[Mistake]:
    """Yield the keys of config/wording that name nothing, and what has no words there."""
    units = _file(subject, "units")
    yield from _keys_of_units(*units)
    yield from _without_words(subject, units[1])
    yield from _unnamed_columns(subject)
    yield from _rungs(subject)


def _file(subject: Subject, name: str) -> tuple[Path, Mapping[str, Any]]:
    path = subject.config / "wording" / f"{name}.yaml"
    return path, config_files.read(path)


def _keys_of_units(path: Path, content: Mapping[str, Any]) -> Iterator[Mistake]:
    given = {word for measure in MEASURES.values() for word in measure.gives}
    yield from unknown_at(path, content, "answers.@", kind="measure", known=MEASURES)
    conditions = applicability.CONDITIONS
    yield from unknown_at(path, content, "applies.@", kind="condition", known=conditions)
    yield from unknown_at(path, content, "kinds.@", kind="threshold_key", known=given)


def _without_words(subject: Subject, units: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield the measures, conditions and kinds of a threshold that units.yaml does not say."""
    for path, content in subject.common("standard"):
        for place, edition in found(content, "lines.*.editions.*"):
            wanted = [("answers", "measure")] if edition["holds"] == Holds.IS_TRUE.value else []
            for part, key in (*wanted, ("applies", "applies")):
                word = edition.get(key)
                if word is not None and word not in units.get(part, {}):
                    file = f"units.yaml {part}"
                    yield mistake(path, (*place, key), "no_words", word=word, file=file)
            by = MEASURES.get(edition.get("by", ""))
            for word in () if by is None else by.gives:
                if word not in units.get("kinds", {}):
                    file = "units.yaml kinds"
                    yield mistake(path, (*place, "by"), "no_words", word=word, file=file)


def _unnamed_columns(subject: Subject) -> Iterator[Mistake]:
    """Yield the columns of a line's formula that neither a form nor figures.yaml has a name for."""
    words = subject.rulebook.words
    places = {
        line["id"]: (path, ("lines", at))
        for path, content in subject.common("standard")
        for at, line in enumerate(content.get("lines", ()))
    }
    for line in subject.rulebook.standard.lines:
        path, place = places.get(line.id) or places[line.id.rstrip("0123456789")]
        for edition in line.editions:
            for column in _columns(edition):
                if words.label(line.per, column) == column:
                    yield mistake(path, place, "no_words", word=column, file="figures.yaml")


def _columns(edition: Any) -> Collection[str]:
    """Return the columns that an edition's formula names, and the names of its parts."""
    told = [(edition.measure, edition.with_)]
    if edition.also is not None:
        told.append((edition.also, edition.also_with))
    if isinstance(edition.threshold, MeasuredThreshold):
        told.append((edition.threshold.measure, edition.threshold.with_))
    named = [name for name, _ in told if name not in MEASURES and _is_combined(edition)]
    known = [(MEASURES[name], with_) for name, with_ in told if name in MEASURES]
    figures = [figure for measure, with_ in known for figure in measure.figures_with(with_)]
    return (*named, *figures, *(part for measure, _ in known for part in measure.parts))


def _is_combined(edition: Any) -> bool:
    return bool(edition.measure == composite.LINES_MET)


def _rungs(subject: Subject) -> Iterator[Mistake]:
    """Yield the rungs of which no reader is told what to do."""
    _, cards = _file(subject, "cards")
    known = {name for _, name in found(cards, "todo.*.@")} - {OTHER}
    ((path, ladder),) = subject.named("ladder.yaml")
    for pattern in ("rungs.*.name", "by_kind.*.*.name"):
        for place, name in found(ladder, pattern):
            if name not in known:
                yield unknown(path, place, "rung", name, known)
