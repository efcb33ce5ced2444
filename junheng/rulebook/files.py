"""Opens the files of config/: their content as a model wants it, or what is wrong and where."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from junheng.domain import config_mistakes
from junheng.domain.refusals import Refusal

Model = TypeVar("Model", bound=BaseModel)


class RulebookUnusable(Refusal):
    """We cannot work by the rulebook, because a file of config/ is missing or says nonsense."""


@dataclass(frozen=True, slots=True)
class DistrictFolder:
    """A district's own files; what it lacks is the sample's."""

    folder: Path
    sample: Path

    def file(self, name: str) -> Path:
        return self.folder / name if self.has(name) else self.sample / name

    def has(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def files(self) -> tuple[Path, ...]:
        """Return every file that counts, the district's own or the sample's."""
        names = {path.name for at in (self.folder, self.sample) for path in at.glob("*.yaml")}
        return tuple(self.file(name) for name in sorted(names))


def digest(path: Path) -> str:
    """Return the hash of a file as it stands."""
    return _digest(path, path.stat().st_mtime_ns)


@cache
def _digest(path: Path, modified_ns: int) -> str:
    del modified_ns
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _text(path: Path, modified_ns: int) -> Any:
    # Parsed once a process for each state of the file: the plan and the standard are long.
    del modified_ns
    return YAML(typ="safe", pure=False).load(path.read_text(encoding="utf-8"))


def read(path: Path) -> Any:
    try:
        content = _text(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise RulebookUnusable(f"读不到配置文件 {path}") from error
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        place = "" if mark is None else f"第{mark.line + 1}行"
        raise RulebookUnusable(
            f"配置文件 {path} {place}不是正确的 YAML，请核对冒号、引号和缩进"
        ) from error
    if not isinstance(content, dict):
        raise RulebookUnusable(f"配置文件 {path} 应为键值形式")
    return content


def entries(path: Path, name: str) -> tuple[dict[str, Any], ...]:
    """Return the entries of a file that is one list under a name."""
    found = read(path).get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise RulebookUnusable(f"配置文件 {path} 应有“{name}:”，其下逐条列出“名称: 内容”")
    return tuple(found)


def parsed(path: Path, model: type[Model]) -> Model:
    """Return what a whole file says; raises RulebookUnusable, which names the line."""
    content = read(path)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        line = _line(path, error.errors()[0]["loc"])
        said = config_mistakes.said(error)
        raise RulebookUnusable(f"配置文件 {path} 第{line}行的 {said}") from error


def built(model: type[Model], content: Any, path: Path) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise RulebookUnusable(f"配置文件 {path} 的 {config_mistakes.said(error)}") from error


def _line(path: Path, place: Iterable[int | str]) -> int:
    """Return the line on which a place of a file begins; of what is missing, its surroundings'."""
    node = YAML(typ="safe", pure=True).compose(path.read_text(encoding="utf-8"))
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
