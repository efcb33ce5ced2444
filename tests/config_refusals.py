"""What a model of config/ refuses, as people read it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import ValidationError

from junheng import config_files


@contextmanager
def refused(sentence: str) -> Iterator[None]:
    """Expect that a model refuses what it is given, in words that hold this sentence."""
    with pytest.raises(ValidationError) as caught:
        yield
    assert sentence in config_files.mistake_in_words(caught.value)
