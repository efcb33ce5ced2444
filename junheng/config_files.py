"""Reads the YAML files of config/ into frozen models and reports mistakes with file and line."""

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from junheng import yaml_lines
from junheng.refusals import Refusal
from junheng.values import Frozen
from junheng.yaml_lines import Place

# The config/ packaged with the program.
PACKAGED = Path(__file__).resolve().parents[1] / "config"

Model = TypeVar("Model", bound=BaseModel)
_QUOTED = re.compile(r"'([^']*)'")


class RulebookUnusable(Refusal):
    """We cannot use the rulebook, because a file of config/ is missing or invalid.

    Each argument is the sentence of one mistake.
    """

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(map(str, self.args))


class _Sentences(Frozen):
    """The sentences of config/wording/config_mistakes.yaml."""

    usable: str
    found: str
    no_district: str
    no_config: str
    unreadable: str
    not_a_file: str
    not_yaml: str
    doubled_key: str
    no_such_day: str
    line: str
    not_a_mapping: str
    wrong: str
    unknown_file: str
    mistake: str
    unknown: str
    nearest: str
    kinds: Mapping[str, str]
    checks: Mapping[str, str]
    wanted: Mapping[str, str]
    other: str
    instead_of: str


@cache
def says() -> _Sentences:
    """Return the sentences, always from the packaged copy: an invalid one is a bug."""
    text = (PACKAGED / "wording" / "config_mistakes.yaml").read_text("utf-8")
    return _Sentences.model_validate(yaml_lines.parser().load(text))


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a file of config/: its place and its description."""

    path: Path
    place: Place
    description: str

    @property
    def sentence(self) -> str:
        """Return the mistake with file and line; only here the file is read for its lines."""
        line = yaml_lines.line_of(self.path, self.place)
        return says().wrong.format(path=self.path, line=line, mistake=self.description)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; raises RulebookUnusable."""
    return _digest(path, *_state(path))


def _state(path: Path) -> tuple[int, int]:
    """Return the time and size by which a changed file is recognised; raises RulebookUnusable."""
    try:
        return yaml_lines.state(path)
    except OSError as error:
        raise _unreadable(path, error) from error


@cache
def _digest(path: Path, *state: int) -> str:
    del state
    return hashlib.sha256(path.read_bytes()).hexdigest()


@lru_cache(maxsize=512)
def _content(path: Path, *state: int) -> Any:
    # Parsed once per process for each state of the file: the plan and the standard are long.
    del state
    return yaml_lines.parser().load(path.read_text(encoding="utf-8"))


def read(path: Path) -> dict[str, Any]:
    """Return the content of a file; raises RulebookUnusable."""
    try:
        content = _content(path, *_state(path))
    except RecursionError as error:
        raise RulebookUnusable(says().not_yaml.format(path=path, place="")) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    except YAMLError as error:
        raise RulebookUnusable(_not_yaml(path, error)) from error
    except ValueError as error:
        # The parser accepts 2025-02-30 as a date, Python does not.
        line = yaml_lines.impossible_day(path)
        raise RulebookUnusable(says().no_such_day.format(path=path, line=line)) from error
    if not isinstance(content, dict):
        raise RulebookUnusable(says().not_a_mapping.format(path=path))
    return content


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> RulebookUnusable:
    if isinstance(error, yaml_lines.NotAFile):
        reason = says().not_a_file
    else:
        reason = getattr(error, "strerror", None) or "UTF-8"
    return RulebookUnusable(says().unreadable.format(path=path, reason=reason))


def unknown_file(path: Path) -> RulebookUnusable:
    """Return the error for a file that the program does not read: its name is probably wrong."""
    return RulebookUnusable(says().unknown_file.format(path=path))


def _not_yaml(path: Path, error: YAMLError) -> str:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    place = "" if mark is None else says().line.format(line=mark.line + 1)
    if isinstance(error, DuplicateKeyError):
        name = re.search(r'duplicate key "(.*?)" with', str(error.problem))
        word = "" if name is None else name[1]
        return says().doubled_key.format(path=path, place=place, name=word)
    return says().not_yaml.format(path=path, place=place)


