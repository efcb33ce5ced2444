"""The real rulebook: the rules that are tested are the ones that judge."""

from collections.abc import Mapping

import pytest

from junheng.domain.chase.cards import CardWriter
from junheng.domain.chase.ladder import Rung
from junheng.rulebook import Rulebook
from tests.domain.chase.one_card import CALENDAR, MONDAY


@pytest.fixture(scope="session")
def writer(rulebook: Rulebook) -> CardWriter:
    return CardWriter(
        wording=rulebook.wording.cards,
        lines={line.id: line for line in rulebook.standard.lines},
        called=rulebook.called,
        display=lambda unit: rulebook.display_name(unit, MONDAY),
        addressed=lambda recipient: rulebook.display_names(recipient, MONDAY),
        office="创建办",
        calendar=CALENDAR,
    )


@pytest.fixture(scope="session")
def rungs(rulebook: Rulebook) -> Mapping[str, Rung]:
    return {rung.name: rung for rung in rulebook.ladder.rungs}
