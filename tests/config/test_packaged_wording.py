"""The program's own wording: read file by file, and the same as what is loaded as a whole."""

import pytest

from junheng import wording
from junheng.config_files import PACKAGED
from junheng.wording import MODELS


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_file_read_by_itself_is_the_same_as_in_the_whole(name: str) -> None:
    whole = wording.load(PACKAGED / "wording")

    assert getattr(wording.packaged(), name) == getattr(whole, name)


def test_a_file_is_read_once() -> None:
    assert wording.packaged().command is wording.packaged().command


def test_a_file_that_is_not_there_is_no_attribute() -> None:
    assert not hasattr(wording.packaged(), "weather")
