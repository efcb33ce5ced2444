"""The base of the wording models, and the check of placeholders against what the code fills in."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from string import Formatter
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError


class Takes:
    """Marks a field whose sentences may hold these placeholders, and no others."""

    def __init__(self, *names: str) -> None:
        self.names = frozenset(names)


class Words(BaseModel):
    """A part of a file of config/wording.

    Each field is text, a list of texts, a mapping, or a further part. A text has no placeholder
    unless its field is annotated with `Takes`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @field_validator("*", mode="after")
    @classmethod
    def _holds_known_placeholders(cls, value: Any, info: ValidationInfo) -> Any:
        marks = cls.model_fields[info.field_name or ""].metadata
        known = frozenset[str]().union(*(mark.names for mark in marks if isinstance(mark, Takes)))
        for text in _texts(value):
            _check(text, known)
        return value


class Names(Words):
    """The names of a closed set: one field for each member's value."""

    def __getitem__(self, member: StrEnum) -> str:
        return str(getattr(self, member.value))


def _check(text: str, known: frozenset[str]) -> None:
    try:
        parsed = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise PydanticCustomError("broken_placeholder", "unbalanced braces") from error
    unknown = sorted({name for name in parsed if name.partition(".")[0] not in known})
    if unknown:
        context = {"names": "、".join(unknown), "known": "、".join(sorted(known)) or "无"}
        raise PydanticCustomError("unknown_placeholder", "unknown {names}, not in {known}", context)


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts of a field, also those in lists and mappings; a part checks its own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for element in value.values():
            yield from _texts(element)
    elif isinstance(value, tuple | list):
        for element in value:
            yield from _texts(element)
