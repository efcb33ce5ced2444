"""Every scalar of config/ by its place, and its kind: a name, a definition or free text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

# Free text, numbers and addresses, which may have any value.
FREE = (
    r"calendar/\d+ (notice|holidays\.\*\.name)",
    r"forms/\w+ (title|\w+_sheet|(class|plan_task|project)_columns\.\w+)",
    r"forms/\w+ items\.\*\.(label|category|unit)",
    r"forms/\w+ \w+\.\*\.clause",
    r"standard/\S+ (group|lines\.\*\.(name|unit)|lines\.\*\.levers\.\*\.(name|unit))",
    r"standard/\S+ lines\.\*\.editions\.\*\.(note|clause)",
    r"standard/recognition conditions\.\*\.name",
    r"\w+/contacts (channel|leading_group|contacts\.\*\.(name|chat))",
    r"\w+/departments departments\.\*\.names\.\*\.name",
    r"\w+/district (code|name|towns\.\*)",
    r"\w+/duties (title|duties\.\*\.clauses\.\*\.text)",
    r"\w+/ladder (rungs|by_kind\.\w+)\.\*\.label",
    r"\w+/ladder again\.\w+",
    r"\w+/milestones works\.\*\.steps\.\*\.name",
    r"\w+/plan (title|tasks\.\*\.(group|title|text))",
    r"\w+/plan tasks\.\*\.targets\.\*\.\w+",
    r"\w+/recurring duties\.\*\.name",
    r"\w+/standing clauses\.[^.]+\.report",
)
# Mappings whose keys are names: one key of each is tried.
_OF_NAMES = re.compile(r"(?<=indicators\.)[^.]+|(?<=tasks\.)\d+(\.[^. ]+)?|(?<=clauses\.)[^.* ]+")
# A clause of another document than the plan; config/ contains only the plan.
OTHER_DOCUMENT = re.compile(r"教督|国教督办")
# Definitions of names: if one is changed, its uses are refused.
DEFINED = (
    r"forms/\w+ items\.\*\.(key|choices\.\*)",
    r"forms/school stages\.\*",
    r"forms/department (plan_task_progress\.\*|subjects\.\S+ @|project_columns\.joined_\w+ @)",
    r"standard/\S+ lines\.\*\.id",
    r"\w+/departments departments\.\*\.id",
    r"\w+/duties duties\.\*\.(number|clauses\.\*\.number)",
    r"\w+/evidence (kinds\.\*\.id|media\.\w+ @)",
    r"\w+/plan (document|requirements\.\*)",
    r"\w+/recurring duties\.\*\.id",
)
# Definitions that neither config/ nor the code uses.
UNUSED = (
    r"forms/\w+ items\.\*\.key (diverted_posts|senior_places_to_rural|town|founded_year)",
    r"forms/school items\.\*\.key public_funds_spent_wan_yuan",
    r"forms/\w+ items\.\*\.choices\.\* (民办|合格|不合格|Ⅰ|Ⅱ|无校车)",
    r"forms/department (plan_task_progress\.\* (部分|未)落实|subjects\.\S+ @ .*)",
    r"\w+/duties duties\.\*\.number (?!二$).*",
)


class Holds(Enum):
    """The kind of a scalar."""

    NAME = auto()
    DEFINITION = auto()
    ANYTHING = auto()


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar of a file: its place and text."""

    file: str
    place: str
    value: str
    line: int
    end: int

    @property
    def kind(self) -> tuple[str, Holds]:
        """Return the key by which scalars of the same kind are grouped."""
        return _OF_NAMES.sub("*", self.place), self.holds

    @property
    def last_part(self) -> str:
        """Return the last of several clauses, which alone the letter at the end changes."""
        return self.value.rpartition("；")[2]

    @property
    def holds(self) -> Holds:
        at = f"{self.file} {self.place}"
        is_clause = self.place.endswith("lines.*.clause")
        if is_clause and OTHER_DOCUMENT.match(self.last_part):
            return Holds.ANYTHING
        if any(re.fullmatch(pattern, at) for pattern in FREE):
            return Holds.ANYTHING
        if any(re.fullmatch(pattern, at) for pattern in DEFINED):
            named = f"{at} {self.value}"
            is_used = not any(re.fullmatch(pattern, named) for pattern in UNUSED)
            return Holds.DEFINITION if is_used else Holds.ANYTHING
        return Holds.NAME


def scalars(path: Path) -> tuple[Scalar, ...]:
    """Return every scalar of a file, including keys of mappings."""
    text = path.read_text("utf-8")
    file = f"{path.parent.name}/{path.stem}"
    return tuple(
        Scalar(file, place, node.value, node.start_mark.line + 1, _end(node, text))
        for place, node in _below(YAML(typ="safe", pure=True).compose(text), "")
    )


def _end(node: ScalarNode, text: str) -> int:
    """Return the position for an additional letter in a scalar, before a closing quotation mark."""
    end: int = node.end_mark.index
    return end - 1 if text[node.start_mark.index] in "\"'" else end


def _below(node: Any, place: str) -> Iterator[tuple[str, ScalarNode]]:
    match node:
        case MappingNode():
            for name, value in node.value:
                within = f"{place}.{name.value}".removeprefix(".")
                yield f"{within} @", name
                yield from _below(value, within)
        case SequenceNode():
            for element in node.value:
                yield from _below(element, f"{place}.*")
        case _:
            yield place, node
