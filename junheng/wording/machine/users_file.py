"""The sentences of config/wording/users_file.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words

_Path = Takes("path")


class UsersFileWords(Words):
    unreadable: Annotated[str, _Path]
    open_to_others: Annotated[str, _Path]
    not_understood: Annotated[str, _Path]
