"""Holds the files of config/ against each other: every name that one uses, another defines."""

from collections.abc import Iterator

from junheng.config_files import Mistake
from junheng.rulebook.checks import definitions, editions, forms, references, wording
from junheng.rulebook.checks.subject import Subject


def mistakes(subject: Subject) -> Iterator[Mistake]:
    """Yield every name that nothing defines, and everything that is defined twice."""
    of_rules = [*forms.mistakes(subject), *editions.mistakes(subject)]
    yield from definitions.mistakes(subject)
    yield from references.mistakes(subject)
    yield from of_rules
    # The words of a rule are looked for where the rule itself can be read.
    if not of_rules:
        yield from wording.mistakes(subject)
