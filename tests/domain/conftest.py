"""The real rules with test sentences, so that config/wording can be reworded freely."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from junheng import rulebook as rulebooks
from junheng.domain.chase.cards import CardWriter
from junheng.domain.chase.ladder import Rung
from junheng.rulebook import SAMPLE_DISTRICT, Rulebook
from junheng.settings import PROJECT_ROOT
from tests.domain.chase.one_card import writer_of

# The sentences that the tests of the domain quote; all others are real.
WORDING = Path(__file__).with_name("wording")


@pytest.fixture(scope="session")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """Return the real rules with test sentences."""
    config = tmp_path_factory.mktemp("own_wording") / "config"
    shutil.copytree(PROJECT_ROOT / "config", config)
    for own in sorted(WORDING.glob("*.yaml")):
        _override_sentences(config / "wording" / own.name, own)
    return rulebooks.load(config, SAMPLE_DISTRICT)


@pytest.fixture(scope="session")
def real_rulebook() -> Rulebook:
    """Return the unchanged config/, for tests about its sentences."""
    return rulebooks.load(PROJECT_ROOT / "config", SAMPLE_DISTRICT)


@pytest.fixture(scope="session")
def writer(rulebook: Rulebook) -> CardWriter:
    return writer_of(rulebook)


@pytest.fixture(scope="session")
def rungs(rulebook: Rulebook) -> Mapping[str, Rung]:
    return {rung.name: rung for rung in rulebook.ladder.rungs}


def _override_sentences(real: Path, own: Path) -> None:
    yaml = YAML(typ="safe")
    sentences = _merged(yaml.load(real), yaml.load(own))
    with real.open("w", encoding="utf-8") as file:
        yaml.dump(sentences, file)


def _merged(real: Any, own: Any) -> Any:
    if not (isinstance(real, dict) and isinstance(own, dict)):
        return own
    return real | {name: _merged(real.get(name), value) for name, value in own.items()}
