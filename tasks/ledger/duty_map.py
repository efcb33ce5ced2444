"""The duty map: the answer to each plan task and each clause of the duty list."""

from junheng import bootstrap
from junheng.domain.duties.duty_map import DutyMap
from junheng.domain.pages.duty_page import DutyPage
from junheng.rulebook import Rulebook


def of(rulebook: Rulebook) -> DutyMap:
    """Return the duty map of a rulebook."""
    return DutyMap(
        rulebook.plan,
        rulebook.duty_list,
        rulebook.responsibilities,
        rulebook.standard,
        rulebook.recurring,
        rulebook.standing,
    )


def markdown() -> str:
    """Return the duty map as a Markdown page; raises RulebookUnusable."""
    rulebook = bootstrap.rulebook()
    return DutyPage(of(rulebook), rulebook.departments, rulebook.wording.duties).markdown()