def parsed(path: Path, model: type[Model], *, completed_by: Path | None = None) -> Model:
    """Return a whole file as a model; raises RulebookUnusable.

    Keys missing from the file are taken from `completed_by`, another file of the same kind.
    """
    states = (*_state(path), *(() if completed_by is None else _state(completed_by)))
    found = _parsed(path, model, completed_by, *states)
    if not isinstance(found, model):
        raise TypeError(f"{path} was not parsed as {model.__name__}")
    return found


@lru_cache(maxsize=512)
def _parsed(
    path: Path, model: type[BaseModel], completed_by: Path | None, *states: int
) -> BaseModel:
    # Validated once per process for each state of the files; the models are frozen.
    del states
    content = read(path)
    if completed_by is not None:
        content = _completed(content, read(completed_by))
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise unusable(_mistakes_of(error, path, content)) from error


def _completed(content: Any, defaults: Any) -> Any:
    """Return a content with the keys that only `defaults` has, in mappings at every depth."""
    if not (isinstance(content, dict) and isinstance(defaults, dict)):
        return content
    own = {key: _completed(value, defaults.get(key)) for key, value in content.items()}
    return defaults | own


def unusable(mistakes: Iterable[Mistake]) -> RulebookUnusable:
    """Return the error for some mistakes, in the same order."""
    return RulebookUnusable(*(mistake.sentence for mistake in mistakes))


def _mistakes_of(error: ValidationError, path: Path, content: Any) -> list[Mistake]:
    """Return pydantic's errors in words, misspelt names before the missing ones."""
    faults = _misspelt_first(error)
    for fault in faults:
        fault["loc"] = _as_written(content, fault["loc"])
    missing = [fault["loc"] for fault in faults if fault["type"] == "missing"]
    return [Mistake(path, fault["loc"], _in_words(fault, missing)) for fault in faults]


def _as_written(content: Any, place: Place) -> Place:
    """Return a place as in the file, without the union members that pydantic adds to its path."""
    written: list[int | str] = []
    for depth, part in enumerate(place, 1):
        inside = content[part] if _has(content, part) else None
        if inside is not None or depth == len(place):
            written.append(part)
            content = inside
    return tuple(written)


def _has(content: Any, part: int | str) -> bool:
    if isinstance(content, list):
        return isinstance(part, int) and part < len(content)
    return isinstance(content, dict) and part in content


def mistake_in_words(error: ValidationError) -> str:
    """Return the first mistake in words: its place and the expected value."""
    return _in_words(_misspelt_first(error)[0], ())


def _misspelt_first(error: ValidationError) -> list[ErrorDetails]:
    return sorted(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")


def _in_words(fault: ErrorDetails, missing: Iterable[Place]) -> str:
    context: dict[str, Any] = fault.get("ctx", {})
    *parents, last = fault["loc"] or ("",)
    expected = _QUOTED.findall(str(context.get("expected", "")))
    if fault["type"] == "extra_forbidden":
        word, known = last, [name for *beside, name in missing if beside == parents]
    else:
        word, known = fault["input"], expected
    is_scalar = isinstance(fault["input"], str | int | float | date)
    instead = says().instead_of.format(word=fault["input"]) if is_scalar else ""
    filled = {"message": fault["msg"], "instead": instead, "nearest": nearest(word, known)}
    filled |= context
    wanted = says().wanted.get(fault["type"], says().other).format(**filled)
    place = ".".join(str(part) for part in fault["loc"])
    return says().mistake.format(place=place, wanted=wanted) if place else wanted


def unknown(kind: str, word: object, known: Iterable[object]) -> str:
    """Return the sentence about an undefined name, with the nearest known name."""
    noun = says().kinds[kind]
    return says().unknown.format(word=word, kind=noun, nearest=nearest(word, known))


def nearest(word: object, known: Iterable[object]) -> str:
    """Return the question whether the nearest name was meant, '' if none is near."""
    near = difflib.get_close_matches(str(word), map(str, known), n=1, cutoff=0.5)
    return says().nearest.format(name=near[0]) if near else ""
