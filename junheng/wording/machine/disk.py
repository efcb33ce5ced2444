"""The sentences of config/wording/disk.yaml."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words


class DiskReasons(Names):
    full: str
    under_a_file: str
    no_permission: str
    read_only: str
    broken: str
    no_folder: str
    is_a_folder: str
    name_too_long: str
    share_lost: str
    too_large: str


class DiskWords(Words):
    full: Annotated[str, Takes("path")]
    not_written: Annotated[str, Takes("path", "reason")]
    reasons: DiskReasons
