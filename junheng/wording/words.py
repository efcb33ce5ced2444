"""The base of the wording models, and the check of their placeholders."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from string import Formatter
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

Part = TypeVar("Part")
Known = TypeVar("Known", bound=Mapping[Any, str])
# The key of the default text in mappings whose keys are defined by config.
OTHER: Literal["other"] = "other"


# What a placeholder may ask for: a part of a date, the digits of a number, or a date and time.
_ATTRIBUTES = frozenset({"", "year", "month", "day"})
_FORMAT = re.compile(r"0?\d*,?(\.\d+)?[dfg]?|(%[YmdHM]|[-:/ ]|[^\x00-\x7f])+")


class Takes:
    """Annotates a field whose sentences may contain these placeholders, and no others."""

    def __init__(self, *names: str) -> None:
        self.names = frozenset(names)


def _key(field: str) -> str:
    """Return the key of a field: `pass_` and `register_` are keys that cannot be field names."""
    return field.removesuffix("_")


class Words(BaseModel):
    """A part of a file of config/wording.

    Each field is text, a list of texts, a mapping, or a further part. A text has no placeholder
    unless its field is annotated with `Takes`.
    """

    # Models are built when first needed: a wrong command call needs only a few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=_key, defer_build=True)

    @field_validator("*", mode="after")
    @classmethod
    def _holds_known_placeholders(cls, value: Any, info: ValidationInfo) -> Any:
        marks = cls.model_fields[info.field_name or ""].metadata
        known = frozenset[str]().union(*(mark.names for mark in marks if isinstance(mark, Takes)))
        for text in _texts(value):
            _check(text, known)
        return value


class PerMember(Words, Generic[Part]):
    """A text or part for each member of a closed set: a field for each member's value."""

    def __getitem__(self, member: StrEnum) -> Part:
        return self.of(member.value)

    def of(self, value: str) -> Part:
        """Return the part of a member by its value, as stored in rows; raises KeyError."""
        part: Part = getattr(self, fields_by_key(type(self))[value])
        return part

    def get(self, value: str) -> Part | None:
        """Return the part of a value, None if no member has it."""
        return self.of(value) if value in fields_by_key(type(self)) else None


class Names(PerMember[str]):
    """The names of a closed set."""


@cache
def fields_by_key(model: type[Words]) -> Mapping[str, str]:
    """Return the fields of a model by their keys."""
    return {field.alias or name: name for name, field in model.model_fields.items()}


def has_other(texts: Known) -> Known:
    """Return a mapping if it has a default text (`other`); for an `AfterValidator`."""
    if OTHER not in texts:
        raise PydanticCustomError("other_missing", "no {key}", {"key": OTHER})
    return texts


def placeholders(text: str) -> Iterator[str]:
    """Yield the placeholders of a sentence.

    Raises:
        ValueError: braces do not match, or a placeholder asks for more than a date or a number.

    """
    for _, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        placeholder, _, attribute = name.partition(".")
        is_plain = attribute in _ATTRIBUTES and conversion is None
        if not (is_plain and _FORMAT.fullmatch(spec or "")):
            raise ValueError(f"{{{name}}} has an attribute, a conversion or a format of its own")
        yield placeholder


def _check(text: str, known: frozenset[str]) -> None:
    try:
        unknown = sorted(set(placeholders(text)) - known)
    except ValueError as error:
        raise PydanticCustomError("broken_placeholder", "unbalanced braces") from error
    if unknown:
        names = "、".join(f"{{{name}}}" for name in unknown)
        if not known:
            raise PydanticCustomError("no_placeholder", "{names} in a plain text", {"names": names})
        context = {"names": names, "known": "、".join(sorted(known))}
        raise PydanticCustomError("unknown_placeholder", "unknown {names}, not in {known}", context)


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts of a field, including lists and mappings; nested parts check their own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for element in value.values():
            yield from _texts(element)
    elif isinstance(value, tuple | list):
        for element in value:
            yield from _texts(element)
