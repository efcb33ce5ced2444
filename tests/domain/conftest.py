"""The real rulebook: the rules that are tested are the ones that judge."""

import pytest

from junheng import rulebook as rulebooks
from junheng.rulebook import SAMPLE_DISTRICT, Rulebook
from junheng.settings import PROJECT_ROOT


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return rulebooks.load(PROJECT_ROOT / "config", SAMPLE_DISTRICT)
