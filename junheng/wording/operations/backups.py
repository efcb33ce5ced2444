"""The sentences of config/wording/backups.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words

_COUNTS = ("tables", "rows", "files", "head", "breaks")
_Made = Annotated[str, Takes("path", "size", *_COUNTS)]
_Restored = Annotated[str, Takes("home", "day", *_COUNTS)]
_Inbox = Annotated[str, Takes("folder", "count", "aside")]


class RestoredWords(Words):
    sound: _Restored
    not_sound: _Restored


class BackupWords(Words):
    made: _Made
    broken: _Made
    dropped: Annotated[str, Takes("count", "kept")]
    restored: RestoredWords
    config: Annotated[str, Takes("folder")]
    config_outdated: Annotated[str, Takes("folder", "count")]
    inbox: _Inbox
    inbox_aside: _Inbox
