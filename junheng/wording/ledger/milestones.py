"""The sentences of config/wording/milestones.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class MilestoneWords(Words):
    earlier_by: Annotated[str, Takes("workdays")]
    earlier_than: Annotated[str, Takes("was_due_on", "due_on")]
