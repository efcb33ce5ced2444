"""The standard of the district's rulebook as a Markdown page."""

from junheng import bootstrap
from junheng.domain.pages.standard_page import Handbook


def markdown() -> str:
    """Return every line of the standard as text; raises RulebookUnusable."""
    rulebook = bootstrap.rulebook()
    return Handbook(
        rulebook.standard, rulebook.conditions, rulebook.words, rulebook.wording.handbook
    ).markdown()
