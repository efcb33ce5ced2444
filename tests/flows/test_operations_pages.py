"""The pages on what can go wrong: each stands in the index, and names only commands there are."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from flows.cli import app
from junheng.settings import PROJECT_ROOT
from tasks import doctor

DOCS = PROJECT_ROOT / "docs"
INDEX = DOCS / "operations.md"
PAGES = sorted((DOCS / "operations").glob("*.md"))
every_page = pytest.mark.parametrize("page", [INDEX, *PAGES], ids=lambda page: page.stem)
# What a page says without a command of its own: a program of another, a file, a unit.
CALL = re.compile(r"`(junheng [^`]+)`")


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
    text = Path(doctor.__file__).read_text("utf-8")

    named = re.findall(r"docs/operations/[a-z-]+\.md", text)

    assert named
    assert all((PROJECT_ROOT / one).exists() for one in named)


def test_a_page_on_what_goes_wrong_says_what_is_kept_what_to_do_and_when_it_is_well() -> None:
    for page in PAGES:
        if page.stem not in {"install", "install-containers", "upgrade", "restore"}:
            text = page.read_text("utf-8")
            for part in ("**现象**", "**先知道**", "**怎么办**", "**怎样算好了**"):
                assert part in text, (page.name, part)
