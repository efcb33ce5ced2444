"""The sentences of config/wording/backups.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words

_Count = Takes("path", "size", "tables", "rows", "files", "head", "breaks")
_Restored = Takes("home", "day", "tables", "rows", "files", "head", "breaks")
_Inbox = Takes("folder", "count", "aside")


class RestoredWords(Words):
    sound: Annotated[str, _Restored]
    not_sound: Annotated[str, _Restored]


class BackupWords(Words):
    made: Annotated[str, _Count]
    broken: Annotated[str, _Count]
    dropped: Annotated[str, Takes("count", "kept")]
    restored: RestoredWords
    config: Annotated[str, Takes("folder")]
    inbox: Annotated[str, _Inbox]
    inbox_aside: Annotated[str, _Inbox]
