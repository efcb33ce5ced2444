"""The sentences of config/wording/pages.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class PageWords(Words):
    until: Annotated[str, Takes("day")]
    joined_by: str
