"""The sentences of config/wording/register.yaml: the reasons for a reporter's state."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class RegisterWords(Words):
    replaced: Annotated[str, Takes("files")]
    missing: str
    missing_parts: Annotated[str, Takes("parts")]
    unread: Annotated[str, Takes("files", "why")]
    answered_for: Annotated[str, Takes("heir")]
