"""The sentences of config/wording/archives.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class ArchiveWords(Words):
    damaged: Annotated[str, Takes("path", "reason")]
    changed: Annotated[str, Takes("path", "name")]
    not_whole: str
