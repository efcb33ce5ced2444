"""Checks the files of config/ against each other: every used name must be defined."""

from collections.abc import Iterator

from junheng.config_files import Mistake
from junheng.rulebook.checks import definitions, editions, forms, references, wording
from junheng.rulebook.checks.subject import Subject


def mistakes(subject: Subject) -> Iterator[Mistake]:
    """Yield a mistake for every undefined name and every double definition."""
    of_rules = [*forms.mistakes(subject), *editions.mistakes(subject)]
    yield from definitions.mistakes(subject)
    yield from references.mistakes(subject)
    yield from of_rules
    # The words of rules can be checked only if the rules themselves are valid.
    if not of_rules:
        yield from wording.mistakes(subject)
