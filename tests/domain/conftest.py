"""The rules that judge, with sentences of the tests' own: config/wording can be reworded freely."""

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

# The sentences that the tests of the domain quote; every other one is the real one.
WORDING = Path(__file__).with_name("wording")


@pytest.fixture(scope="session")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """Return the real rules with the tests' own sentences."""
    config = tmp_path_factory.mktemp("own_wording") / "config"
    shutil.copytree(PROJECT_ROOT / "config", config)
    for own in sorted(WORDING.glob("*.yaml")):
        _say_instead(config / "wording" / own.name, own)
    return rulebooks.load(config, SAMPLE_DISTRICT)


@pytest.fixture(scope="session")
def real_rulebook() -> Rulebook:
    """Return config/ as it stands, for tests that are about its sentences."""
    return rulebooks.load(PROJECT_ROOT / "config", SAMPLE_DISTRICT)


@pytest.fixture(scope="session")
def writer(rulebook: Rulebook) -> CardWriter:
    return writer_of(rulebook)


@pytest.fixture(scope="session")
def rungs(rulebook: Rulebook) -> Mapping[str, Rung]:
    return {rung.name: rung for rung in rulebook.ladder.rungs}


def _say_instead(real: Path, own: Path) -> None:
    yaml = YAML(typ="safe")
    sentences = _merged(yaml.load(real), yaml.load(own))
    with real.open("w", encoding="utf-8") as file:
        yaml.dump(sentences, file)


def _merged(real: Any, own: Any) -> Any:
    if not (isinstance(real, dict) and isinstance(own, dict)):
        return own
    return real | {name: _merged(real.get(name), value) for name, value in own.items()}
