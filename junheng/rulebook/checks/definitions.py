"""Checks for names that are defined twice."""

from collections.abc import Iterator
from typing import Any

from junheng.config_files import Mistake
from junheng.domain.people.districts import EVERY_TOWN
from junheng.rulebook.checks.places import found
from junheng.rulebook.checks.subject import Subject, mistake
from junheng.yaml_lines import Place

DEFINED = (
    ("departments.yaml", "departments.*.id"),
    ("plan.yaml", "tasks.*.number"),
    ("evidence.yaml", "kinds.*.id"),
    ("evidence.yaml", "media.*.*"),
    ("duties.yaml", "duties.*.unit"),
    ("district.yaml", "towns.*"),
    ("standard/*", "lines.*.levers.*.name"),
)


def mistakes(subject: Subject) -> Iterator[Mistake]:
    """Yield a mistake for each second definition of a name."""
    for file, pattern in DEFINED:
        for path, content in subject.named(file):
            for place, word in _doubled(content, pattern):
                yield mistake(path, place, "doubled", word=word)
    yield from _named_like_a_town(subject)
    for path, content in subject.named("duties.yaml"):
        for place, duty in found(content, "duties.*"):
            for within, number in _doubled(duty, "clauses.*.number"):
                yield mistake(path, (*place, *within), "doubled", word=number)


def _named_like_a_town(subject: Subject) -> Iterator[Mistake]:
    towns = {*subject.rulebook.district.towns, EVERY_TOWN}
    for path, content in subject.named("departments.yaml"):
        for place, unit in found(content, "departments.*.id"):
            if unit in towns:
                yield mistake(path, place, "named_like_a_town", word=unit)


def _doubled(content: Any, pattern: str) -> Iterator[tuple[Place, Any]]:
    seen: set[tuple[Place, Any]] = set()
    is_nested = pattern.count("*") > 1
    for place, word in found(content, pattern):
        # In nested lists, names must be unique within each inner list only.
        known = (place[:2] if is_nested else (), word)
        if known in seen:
            yield place, word
        seen.add(known)
