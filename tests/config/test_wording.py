"""Loading the wording checks keys, placeholders and file names."""

import copy
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from junheng import config_files, wording
from junheng.rulebook import RulebookUnusable

FOLDER = config_files.PACKAGED / "wording"
every_file = pytest.mark.parametrize("name", sorted(wording.MODELS))
Place = tuple[str | int, ...]
# These keys are data: names of rungs in a district's ladder, and exit codes.
FREE_KEYS = re.compile(r"cards\.todo\.\w+\.\w+|runs\.prefect\.exit_codes\.-\d+")


def places(node: Any, above: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield the place and value of every key and list element."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(node, dict):
        pairs = list(node.items())
    elif isinstance(node, list):
        pairs = list(enumerate(node))
    for part, value in pairs:
        yield (*above, part), value
        yield from places(value, (*above, part))


def within(node: Any, place: Sequence[str | int]) -> Any:
    for part in place:
        node = node[part]
    return node


def refused(folder: Path, name: str, content: Any) -> tuple[str, str] | None:
    """Return the error about a file with a content, and the text of its line; None if valid.

    Each key and text is on its own line, because the content is written as JSON, which is YAML.
    """
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=0), "utf-8")
    try:
        config_files.parsed(path, wording.MODELS[name])
    except RulebookUnusable as error:
        said = error.sentence
        line = re.search(r"第(\d+)行的", said.removeprefix(f"配置文件 {path} "))
        assert line is not None, said
        return said, path.read_text("utf-8").splitlines()[int(line[1]) - 1]
    return None


@every_file
def test_a_renamed_key_is_refused_with_its_name_and_line(tmp_path: Path, name: str) -> None:
    written = config_files.read(FOLDER / f"{name}.yaml")
    unnoticed = []

    for place, _ in places(written):
        *above, key = place
        content = copy.deepcopy(written)
        around, renamed = within(content, above), f"x{key}"
        if isinstance(around, list) or FREE_KEYS.fullmatch(".".join(map(str, (name, *place)))):
            continue
        around[renamed] = around.pop(key)
        said, line = refused(tmp_path, name, content) or ("", "")
        if renamed not in said or renamed not in line:
            unnoticed.append((place, said, line))

    assert unnoticed == []


@every_file
def test_an_unknown_placeholder_is_refused(tmp_path: Path, name: str) -> None:
    written = config_files.read(FOLDER / f"{name}.yaml")
    unnoticed = []

    for place, text in places(written):
        # These are not sentences, but words that 进展 may contain.
        if not isinstance(text, str) or place[0] == "supporting_progress":
            continue
        content = copy.deepcopy(written)
        *above, last = place
        within(content, above)[last] = f"{text}{{nobody_fills_this_in}}"
        said, line = refused(tmp_path, name, content) or ("", "")
        # In a list or a free mapping, the line is that of the list or mapping.
        is_named = any(f'"{part}"' in line for part in place)
        if "{nobody_fills_this_in}" not in said or not is_named:
            unnoticed.append((place, said, line))

    assert unnoticed == []


@pytest.mark.parametrize("text", ["{", "}", "还有{count", "{count}}"])
def test_unbalanced_braces_are_refused(tmp_path: Path, text: str) -> None:
    content = copy.deepcopy(config_files.read(FOLDER / "cards.yaml")) | {"more": text}

    said, line = refused(tmp_path, "cards", content) or ("", "")

    assert "more：花括号不成对" in said
    assert '"more"' in line


def test_a_placeholder_in_a_plain_text_is_refused(tmp_path: Path) -> None:
    content = copy.deepcopy(config_files.read(FOLDER / "mail.yaml")) | {"no_host": "缺{host}"}

    said, _ = refused(tmp_path, "mail", content) or ("", "")

    assert "no_host：有占位符 {host}，而这一句不能用占位符" in said


def test_a_mapping_without_a_text_for_all_others_is_refused(tmp_path: Path) -> None:
    content = copy.deepcopy(config_files.read(FOLDER / "cards.yaml"))
    del content["todo"]["lead"]["other"]

    said, line = refused(tmp_path, "cards", content) or ("", "")

    assert "todo.lead：填得不对（缺少 other 一项）" in said
    assert '"lead"' in line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(FOLDER, tmp_path / "wording")


def test_an_unknown_file_is_refused(folder: Path) -> None:
    (folder / "card.yaml").write_text("head: 某\n", "utf-8")

    with pytest.raises(RulebookUnusable, match=r"不认识配置文件 .*card\.yaml"):
        wording.load(folder)


@every_file
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / f"{name}.yaml").unlink()

    with pytest.raises(RulebookUnusable, match=f"读不到配置文件 .*{name}.yaml"):
        wording.load(folder)


def test_the_same_content_is_read_once(folder: Path) -> None:
    first = wording.load(folder)

    assert wording.load(folder) is first
    chat = folder / "chat.yaml"
    chat.write_text(chat.read_text("utf-8").replace("打开台账", "看台账"), "utf-8")
    assert wording.load(folder).chat.buttons.ledger == "看台账"
