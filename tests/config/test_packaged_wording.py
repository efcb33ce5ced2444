"""The packaged wording: reading it by file gives the same as loading it as a whole."""

import pytest

from junheng import wording
from junheng.config_files import PACKAGED
from junheng.wording import MODELS


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_single_file_equals_its_part_of_the_whole(name: str) -> None:
    whole = wording.load(PACKAGED / "wording")

    assert getattr(wording.packaged(), name) == getattr(whole, name)


def test_a_file_is_read_once() -> None:
    assert wording.packaged().command is wording.packaged().command


def test_a_missing_file_is_no_attribute() -> None:
    assert not hasattr(wording.packaged(), "weather")
