"""Words of the command line: what is stored is text, and the name of a file stays as it is."""

import os
from pathlib import Path

import pytest

from app.cli.start import typed


@pytest.mark.parametrize("word", ["已到位", "--reason", "", "a b"])
def test_a_word_that_can_be_stored_stays_as_it_is(word: str) -> None:
    assert typed(word) == word


def test_bytes_that_are_not_utf8_are_escaped() -> None:
    assert typed(os.fsdecode(b"\xff ok")) == r"\udcff ok"


def test_the_name_of_a_file_keeps_its_bytes(tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + "/佐证.pdf".encode("gb18030")
    os.close(os.open(file, os.O_CREAT))

    assert os.fsencode(typed(os.fsdecode(file))) == file
