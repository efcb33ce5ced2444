"""The recipes of CONTRIBUTING.md name files that exist, and few of them."""

import re

import pytest

from junheng.settings import PROJECT_ROOT

MOST_FILES = 9
PAGE = (PROJECT_ROOT / "CONTRIBUTING.md").read_text("utf-8")
RECIPES = dict(re.findall(r"^### ([^\n]+)\n(.+?)(?=^### |\Z)", PAGE, re.MULTILINE | re.DOTALL))
STEP = re.compile(r"^\d+\. `([^`]+)`", re.MULTILINE)
every_recipe = pytest.mark.parametrize("recipe", RECIPES)


@every_recipe
def test_a_recipe_lists_at_most_nine_files(recipe: str) -> None:
    assert 1 <= len(STEP.findall(RECIPES[recipe])) <= MOST_FILES


@every_recipe
def test_the_files_of_a_recipe_exist(recipe: str) -> None:
    # `<group>` stands for any name; the folder before it is checked.
    listed = STEP.findall(RECIPES[recipe])
    files = [path for path in listed if "<" not in path]
    folders = [path.partition("<")[0].rpartition("/")[0] for path in listed if "<" in path]

    assert [path for path in (*files, *folders) if not (PROJECT_ROOT / path).exists()] == []


def test_the_links_exist() -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGE)

    assert links
    assert [link for link in links if not (PROJECT_ROOT / link).exists()] == []
