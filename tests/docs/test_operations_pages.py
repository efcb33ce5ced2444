"""The pages on what can go wrong: each stands in the index, and says only what there is.

Its commands are commands, and what it quotes is what the program says.
"""

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
# What a page says without a command of its own: a program of another, a file, a unit.
CALL = re.compile(r"`(junheng [^`]+)`")
# A sentence as it is shown; … stands for what differs from time to time.
QUOTED = re.compile(r"“([^”]+)”")
FILLED_IN = "\0"
ROOMS = ("app", "flows", "tasks", "junheng", "config/wording")
IN_CONTAINERS = ("install-containers.md", "restore.md")
CHINESE = re.compile(r"[一-鿿]")


def calls(page: Path) -> Iterator[list[str]]:
    for said in CALL.findall(page.read_text("utf-8")):
        yield shlex.split(said.split(" … ")[0].replace("[", "").replace("]", ""))


def unknown(words: list[str]) -> str | None:
    """Return what there is not of a command and its options."""
    command = typer.main.get_command(app)
    rest = words[1:]
    while rest and hasattr(command, "commands"):
        name = rest.pop(0).split("|")[0]
        if name not in command.commands:
            return name
        command = command.commands[name]
    options = {one for parameter in command.params for one in parameter.opts}
    return next((word for word in rest if word.startswith("--") and word not in options), None)


@cache
def sentences() -> tuple[str, ...]:
    """Return all that the program can say, with a mark where something is filled in."""
    files = [path for room in ROOMS for path in (PROJECT_ROOT / room).rglob("*")]
    said = [text for path in files if path.suffix == ".py" for text in _of_code(path)]
    said += [text for path in files if path.suffix == ".yaml" for text in _of_wording(path)]
    return tuple(re.sub(r"\{[^}]*\}", FILLED_IN, text) for text in said)


def _of_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (
                one.value if isinstance(one, ast.Constant) else FILLED_IN for one in node.values
            )
            yield "".join(map(str, parts))


def _of_wording(path: Path) -> Iterator[str]:
    waiting = [YAML(typ="safe").load(path)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            yield one


def is_said(quoted: str) -> bool:
    """Say whether the program has a sentence in which all parts of a quotation stand, in order."""
    parts = ".*".join(re.escape(part.strip()) for part in quoted.split("…"))
    return any(re.search(parts, sentence, re.DOTALL) for sentence in sentences())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_quotes_only_what_the_program_says(page: Path) -> None:
    quoted = QUOTED.findall(page.read_text("utf-8"))

    assert [one for one in quoted if not is_said(one)] == []


def test_the_table_of_failures_quotes_only_what_the_program_says() -> None:
    _, _, table = INDEX.read_text("utf-8").partition("| message | what to do |")
    cells = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]

    quoted = [part for cell in cells for part in cell.split(" / ") if CHINESE.match(part)]

    assert len(quoted) > 10
    assert [one for one in quoted if not is_said(one)] == []


def test_a_quotation_of_what_nobody_says_is_found() -> None:
    assert is_said("磁盘已满，写不下 …；请腾出空间")
    assert not is_said("磁盘已满，请重启")


@every_page
def test_a_page_names_only_commands_and_options_that_there_are(page: Path) -> None:
    assert [words for words in calls(page) if unknown(words)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
class TestPages:
    def test_it_stands_in_the_index(self, page: Path) -> None:
        assert f"(operations/{page.name})" in INDEX.read_text("utf-8")

    def test_it_can_be_read_at_a_glance(self, page: Path) -> None:
        assert len(page.read_text("utf-8").splitlines()) <= 45

    def test_its_links_lead_somewhere(self, page: Path) -> None:
        for link in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
            assert (page.parent / link).exists()


def test_the_check_up_points_to_pages_that_there_are() -> None:
    text = (PROJECT_ROOT / "config" / "wording" / "doctor.yaml").read_text("utf-8")

    named = re.findall(r"docs/operations/[a-z-]+\.md", text)

    assert named
    assert all((PROJECT_ROOT / one).exists() for one in named)


def test_a_page_on_what_goes_wrong_says_what_is_kept_what_to_do_and_when_it_is_well() -> None:
    for page in PAGES:
        if page.stem not in {"install", "install-containers", "upgrade", "restore"}:
            text = page.read_text("utf-8")
            for part in ("**现象**", "**先知道**", "**怎么办**", "**怎样算好了**"):
                assert part in text, (page.name, part)


def test_restoring_goes_where_the_service_account_may_write() -> None:
    page = (DOCS / "operations" / "restore.md").read_text("utf-8")
    service = (PROJECT_ROOT / "deploy" / "systemd" / "junheng-server.service").read_text("utf-8")
    writable = re.findall(r"^(?:ReadWritePaths|StateDirectory)=(.*)$", service, re.MULTILINE)

    into = re.findall(r"junheng restore \S+ --into (\S+)", page)

    assert set(into) == {"/var/lib/junheng"}
    assert len(into) == 2
    assert any("junheng" in one for one in writable)


def test_commands_in_containers_run_where_the_server_is_at_its_own_address() -> None:
    said = "".join((DOCS / "operations" / name).read_text("utf-8") for name in IN_CONTAINERS)

    assert set(re.findall(r"compose\.yaml exec (\w+)", said)) == {"server"}
    assert set(re.findall(r"run --rm --no-deps (\w+)", said)) == {"server"}
