"""The sentences of config/wording/arrivals.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words

_Folder = Takes("folder")


class ArrivalWords(Words):
    not_there: Annotated[str, _Folder]
    without_rooms: Annotated[str, _Folder]
    link: Annotated[str, _Folder]
    without_register: Annotated[str, Takes("folder", "register")]
    nothing_collected: Annotated[str, Takes("year")]
    extent: Annotated[str, Takes("rows", "columns")]
