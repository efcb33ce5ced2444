"""The standard as a page to read, out of the district's rulebook."""

from junheng import bootstrap
from junheng.domain.pages.standard_page import Handbook


def markdown() -> str:
    """Return every line of the standard in words; raises RulebookUnusable."""
    rulebook = bootstrap.rulebook()
    return Handbook(
        rulebook.standard, rulebook.conditions, rulebook.words, rulebook.wording.handbook
    ).markdown()
