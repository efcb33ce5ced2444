"""Expects a mistake in a model of config/ by its Chinese sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import ValidationError

from junheng import config_files


@contextmanager
def refused(sentence: str) -> Iterator[None]:
    """Expect that a model is invalid, with this sentence in the error."""
    with pytest.raises(ValidationError) as caught:
        yield
    assert sentence in config_files.mistake_in_words(caught.value)
