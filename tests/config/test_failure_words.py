"""Each failure that is told apart has its own words, and no others are written."""

from enum import StrEnum

import pytest

from junheng import wording
from junheng.adapters.messaging.unreachable import NetworkTrouble
from junheng.domain.operations.disk_errors import DiskTrouble
from junheng.store.database.failures import Trouble
from junheng.wording.words import Names


@pytest.mark.parametrize(
    ("names", "members"),
    [
        (wording.packaged().disk.reasons, DiskTrouble),
        (wording.packaged().database.reasons, Trouble),
        (wording.packaged().network, NetworkTrouble),
    ],
)
def test_each_member_has_its_words(names: Names, members: type[StrEnum]) -> None:
    assert set(type(names).model_fields) == {member.value for member in members}
