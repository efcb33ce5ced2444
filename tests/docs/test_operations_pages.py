"""The operations pages: each is in the index, and names only existing commands and messages."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML

from app.cli.app import app
from junheng.settings import PROJECT_ROOT

DOCS = PROJECT_ROOT / "docs"
INDEX = DOCS / "operations.md"
PAGES = sorted((DOCS / "operations").glob("*.md"))
every_page = pytest.mark.parametrize("page", [INDEX, *PAGES], ids=lambda page: page.stem)
# Calls of our command; other inline code names other programs, files and units.
CALL = re.compile(r"`(junheng [^`]+)`")
# A quoted message; … stands for its variable parts.
QUOTED = re.compile(r"“([^”]+)”")
FILLED_IN = "\0"
SOURCES = ("app", "flows", "tasks", "junheng", "config/wording")
CONTAINER_PAGES = ("install-containers.md", "restore.md")
CHINESE = re.compile(r"[一-鿿]")


def calls(page: Path) -> Iterator[list[str]]:
    for call in CALL.findall(page.read_text("utf-8")):
        yield shlex.split(call.split(" … ")[0].replace("[", "").replace("]", ""))


def unknown(words: list[str]) -> str | None:
    """Return the first unknown subcommand or option, None if all exist."""
    command = typer.main.get_command(app)
    rest = words[1:]
    while rest and hasattr(command, "commands"):
        name = rest.pop(0).split("|")[0]
        if name not in command.commands:
            return name
        command = command.commands[name]
    options = {option for parameter in command.params for option in parameter.opts}
    return next((word for word in rest if word.startswith("--") and word not in options), None)


@cache
def sentences() -> tuple[str, ...]:
    """Return all string constants of code and wording, with a mark for each placeholder."""
    files = [path for package in SOURCES for path in (PROJECT_ROOT / package).rglob("*")]
    texts = [text for path in files if path.suffix == ".py" for text in _of_code(path)]
    texts += [text for path in files if path.suffix == ".yaml" for text in _of_wording(path)]
    return tuple(re.sub(r"\{[^}]*\}", FILLED_IN, text) for text in texts)


def _of_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (
                part.value if isinstance(part, ast.Constant) else FILLED_IN for part in node.values
            )
            yield "".join(map(str, parts))


def _of_wording(path: Path) -> Iterator[str]:
    waiting = [YAML(typ="safe").load(path)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str):
            yield value


def is_said(quoted: str) -> bool:
    """Return whether one sentence of the program contains all parts of a quotation, in order."""
    parts = ".*".join(re.escape(part.strip()) for part in quoted.split("…"))
    return any(re.search(parts, sentence, re.DOTALL) for sentence in sentences())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_quotes_only_messages_of_the_program(page: Path) -> None:
    quoted = QUOTED.findall(page.read_text("utf-8"))

    assert [quotation for quotation in quoted if not is_said(quotation)] == []


def test_the_table_of_failures_quotes_only_messages_of_the_program() -> None:
    _, _, table = INDEX.read_text("utf-8").partition("| message | what to do |")
    cells = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]

    quoted = [part for cell in cells for part in cell.split(" / ") if CHINESE.match(part)]

    assert len(quoted) > 10
    assert [quotation for quotation in quoted if not is_said(quotation)] == []


def test_an_invented_quotation_is_detected() -> None:
    assert is_said("磁盘已满，写不下 …；请腾出空间")
    assert not is_said("磁盘已满，请重启")


@every_page
def test_a_page_names_only_existing_commands_and_options(page: Path) -> None:
    assert [words for words in calls(page) if unknown(words)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
class TestPages:
    def test_is_in_the_index(self, page: Path) -> None:
        assert f"(operations/{page.name})" in INDEX.read_text("utf-8")

    def test_has_at_most_45_lines(self, page: Path) -> None:
        assert len(page.read_text("utf-8").splitlines()) <= 45

    def test_has_only_existing_links(self, page: Path) -> None:
        for link in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
            assert (page.parent / link).exists()


def test_doctor_points_to_existing_pages() -> None:
    text = (PROJECT_ROOT / "config" / "wording" / "doctor.yaml").read_text("utf-8")

    named = re.findall(r"docs/operations/[a-z-]+\.md", text)

    assert named
    assert all((PROJECT_ROOT / page).exists() for page in named)


def test_a_page_on_a_failure_has_all_four_sections() -> None:
    for page in PAGES:
        if page.stem not in {"install", "install-containers", "upgrade", "restore"}:
            text = page.read_text("utf-8")
            for part in ("**现象**", "**先知道**", "**怎么办**", "**怎样算好了**"):
                assert part in text, (page.name, part)


def test_restore_writes_into_a_folder_of_the_service_account() -> None:
    page = (DOCS / "operations" / "restore.md").read_text("utf-8")
    service = (PROJECT_ROOT / "deploy" / "systemd" / "junheng-server.service").read_text("utf-8")
    writable = re.findall(r"^(?:ReadWritePaths|StateDirectory)=(.*)$", service, re.MULTILINE)

    into = re.findall(r"junheng restore \S+ --into (\S+)", page)

    assert set(into) == {"/var/lib/junheng"}
    assert len(into) == 2
    assert any("junheng" in folders for folders in writable)


def test_commands_in_containers_run_in_the_server_container() -> None:
    text = "".join((DOCS / "operations" / name).read_text("utf-8") for name in CONTAINER_PAGES)

    assert set(re.findall(r"compose\.yaml exec (\w+)", text)) == {"server"}
    assert set(re.findall(r"run --rm --no-deps (\w+)", text)) == {"server"}
