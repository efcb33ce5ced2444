"""The sentences of config/wording/restore.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class RestoreWords(Words):
    not_empty: Annotated[str, Takes("home")]
    too_new: Annotated[str, Takes("path", "version")]
    no_manifest: Annotated[str, Takes("path")]
    no_place: Annotated[str, Takes("path", "name")]
    differs: Annotated[str, Takes("name", "listed", "found")]
