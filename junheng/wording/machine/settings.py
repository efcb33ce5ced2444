"""The sentences of config/wording/settings.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class HomeWords(Words):
    unusable: Annotated[str, Takes("home", "reason")]
    is_a_file: str
    not_made: Annotated[str, Takes("reason")]
    not_writable: str


class SettingsWords(Words):
    not_understood: Annotated[str, Takes("names")]
    unfinished_restore: Annotated[str, Takes("home")]
    home: HomeWords
