"""Reads the YAML files of config/ into frozen models; a mistake is told with file and line."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from junheng.refusals import Refusal
from junheng.values import Frozen

# The config/ that the program brings along.
PACKAGED = Path(__file__).resolve().parents[1] / "config"

Model = TypeVar("Model", bound=BaseModel)


class RulebookUnusable(Refusal):
    """We cannot work by the rulebook, because a file of config/ is missing or says nonsense."""


class _Sentences(Frozen):
    """The sentences of config/wording/config_mistakes.yaml."""

    unreadable: str
    not_yaml: str
    line: str
    not_a_mapping: str
    not_a_list: str
    wrong: str
    unknown_file: str
    mistake: str
    wanted: Mapping[str, str]
    other: str


@cache
def _says() -> _Sentences:
    # Always the program's own copy, parsed without `read`: a broken one is a bug, not a refusal.
    text = (PACKAGED / "wording" / "config_mistakes.yaml").read_text("utf-8")
    return _Sentences.model_validate(YAML(typ="safe", pure=False).load(text))


def digest(path: Path) -> str:
    """Return the hash of a file as it stands; raises RulebookUnusable."""
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise _unreadable(path, error) from error


@cache
def _digest(path: Path, modified_ns: int) -> str:
    del modified_ns
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _content(path: Path, modified_ns: int) -> Any:
    # Parsed once a process for each state of the file: the plan and the standard are long.
    del modified_ns
    return YAML(typ="safe", pure=False).load(path.read_text(encoding="utf-8"))


def read(path: Path) -> dict[str, Any]:
    """Return the content of a file; raises RulebookUnusable."""
    try:
        content = _content(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        place = "" if mark is None else _says().line.format(line=mark.line + 1)
        raise RulebookUnusable(_says().not_yaml.format(path=path, place=place)) from error
    if not isinstance(content, dict):
        raise RulebookUnusable(_says().not_a_mapping.format(path=path))
    return content


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> RulebookUnusable:
    reason = getattr(error, "strerror", None) or "UTF-8"
    return RulebookUnusable(_says().unreadable.format(path=path, reason=reason))


def unknown_file(path: Path) -> RulebookUnusable:
    """Return what to raise for a file of which nothing is read: most likely its name is wrong."""
    return RulebookUnusable(_says().unknown_file.format(path=path))


def entries(path: Path, name: str) -> tuple[dict[str, Any], ...]:
    """Return the entries of a file that is one list under a name; raises RulebookUnusable."""
    found = read(path).get(name)
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise RulebookUnusable(_says().not_a_list.format(path=path, name=name))
    return tuple(found)


def parsed(path: Path, model: type[Model]) -> Model:
    """Return a whole file as a model; raises RulebookUnusable."""
    return built(model, read(path), path)


def built(
    model: type[Model], content: Any, path: Path, *, place: tuple[int | str, ...] = ()
) -> Model:
    """Return a part of a file as a model; `place` leads to the part. Raises RulebookUnusable."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        line = line_of(path, (*place, *_first(error)["loc"]))
        mistake = mistake_in_words(error)
        wrong = _says().wrong.format(path=path, line=line, mistake=mistake)
        raise RulebookUnusable(wrong) from error


def mistake_in_words(error: ValidationError) -> str:
    """Return the first mistake in words: its place, and what is wanted there."""
    says, first = _says(), _first(error)
    context: dict[str, Any] = first.get("ctx", {})
    template = says.wanted.get(first["type"], says.other)
    wanted = template.format(**{"message": first["msg"], **context})
    place = ".".join(str(part) for part in first["loc"])
    return says.mistake.format(place=place, wanted=wanted) if place else wanted


def _first(error: ValidationError) -> ErrorDetails:
    """Return the first mistake; of a misspelt key, that it is unknown, for that has a line."""
    mistakes = error.errors()
    unknown = (mistake for mistake in mistakes if mistake["type"] == "extra_forbidden")
    return next(unknown, mistakes[0])


def line_of(path: Path, place: Iterable[int | str]) -> int:
    """Return the line on which a place of a file begins; of what is missing, its surroundings'."""
    node = YAML(typ="safe", pure=False).compose(path.read_text(encoding="utf-8"))
    line = 0
    for part in place:
        found = _within(node, part)
        if found is None:
            break
        beginning, node = found
        line = beginning.start_mark.line
    return line + 1


def _within(node: Any, part: int | str) -> tuple[Node, Node] | None:
    """Return where a part of a node begins, its name where it has one, and the part itself."""
    if isinstance(node, SequenceNode) and isinstance(part, int):
        return node.value[part], node.value[part]
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next(((name, value) for name, value in pairs if name.value == str(part)), None)
