"""The sentences of config/wording/school_register.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class SchoolRegisterWords(Words):
    columns_missing: Annotated[str, Takes("columns")]
    empty: str
    blank: Annotated[str, Takes("row", "label")]
    blank_choice: Annotated[str, Takes("row", "label", "choices")]
    off_the_choices: Annotated[str, Takes("row", "label", "found", "choices")]
    doubled: Annotated[str, Takes("rows", "label", "found")]
    more: Annotated[str, Takes("mistakes", "count")]
