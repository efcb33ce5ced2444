"""The sentences of config/wording/database.yaml."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Failure = Takes("place", "reason")


class DatabaseReasons(Names):
    wrong_login: str
    refused: str
    no_socket: str
    starting: str
    stopping: str
    disconnected: str
    broken_off: str
    timed_out: str
    host_unknown: str
    too_many_clients: str
    does_not_exist: str
    disk_full: str
    locked: str
    read_only: str
    not_opened: str
    disk_broken: str
    no_database: str
    malformed: str


class DatabaseWords(Words):
    not_an_address: str
    no_answer: Annotated[str, _Failure]
    no_folder: Annotated[str, _Failure]
    not_opened: Annotated[str, _Failure]
    full: Annotated[str, _Failure]
    damaged: Annotated[str, _Failure]
    too_new: Annotated[str, Takes("place")]
    reasons: DatabaseReasons
    another_sends: Annotated[str, Takes("seconds")]
    unknown_text: Annotated[str, Takes("text", "known")]
    rows_unreadable: Annotated[str, Takes("table")]
    not_empty: str
